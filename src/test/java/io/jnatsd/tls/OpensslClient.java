package io.jnatsd.tls;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code openssl s_client}, a client that does not use Java. */
public final class OpensslClient {
    private OpensslClient() {
    }

    public static boolean exists() {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
            if (new File(folder, "openssl").canExecute())
                return true;
        return false;
    }

    /** Returns its output for one connection to the server. */
    static String run(TlsEcho server, String... options) throws IOException, InterruptedException {
        return run(server.port(), options);
    }

    public static String run(int port, String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("openssl", "s_client", "-connect",
                "127.0.0.1:" + port, "-CAfile", TestCerts.file("ca.pem"), "-brief"));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.onExit().orTimeout(10, TimeUnit.SECONDS)
                .whenComplete((ended, late) -> process.toHandle().destroyForcibly());
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }
}
