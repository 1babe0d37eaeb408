package io.jnatsd.core;

import io.jnatsd.protocol.Dialect;
import io.jnatsd.protocol.Op;
import io.jnatsd.protocol.ProtocolException;
import io.jnatsd.protocol.ProtocolException.Fault;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;

/**
 * The server as a client of its own, which answers requests: it subscribes and publishes as others do, so that other
 * servers hear of its subscriptions and its answers find their way to them, but over no wire. It counts as nobody's
 * connection.
 *
 * <p>Threads: the reader makes the answers, one after the other; {@link #start} and {@link #announce} anybody's.
 */
public final class OwnClient extends Connection {
    /** A subject may be longer than this server allows its own clients, if another one does. */
    private static final int LEAST_CONTROL_LINE = 64 * 1024;

    private final SidTable subs;
    private final Delivery delivery = new Delivery(this);

    /** Somebody's question. Reply subjects keep one char per byte. */
    public record Request(String subject, String reply, byte[] body) {
    }

    private OwnClient(ServerState server, Function<Request, byte[]> answers) throws IOException {
        super(server, new Loopback(request -> published(request, answers)), Dialect.CLIENT);
        subs = SidTable.announced(server);
    }

    /**
     * Subscribes. From when this returns, requests are answered.
     *
     * @param answers the answer to a request, null for none
     */
    public static OwnClient start(ServerState server, List<String> subjects, Function<Request, byte[]> answers)
            throws IOException {
        OwnClient client = new OwnClient(server, answers);
        server.own = client;
        for (String subject : subjects)
            client.subs.add(new Subscription(client, subject, null, String.valueOf(client.subs.size() + 1), true));
        Thread.ofVirtual().name("own-client").start(client);
        return client;
    }

    private static byte[] published(Request request, Function<Request, byte[]> answers) {
        byte[] answer = request.reply().isEmpty() ? null : answers.apply(request);
        if (answer == null)
            return new byte[0];
        ByteArrayOutputStream text = new ByteArrayOutputStream(answer.length + 128);
        String line = "PUB " + request.reply() + " " + answer.length + "\r\n";
        text.writeBytes(line.getBytes(StandardCharsets.ISO_8859_1));
        text.writeBytes(answer);
        text.writeBytes(new byte[] {'\r', '\n'});
        return text.toByteArray();
    }

    @Override
    protected boolean open() {
        return true;
    }

    @Override
    protected void beginBatch() {
        super.beginBatch();
        // An answer may be longer than messages of clients.
        parser.limits(LEAST_CONTROL_LINE, -1);
    }

    @Override
    protected void handle(Op op) throws ProtocolException {
        switch (op) {
            case PUB -> delivery.publish(delivery.match(parser.message()), parser.message());
            case PUB_LINE -> { }
            default -> throw new ProtocolException(Fault.UNKNOWN_OPERATION, "unexpected " + op);
        }
    }

    @Override
    protected void endBatch() {
        delivery.endBatch();
    }

    @Override
    protected void exhausted(Subscription sub) {
        subs.remove(sub);
    }

    @Override
    protected void leave() {
        if (server.own == this)
            server.own = null;
        subs.removeAll();
    }

    /** New routes are told of its subscriptions. */
    void announce() {
        subs.catchUp();
    }

    @Override
    public String clientName() {
        return "";
    }

    @Override
    public String user() {
        return "";
    }
}
