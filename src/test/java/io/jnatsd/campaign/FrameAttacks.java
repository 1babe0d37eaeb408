package io.jnatsd.campaign;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.server.RawWebSocket;
import io.jnatsd.websocket.ClientFrames;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Attacks on the WebSocket port. */
final class FrameAttacks {
    private static final int RESERVED = 0x40, FINAL = 0x80, BINARY = 2;
    private static final String REQUEST = "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";

    static final List<Attack> ALL = List.of(
            new Attack("compressed frames", "no compression is agreed on; a compressed frame ends the connection",
                    FrameAttacks::compressed),
            new Attack("fragments without end", "a fragment takes no memory once it is read", FrameAttacks::fragments),
            new Attack("frames of giant length", "only what is read takes memory, up to the limits of the protocol",
                    FrameAttacks::giantFrames),
            new Attack("pings whose answers are not read", "the connection ends at max_pending or write_deadline",
                    FrameAttacks::pings),
            new Attack("damaged opening requests", "8,192 bytes, and authorization.timeout", FrameAttacks::openings));

    private FrameAttacks() {
    }

    private static RawWebSocket open(Target target) throws IOException {
        RawWebSocket client = new RawWebSocket(new Socket("127.0.0.1", target.webSocketPort())).upgrade();
        client.frame(FINAL | BINARY);
        return client;
    }

    private static RawWebSocket login(Target target) throws IOException {
        return open(target).send(Target.connect("admin", "a") + "PING\r\n");
    }

    private static void compressed(Target target, int scale, Random random) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", target.webSocketPort())) {
            socket.setSoTimeout(3000);
            socket.getOutputStream().write((REQUEST + "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n").getBytes());
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0)
                head.append((char) socket.getInputStream().read());
            assertFalse(head.toString().toLowerCase().contains("extensions"), head::toString);
        }
        for (int i = 0; i < 5 * scale; i++)
            try (RawWebSocket client = login(target)) {
                client.frame(FINAL | BINARY);
                byte[] bomb = new byte[1 + random.nextInt(1000)];
                random.nextBytes(bomb);
                client.send(new ClientFrames().frame(FINAL | RESERVED | BINARY, bomb));
                String end = Target.readToEnd(client.socket());
                assertTrue(end.contains("\u0003\u00ea"), "no close code 1002: " + end);
            }
    }

    private static void fragments(Target target, int scale, Random random) throws IOException {
        try (RawWebSocket client = login(target)) {
            client.frame(FINAL | BINARY);
            client.send(new ClientFrames().first("PUB a 5\r\n"));
            ClientFrames empty = new ClientFrames();
            for (int i = 0; i < 1000; i++)
                empty.more("");
            for (int i = 0; i < 50 * scale; i++)
                client.send(empty);
            for (String piece : "hello\r\nPING\r\n".split(""))
                client.send(new ClientFrames().more(piece));
            client.send(new ClientFrames().last(""));
            assertTrue(client.frame(FINAL | BINARY).endsWith("PONG\r\n"));
        }
    }

    private static void giantFrames(Target target, int scale, Random random) throws IOException {
        long[] lengths = {1L << 62, Long.MAX_VALUE, -1, 1L << 32, (1L << 31) - 1, 1L << 31};
        byte[] junk = new byte[4096];
        for (long length : lengths)
            for (int i = 0; i < scale; i++)
                try (RawWebSocket client = login(target)) {
                    client.frame(FINAL | BINARY);
                    ClientFrames frame = new ClientFrames().raw(FINAL | BINARY, 0xff);
                    for (int shift = 56; shift >= 0; shift -= 8)
                        frame.raw((int) (length >>> shift) & 0xff);
                    client.send(frame.raw(1, 2, 3, 4)).raw(junk);
                    String end = Target.readToEnd(client.socket());
                    assertTrue(!end.contains("PONG"), end);
                } catch (IOException e) {
                    // The server has closed the connection while the frame was being sent.
                    continue;
                }
    }

    private static void pings(Target target, int scale, Random random) throws IOException {
        ClientFrames pings = new ClientFrames();
        for (int i = 0; i < 500; i++)
            pings.ping("x".repeat(125));
        byte[] bytes = pings.bytes();
        try (Socket narrow = new Socket()) {
            narrow.setReceiveBufferSize(4096);
            narrow.connect(new java.net.InetSocketAddress("127.0.0.1", target.webSocketPort()));
            RawWebSocket client = new RawWebSocket(narrow).upgrade();
            client.frame(FINAL | BINARY);
            client.send(Target.connect("admin", "a"));
            Thread writer = Thread.startVirtualThread(() -> {
                try {
                    for (int i = 0; i < 200 * scale; i++)
                        client.raw(bytes);
                } catch (IOException e) {
                    // The server has closed the connection, or the attack is over.
                }
            });
            target.assertServes();
            narrow.close();
            join(writer);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void openings(Target target, int scale, Random random) throws IOException {
        Mutator mutator = new Mutator(random);
        byte[] request = (REQUEST + "Origin: http://localhost\r\n\r\n").getBytes();
        for (byte[] bytes : Stream.generate(() -> mutator.mutate(request)).limit(40L * scale).toList())
            Target.say(target.webSocketPort(), bytes);
        String answer = Target.say(target.webSocketPort(), (REQUEST + "X: " + "x".repeat(100_000)).getBytes());
        assertFalse(answer.contains(" 101 "), answer);
    }
}
