package io.jnatsd;

/**
 * What a server has done since it was started, or restarted, see {@link NatsServer#traffic}. It does not change; ask the
 * server again for newer numbers.
 *
 * @param messagesIn the number of messages that clients and other servers have sent
 * @param bytesIn the bytes of their payloads and headers
 * @param messagesOut the number of messages for clients and other servers; one that several receive counts for each
 * @param bytesOut the bytes of their payloads and headers
 * @param slowConsumers the number of clients and other servers that were disconnected because they read too slowly
 * @param connections the number of clients that have connected, those that were refused included
 */
public record Traffic(long messagesIn, long bytesIn, long messagesOut, long bytesOut, long slowConsumers,
        long connections) {
}
