package io.jnatsd.jetstream.figures;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.IntFunction;

/**
 * What is done to a server, over one connection. Each returns what it has handled in a second. The size says how much is
 * to be done: 1 for a measurement, less for a warm-up.
 */
enum Workload {
    PUBLISH("publish, 128 B, 1,000 unacknowledged", "messages/s", 2.0) {
        @Override
        double run(LoadClient client, double size) throws IOException {
            recreate(client, "FIGURES", "\"subjects\":[\"figures.>\"]");
            return pipelined(client, (int) (MESSAGES * size), 1000, "figures.a", new byte[128]);
        }
    },
    PUBLISH_ONE("publish, 128 B, one at a time", "messages/s", 0.9) {
        @Override
        double run(LoadClient client, double size) throws IOException {
            recreate(client, "SINGLE", "\"subjects\":[\"single.>\"]");
            return pipelined(client, (int) (SINGLE * size), 1, "single.a", new byte[128]);
        }
    },
    FETCH("pull, fetch 100, each acknowledged", "messages/s", 1.5) {
        @Override
        double run(LoadClient client, double size) throws IOException {
            return fetch(client, (int) (MESSAGES / 2 * size), "explicit");
        }
    },
    FETCH_UNACKNOWLEDGED("pull, fetch 100, ack policy none", "messages/s", 1.5) {
        @Override
        double run(LoadClient client, double size) throws IOException {
            return fetch(client, (int) (MESSAGES * size), "none");
        }
    },
    PUSH("push, each acknowledged", "messages/s", 1.5) {
        @Override
        double run(LoadClient client, double size) throws IOException {
            return push(client, (int) (MESSAGES / 2 * size), "FIGURES", "\"ack_policy\":\"explicit\"");
        }
    },
    PUSH_ORDERED("push, ordered consumer (no acks, flow control)", "messages/s", 1.5) {
        @Override
        double run(LoadClient client, double size) throws IOException {
            return push(client, (int) (MESSAGES * size), "FIGURES", ORDERED);
        }
    },
    KV_PUT("key-value put, one at a time", "puts/s", 1.0) {
        @Override
        double run(LoadClient client, double size) throws IOException {
            recreate(client, "KV_figures", BUCKET);
            return keys(client, (int) (SINGLE * size), 1, "$KV.figures.", new byte[128]);
        }
    },
    KV_GET("key-value get, one at a time", "gets/s", 1.0) {
        @Override
        double run(LoadClient client, double size) throws IOException {
            return keys(client, (int) (SINGLE * size), 1, GET, new byte[0]);
        }
    },
    KV_PUT_MANY("key-value put, 100 at a time", "puts/s", 1.0) {
        @Override
        double run(LoadClient client, double size) throws IOException {
            return keys(client, (int) (10 * SINGLE * size), 100, "$KV.figures.", new byte[128]);
        }
    },
    KV_GET_MANY("key-value get, 100 at a time", "gets/s", 1.0) {
        @Override
        double run(LoadClient client, double size) throws IOException {
            return keys(client, (int) (10 * SINGLE * size), 100, GET, new byte[0]);
        }
    },
    OBJECT_PUT("object put, 64 MiB in chunks of 128 KiB", "MB/s", 0) {
        @Override
        double run(LoadClient client, double size) throws IOException {
            recreate(client, "OBJ_figures", "\"subjects\":[\"$O.figures.C.>\",\"$O.figures.M.>\"],\"discard\":\"new\","
                    + "\"allow_rollup_hdrs\":true,\"allow_direct\":true");
            int chunks = (int) (CHUNKS * size);
            double rate = pipelined(client, chunks, 16, "$O.figures.C.0123456789abcdefghijkl", new byte[CHUNK]);
            return rate * CHUNK / 1e6;
        }
    },
    OBJECT_GET("object get", "MB/s", 0) {
        @Override
        double run(LoadClient client, double size) throws IOException {
            return push(client, (int) (CHUNKS * size), "OBJ_figures", ORDERED) * CHUNK / 1e6;
        }
    };

    private static final int MESSAGES = 250_000, SINGLE = 10_000, KEYS = 1000, CHUNK = 128 * 1024, CHUNKS = 512;
    private static final String GET = "$JS.API.DIRECT.GET.KV_figures.$KV.figures.";
    private static final String BUCKET = "\"subjects\":[\"$KV.figures.>\"],\"max_msgs_per_subject\":1,\"discard\":\"new\","
            + "\"allow_rollup_hdrs\":true,\"deny_delete\":true,\"allow_direct\":true";
    private static final String ORDERED = "\"ack_policy\":\"none\",\"flow_control\":true,\"idle_heartbeat\":5000000000";

