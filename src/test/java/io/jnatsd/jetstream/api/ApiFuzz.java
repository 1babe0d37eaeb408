package io.jnatsd.jetstream.api;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jnatsd.NatsServer;
import io.jnatsd.server.PublishCommand;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * Sends random requests, acks and messages, most of them wrong in some way: each request must be answered, the
 * connection must stay, and nothing may be logged as an error. {@code java -cp target/test-classes:target/classes:...
 * io.jnatsd.jetstream.api.ApiFuzz 1 60} begins with seed 1 and runs for 60 seconds.
 */
public final class ApiFuzz implements AutoCloseable {
    private static final int BATCH = 50, PATIENCE_MILLIS = 20_000;
    private static final Gson GSON = new Gson();
    private static final String[] STREAM_FIELDS = words("name description subjects retention max_consumers max_msgs max_bytes max_age"
            + " max_msgs_per_subject max_msg_size discard storage num_replicas no_ack duplicate_window placement mirror sources compression"
            + " first_seq subject_transform republish allow_direct mirror_direct discard_new_per_subject sealed deny_delete deny_purge"
            + " allow_rollup_hdrs consumer_limits metadata");
    private static final String[] CONSUMER_FIELDS = words("durable_name name description deliver_policy opt_start_seq opt_start_time"
            + " ack_policy ack_wait max_deliver backoff filter_subject filter_subjects replay_policy rate_limit_bps sample_freq max_waiting"
            + " max_ack_pending flow_control headers_only max_batch max_expires max_bytes deliver_subject deliver_group idle_heartbeat"
            + " inactive_threshold num_replicas mem_storage direct metadata");
    private static final String[] OTHER_FIELDS = words("seq keep filter last_by_subj next_by_subj start_time batch expires no_wait"
            + " max_bytes idle_heartbeat offset subject subjects_filter deleted_details no_erase delay");
    private static final String[] VALUES = {"0", "1", "-1", "2", "5", "100", "2147483647", "2147483648", "9223372036854775807",
            "9223372036854775808", "18446744073709551615", "-9223372036854775808", "1.5", "1e30", "''", "'a'", "'x.*'", "'>'", "'*'", "'S'",
            "'a.b'", "'a b'", "'\u00e9'", "'\\u0000'", "'$JS.API.>'", quoted(300), quoted(5000), "true", "false", "null", "[]", "{}", "[1]",
            "['a']", "['a','a']", "['*.*','a.b']", "{'src':'*','dest':'{{wildcard(99)}}'}", "{'src':'s.*','dest':'t.$1'}", "{'name':'S'}",
            "'2026-01-01T00:00:00Z'", "'0001-01-01T00:00:00Z'", "'+999999999-01-01T00:00:00Z'", "'1ms'", "'explicit'", "'none'", "'all'",
            "'limits'", "'workqueue'", "'interest'", "'memory'", "'file'", "'new'", "'last'", "'by_start_sequence'", "'by_start_time'",
            "'last_per_subject'", "'instant'", "'original'", "1000000000", "500000000", "-5", "'100%'", "'x%'", "'5000%'"};
    private static final String[] BROKEN = {"", "5", "-5", "{", "[", "nul", "NaN", "{'a'", "{'seq':}", "'x'", "[1]", "{}", "1e5",
            "99999999999999", " ", "\0", "{'a':1}"};
    private static final String[] NAMES = {"S", "T", "W", "I"}, ODD_NAMES = {"X", "*", ">", "a_b", "\u00e9", "x".repeat(255), "x".repeat(300)};
    private static final String[] CONSUMERS = {"c1", "c2", "c3", "d"};
    private static final String[] HEADERS = {"Nats-Msg-Id: a1", "Nats-Msg-Id: a2", "Nats-Rollup: sub", "Nats-Rollup: all", "Nats-Rollup: x",
            "Nats-Expected-Last-Sequence: 1", "Nats-Expected-Last-Sequence: x", "Nats-Expected-Last-Sequence: 99999999999999999999",
            "Nats-Expected-Stream: S", "Nats-Expected-Last-Subject-Sequence: 0", "Nats-Expected-Last-Subject-Sequence-Subject: a..b",
            "Nats-Expected-Last-Subject-Sequence-Subject: >", "Nats-Expected-Last-Msg-Id: a1", "Nats-Required-Api-Level: 7", "X", "", ":"};
    private static final String[] ACKS = {"", "+ACK", "-NAK", "-NAK {'delay': 1000000}", "-NAK {'delay': 'x'}", "-NAK 5s", "-NAK [[[",
            "+TERM x", "+WPI", "+NXT", "+NXT {'batch':3,'no_wait':true}", "+NXT x", "junk", "-NAK {", "-NAK {'delay':1e999}"};
    private static final String[] ENDPOINTS = words("STREAM.CREATE STREAM.UPDATE STREAM.INFO STREAM.DELETE STREAM.PURGE STREAM.MSG.GET"
            + " STREAM.MSG.DELETE STREAM.NAMES STREAM.LIST CONSUMER.CREATE CONSUMER.DURABLE.CREATE CONSUMER.INFO CONSUMER.DELETE"
            + " CONSUMER.NAMES CONSUMER.LIST CONSUMER.MSG.NEXT DIRECT.GET INFO STREAM.SNAPSHOT UNKNOWN");

