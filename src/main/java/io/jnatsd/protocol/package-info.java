/**
 * The text protocol: bytes to commands and back. {@link io.jnatsd.protocol.Parser} finds the commands of a batch in the
 * {@link io.jnatsd.protocol.ReadBuffer}, without a copy; {@link io.jnatsd.protocol.Message} and
 * {@link io.jnatsd.protocol.Arguments} say where their parts are. {@link io.jnatsd.protocol.Subject} has the syntax of
 * subjects; {@link io.jnatsd.protocol.ServerInfo}, {@link io.jnatsd.protocol.ConnectInfo} and
 * {@link io.jnatsd.protocol.RouteInfo} are the JSON of INFO and CONNECT;
 * {@link io.jnatsd.protocol.ProtocolException} has the errors that end a connection. Begin with {@code Parser.next}.
 *
 * <p>It uses {@code text} and gson. It knows no sockets and no threads, and not what a command does.
 */
package io.jnatsd.protocol;
