package io.jnatsd.cluster;

import io.jnatsd.protocol.Message;
import io.jnatsd.protocol.MessageBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The messages of JetStream consumers on a route. Such a message is routed under the subject that the client has
 * subscribed, and its reply is {@code <ack subject>@<stored subject>}; the client gets it under the stored subject.
 *
 * <p>Threads: the reader of the route.
 */
final class StoredMessages {
    private static final byte[] ACK = "$JS.ACK.".getBytes(StandardCharsets.US_ASCII);

    private final MessageBuilder builder = new MessageBuilder();

    /** Returns whether a message may be one: its reply begins as that of an ack. */
    static boolean mayBe(Message m) {
        int start = m.tailStart();
        return m.replyLength() > ACK.length && m.buffer()[start] == '$'
                && Arrays.equals(m.buffer(), start, start + ACK.length, ACK, 0, ACK.length);
    }

    /** Returns the message as the client gets it; the same if it is an ordinary one. */
    Message unpacked(Message m) {
        byte[] in = m.buffer();
        int start = m.tailStart(), end = start + m.replyLength(), at = start;
        while (at < end && in[at] != '@')
            at++;
        if (at == end)
            return m;
        builder.begin(in, at + 1, end - at - 1).reply(new String(in, start, at - start, StandardCharsets.ISO_8859_1));
        builder.append(in, m.payloadStart(), Math.max(m.headerLength(), 0));
        if (m.headerLength() >= 0)
            builder.headersEnd();
        int headers = Math.max(m.headerLength(), 0);
        return builder.append(in, m.payloadStart() + headers, m.payloadLength() - headers).end(true);
    }
}