    /** @param answered whether an answer must come */
    private record Sent(String subject, String headers, String body, boolean answered) {
    }

    private final List<String> errors = new CopyOnWriteArrayList<>();
    private final NatsServer server = NatsServer.builder().jetStream().logTo(this::logged).start();
    private final Socket socket = new Socket("127.0.0.1", server.port());
    private final InputStream in = new BufferedInputStream(socket.getInputStream());
    private final Random random;
    private long requests;

    ApiFuzz(long seed) throws IOException {
        random = new Random(seed);
        socket.setSoTimeout(PATIENCE_MILLIS);
        send("CONNECT {\"verbose\":false,\"headers\":true,\"no_responders\":true}\r\nSUB i.> 1\r\n");
    }

    private static String[] words(String text) {
        return text.split(" ");
    }

    private static String quoted(int length) {
        return "'" + "x".repeat(length) + "'";
    }

    private void logged(String line) {
        if (line.contains("[ERR]") || line.contains("[FTL]"))
            errors.add(line);
    }

    private String any(String... all) {
        return all[random.nextInt(all.length)];
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    /** Returns an object with these fields, of which some are replaced and others added. */
    private String object(String[] fields, String base) {
        JsonObject object = JsonParser.parseString(base).getAsJsonObject();
        for (int left = random.nextInt(4); left > 0; left--) {
            JsonElement value = JsonParser.parseString(any(VALUES));
            object.add(any(fields), value);
        }
        return GSON.toJson(object);
    }

    private String body() {
        return chance(30) ? any(BROKEN).replace('\'', '"') : object(OTHER_FIELDS, "{}");
    }

    private Sent next() {
        String stream = chance(85) ? any(NAMES) : any(ODD_NAMES), consumer = any(CONSUMERS);
        if (chance(20))
            return message();
        if (chance(10))
            return ack(stream, consumer);
        String endpoint = any(ENDPOINTS), subject = "$JS.API." + endpoint + "." + stream, body = chance(60) ? "" : body();
        switch (endpoint) {
            case "STREAM.CREATE", "STREAM.UPDATE" -> {
                if (body.isEmpty())
                    body = object(STREAM_FIELDS, "{'name':'" + stream + "','subjects':['" + stream.toLowerCase() + ".>'],'storage':'memory',"
                            + "'allow_direct':true" + (stream.equals("W") ? ",'retention':'workqueue'" : stream.equals("I")
                            ? ",'retention':'interest'" : "") + "}");
            }
            case "CONSUMER.CREATE" -> {
                boolean named = chance(50);
                subject += named ? "." + consumer + any("", ".s.a", ".>", ".*") : "";
                body = "{\"stream_name\":\"" + stream + "\",\"config\":" + object(CONSUMER_FIELDS, named ? "{'name':'" + consumer
                        + "','ack_policy':'explicit'}" : "{'ack_policy':'explicit'}") + ",\"action\":" + any("\"\"", "\"create\"",
                        "\"update\"", "\"x\"", "5") + "}";
            }
            case "CONSUMER.DURABLE.CREATE" -> {
                subject += "." + consumer;
                body = "{\"stream_name\":\"" + stream + "\",\"config\":" + object(CONSUMER_FIELDS, "{'durable_name':'" + consumer
                        + "','ack_policy':'explicit'}") + "}";
            }
            case "CONSUMER.INFO", "CONSUMER.DELETE", "CONSUMER.MSG.NEXT" -> subject += "." + consumer;
            case "DIRECT.GET" -> subject += any("", ".s.a", ".t.x");
            case "INFO", "STREAM.NAMES", "STREAM.LIST" -> subject = "$JS.API." + endpoint;
            case "STREAM.DELETE" -> subject = chance(90) ? "$JS.API.INFO" : subject;
            default -> { }
        }
        boolean valid = !stream.equals("*") && !stream.equals(">");
        return new Sent(subject, chance(3) ? any(HEADERS) + "\r\n" : "", body, valid && !endpoint.equals("CONSUMER.MSG.NEXT"));
    }

    private Sent message() {
        StringBuilder headers = new StringBuilder();
        for (int left = random.nextInt(4); left > 0; left--)
            headers.append(any(HEADERS)).append("\r\n");
        return new Sent(any("s.a", "s.b", "t.x", "w.1", "w.2", "i.q"), headers.toString(), "x".repeat(random.nextInt(3000)), false);
    }

    private Sent ack(String stream, String consumer) {
        if (chance(20))
            return new Sent("$JS.FC." + stream + "." + consumer + "." + any("abcd", "x.y"), "", "", false);
        StringBuilder subject = new StringBuilder("$JS.ACK." + stream + "." + consumer);
        for (int left = chance(70) ? 5 : 2 + random.nextInt(6); left > 0; left--)
            subject.append('.').append(any("1", "2", "3", "10", "0", "-1", "9223372036854775808", "x"));
        return new Sent(subject.toString(), "", any(ACKS).replace('\'', '"'), false);
    }

    /** Sends a batch; returns what is wrong with the answers, empty if nothing is. */
    String play() throws IOException {
        Map<String, Sent> missing = new HashMap<>();
        StringBuilder out = new StringBuilder(), sent = new StringBuilder();
        for (int i = 0; i < BATCH; i++) {
            Sent each = next();
            String reply = each.answered || chance(50) ? "i." + ++requests : "";
            if (each.answered)
                missing.put(reply, each);
            String command = PublishCommand.of(bytes(each.subject), reply, each.headers, bytes(each.body));
            out.append(command);
            sent.append(command, 0, Math.min(command.length(), 1000)).append('\n');
        }
        send(out + "PING\r\n");
        try {
            for (boolean pong = false; !pong || !missing.isEmpty();)
                pong |= read(missing);
        } catch (SocketTimeoutException e) {
            return "no answers to " + missing.values() + " after\n" + sent;
        }
        return errors.isEmpty() ? "" : errors + " after\n" + sent;
    }

    private static String bytes(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    private void send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Reads a line and what belongs to it; returns whether it is the PONG. */
    private boolean read(Map<String, Sent> missing) throws IOException {
        String[] line = line().split(" ");
        switch (line[0]) {
            case "MSG", "HMSG" -> {
                in.skipNBytes(Integer.parseInt(line[line.length - 1]) + 2);
                missing.remove(line[1]);
            }
            case "PING" -> send("PONG\r\n");
            case "-ERR" -> {
                // Of a name with wildcards; all other errors would close the connection.
                if (!line[1].equals("'Invalid"))
                    throw new IOException(String.join(" ", line));
            }
            default -> { }
        }
        return line[0].equals("PONG");
    }

    private String line() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int b; (b = in.read()) != '\n'; text.append((char) b))
            if (b < 0)
                throw new EOFException("the server has closed the connection");
        return text.toString().strip();
    }

    @Override
    public void close() throws IOException {
        socket.close();
        server.close();
    }

    /** @param args the seed and the seconds */
    public static void main(String[] args) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(args.length > 1 ? Long.parseLong(args[1]) : 60);
        String problem = "";
        try (ApiFuzz fuzz = new ApiFuzz(args.length > 0 ? Long.parseLong(args[0]) : 1)) {
            while (problem.isEmpty() && System.nanoTime() < end)
                problem = fuzz.play();
            System.out.println(problem + "\n" + fuzz.requests + " requests");
        }
        System.exit(problem.isEmpty() ? 0 : 1);
    }
}