    final String title;
    final String unit;
    /** The least ratio to the other server, 0 for none. */
    final double target;

    Workload(String title, String unit, double target) {
        this.title = title;
        this.unit = unit;
        this.target = target;
    }

    abstract double run(LoadClient client, double size) throws IOException;

    static void recreate(LoadClient client, String stream, String config) throws IOException {
        client.ask("$JS.API.STREAM.DELETE." + stream, "");
        succeed(client.ask("$JS.API.STREAM.CREATE." + stream, "{\"name\":\"" + stream
                + "\",\"storage\":\"" + client.storage + "\",\"num_replicas\":1," + config + "}"));
    }

    static void succeed(String answer) throws IOException {
        if (answer.contains("\"error\""))
            throw new IOException(answer);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static double perSecond(long count, long start) {
        return count * 1e9 / (System.nanoTime() - start);
    }

    private static double pipelined(LoadClient client, int count, int window, String subject, byte[] payload)
            throws IOException {
        return pipelined(client, count, window, new byte[][] {bytes(subject)}, payload);
    }

    private static double keys(LoadClient client, int count, int window, String prefix, byte[] payload) throws IOException {
        byte[][] subjects = new byte[KEYS][];
        Arrays.setAll(subjects, i -> bytes(prefix + "key" + i));
        return pipelined(client, count, window, subjects, payload);
    }

    /** Publishes messages on subjects in turn, or requests, with at most so many of them unanswered. */
    private static double pipelined(LoadClient client, int count, int window, byte[][] subjects, byte[] payload)
            throws IOException {
        long start = System.nanoTime();
        int sent = 0, answered = 0;
        while (answered < count) {
            for (; sent < count && sent - answered < window; sent++)
                client.request(subjects[sent % subjects.length], payload);
            client.flush();
            do {
                client.next();
                if (client.isStatus() || payload.length > 0 && !client.isStored())
                    throw new IOException(client.body());
                answered++;
            } while (answered < sent && client.hasBuffered());
        }
        return perSecond(count, start);
    }

    /** Publishes messages, each on a subject of its own. */
    static void fill(LoadClient client, int count, IntFunction<String> subject, byte[] payload) throws IOException {
        byte[][] subjects = new byte[count][];
        Arrays.setAll(subjects, i -> bytes(subject.apply(i)));
        pipelined(client, count, 1000, subjects, payload);
    }

    private static double fetch(LoadClient client, int count, String acks) throws IOException {
        client.ask("$JS.API.CONSUMER.DELETE.FIGURES.fetch", "");
        succeed(client.ask("$JS.API.CONSUMER.DURABLE.CREATE.FIGURES.fetch",
                "{\"stream_name\":\"FIGURES\",\"config\":{\"durable_name\":\"fetch\",\"ack_policy\":\"" + acks + "\"}}"));
        byte[] subject = bytes("$JS.API.CONSUMER.MSG.NEXT.FIGURES.fetch"), body = bytes("{\"batch\":100,\"expires\":30000000000}");
        boolean acknowledged = acks.equals("explicit");
        long start = System.nanoTime();
        for (int done = 0; done < count;) {
            client.request(subject, body);
            client.flush();
            for (int i = 0; i < 100 && done < count; i++, done++) {
                client.next();
                if (client.isStatus())
                    throw new IOException(client.body());
                if (acknowledged)
                    client.acknowledge();
            }
        }
        client.ping();
        return perSecond(count, start);
    }

    private static double push(LoadClient client, int count, String stream, String config) throws IOException {
        String deliver = "deliver." + System.nanoTime();
        long sid = client.subscribe(deliver);
        boolean acknowledged = config.contains("explicit");
        client.request(bytes("$JS.API.CONSUMER.CREATE." + stream), bytes("{\"stream_name\":\"" + stream
                + "\",\"config\":{\"deliver_subject\":\"" + deliver + "\"," + config + "}}"));
        client.flush();
        long start = System.nanoTime();
        String name = null;
        int done = 0;
        while (done < count || name == null) {
            client.next();
            if (client.isStatus()) {
                if (client.hasReply())
                    client.confirm();
            } else if (!client.hasReply()) {
                succeed(client.body());
                name = client.body().replaceAll("(?s).*?\"name\":\"(\\w+)\".*", "$1");
            } else {
                done++;
                if (acknowledged) {
                    client.acknowledge();
                    if (!client.hasBuffered())
                        client.flush();
                }
            }
        }
        double rate = perSecond(count, start);
        client.unsubscribe(sid);
        client.ping();
        succeed(client.ask("$JS.API.CONSUMER.DELETE." + stream + "." + name, ""));
        return rate;
    }
}
