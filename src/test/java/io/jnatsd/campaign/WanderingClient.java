package io.jnatsd.campaign;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A client that answers requests on a subject of its own, and goes to another server when its server is gone. */
interface WanderingClient extends AutoCloseable {
    /** Returns the subject of its requests. */
    String subject();

    @Override
    void close() throws IOException, InterruptedException;

    /** A client of jnats, which can send requests, too. Threads: any thread. */
    final class Jnats implements WanderingClient {
        private final Connection connection;
        private final String subject;

        Jnats(int number, List<Integer> ports) throws IOException, InterruptedException {
            subject = "wandering.jnats" + number;
            String[] urls = ports.stream().map(port -> "nats://127.0.0.1:" + port).toArray(String[]::new);
            connection = Nats.connect(Options.builder().servers(urls).maxReconnects(-1).ignoreDiscoveredServers()
                    .connectionTimeout(Duration.ofSeconds(5)).reconnectWait(Duration.ofMillis(50)).errorListener(new ErrorListener() { }).build());
            connection.createDispatcher(m -> connection.publish(m.getReplyTo(), m.getData())).subscribe(subject);
        }

        @Override
        public String subject() {
            return subject;
        }

        /** Returns whether a client answers in time. */
        boolean reaches(WanderingClient other, Duration time) throws InterruptedException {
            try {
                return connection.request(other.subject(), new byte[1], time) != null;
            } catch (IllegalStateException e) {
                return false;
            }
        }

        @Override
        public void close() throws InterruptedException {
            connection.close();
        }
    }

    /** A client of npm's {@code nats}, in a process of its own. Threads: one. */
    final class Node implements WanderingClient {
        private static final Path INSTALLED = Path.of(System.getProperty("jnatsd.home", ""), "target", "node");

        private final Process process;

        Node(List<Integer> ports) throws IOException {
            List<String> command = new ArrayList<>(List.of("node", "wandering.mjs", subject()));
            for (int port : ports)
                command.add("127.0.0.1:" + port);
            process = new ProcessBuilder(command).directory(INSTALLED.toFile()).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        }

        /** Returns whether {@code NodeClientTest} has installed the library. */
        static boolean isInstalled() {
            return Files.exists(INSTALLED.resolve("node_modules/nats")) && Files.exists(INSTALLED.resolve("wandering.mjs"));
        }

        @Override
        public String subject() {
            return "wandering.node";
        }

        @Override
        public void close() {
            process.destroy();
        }
    }

    /** A client of this project. It leaves a server in lame duck mode at once. Threads: one of its own. */
    final class Raw implements WanderingClient {
        private final List<Integer> ports;
        private volatile Socket socket;
        private volatile boolean closed;

        Raw(List<Integer> ports) {
            this.ports = ports;
            Thread.ofPlatform().daemon().name("wandering").start(this::run);
        }

        private void run() {
            for (int next = 0; !closed; next++) {
                try (Socket current = new Socket("127.0.0.1", ports.get(next % ports.size()))) {
                    socket = current;
                    serve(current);
                } catch (IOException e) {
                    // It goes to the next server.
                    Thread.onSpinWait();
                }
            }
        }

        private void serve(Socket current) throws IOException {
            BufferedReader in = new BufferedReader(new InputStreamReader(current.getInputStream(), ISO_8859_1));
            send(current, "CONNECT {\"verbose\":false,\"protocol\":1}\r\nSUB " + subject() + " 1\r\n");
            for (String line; !closed && (line = in.readLine()) != null;) {
                if (line.equals("PING")) {
                    send(current, "PONG\r\n");
                } else if (line.startsWith("MSG ")) {
                    in.readLine();
                    send(current, "PUB " + line.split(" ")[3] + " 1\r\n!\r\n");
                } else if (line.startsWith("INFO ") && line.contains("\"ldm\":true")) {
                    return;
                }
            }
        }

        private static void send(Socket to, String text) throws IOException {
            to.getOutputStream().write(text.getBytes(ISO_8859_1));
        }

        @Override
        public String subject() {
            return "wandering.raw";
        }

        @Override
        public void close() throws IOException {
            closed = true;
            Socket current = socket;
            if (current != null)
                current.close();
        }
    }
}
