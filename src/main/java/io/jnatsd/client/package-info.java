/**
 * Client connections: what CONNECT, PUB, SUB, UNSUB and PING mean (protocol.md, sections 1 to 19).
 * {@link io.jnatsd.client.Client} handles the commands, with {@code ClientLogin} for permissions and
 * {@code ClientSubscriptions} for SUB and UNSUB; {@link io.jnatsd.client.Clients} has who may connect and who is
 * connected; {@link io.jnatsd.client.ClientView} is a client as monitoring shows it. Begin with {@code Client.handle}.
 *
 * <p>It stands beside {@code cluster} and does not use it. It uses {@code connection} and all below.
 */
package io.jnatsd.client;
