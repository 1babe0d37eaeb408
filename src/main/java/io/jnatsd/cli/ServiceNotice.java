package io.jnatsd.cli;

import io.jnatsd.log.Log;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.concurrent.TimeUnit;

/**
 * Tells systemd that the server is ready, if systemd has started it as a service of the type {@code notify}. Java cannot
 * write to systemd's socket, a datagram socket in the file system; the program {@code systemd-notify} does. Threads:
 * stateless.
 */
final class ServiceNotice {
    private static final int PATIENCE_SECONDS = 10;

    private ServiceNotice() {
    }

    static void ready(Log log) throws InterruptedException {
        if (System.getenv("NOTIFY_SOCKET") == null)
            return;
        try {
            Process notice = new ProcessBuilder("systemd-notify", "--ready").redirectErrorStream(true)
                    .redirectOutput(Redirect.DISCARD).start();
            boolean ended = notice.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (!ended)
                notice.destroyForcibly();
            if (!ended || notice.exitValue() != 0)
                log.warn("systemd-notify has not told systemd that the server is ready");
        } catch (IOException e) {
            log.warn("systemd is not told that the server is ready: " + e.getMessage());
        }
    }
}
