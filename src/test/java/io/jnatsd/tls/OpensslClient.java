package io.jnatsd.tls;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code openssl s_client}, a client that knows nothing of Java. */
final class OpensslClient {
    private OpensslClient() {
    }

    static boolean exists() {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
            if (new File(folder, "openssl").canExecute())
                return true;
        return false;
    }

    /** What it prints of one connection to the server. */
    static String run(TlsEcho server, String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("openssl", "s_client", "-connect",
                "127.0.0.1:" + server.port(), "-CAfile", TestCerts.file("ca.pem"), "-brief"));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(10, TimeUnit.SECONDS))
            process.destroyForcibly();
        return output;
    }
}
