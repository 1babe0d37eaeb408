/**
 * Client connections, which implement CONNECT, PUB, SUB, UNSUB and PING (protocol.md, sections 1 to 19). {@link
 * io.jnatsd.client.Client} handles the commands, with {@code ClientLogin} for permissions and {@code
 * ClientSubscriptions} for SUB and UNSUB. {@link io.jnatsd.client.Clients} has the rules for connecting and the
 * connected clients. {@link io.jnatsd.client.ClientView} is a snapshot of a client for monitoring. Start reading at
 * {@code Client.handle}.
 *
 * <p>It is beside {@code cluster} and does not use it. It uses {@code connection} and the packages below it.
 */
package io.jnatsd.client;
