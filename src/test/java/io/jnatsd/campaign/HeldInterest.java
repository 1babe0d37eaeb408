package io.jnatsd.campaign;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

/** A client of one server whose subscriptions change at random. It knows which it has. Threads: one. */
final class HeldInterest {
    /** The subjects of these clients. */
    static final String PREFIX = "interest.";
    private static final int MOST = 40;

    private final ScriptedClient client;
    private final TreeMap<Integer, String> held = new TreeMap<>();
    private int lastSid;

    HeldInterest(int server, int port) throws IOException {
        client = new ScriptedClient("interest at server " + server, port)
                .send("CONNECT {\"verbose\":false,\"pedantic\":false,\"protocol\":1}\r\n");
    }

    /** Adds and removes some, and waits until the server has done so. */
    void change(Random random) throws IOException, InterruptedException {
        for (int i = 0; i < MOST / 2; i++) {
            if (held.size() < MOST && random.nextInt(5) < 3) {
                String subject = PREFIX + random.nextInt(10) + (random.nextBoolean() ? ".*" : "." + random.nextInt(10));
                held.put(++lastSid, subject);
                client.send("SUB " + subject + (random.nextInt(3) == 0 ? " q" + random.nextInt(2) : "") + " " + lastSid + "\r\n");
            } else if (!held.isEmpty()) {
                int sid = held.keySet().stream().skip(random.nextInt(held.size())).findFirst().orElseThrow();
                held.remove(sid);
                client.send("UNSUB " + sid + "\r\n");
            }
        }
        client.ping();
        client.awaitPong();
    }

    /** Returns the subjects of all subscriptions in order. */
    List<String> subjects() {
        List<String> all = new ArrayList<>(held.values());
        all.sort(null);
        return all;
    }

    void close() throws IOException {
        client.close();
    }
}
