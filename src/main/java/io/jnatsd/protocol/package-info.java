/**
 * The text protocol: parsing and formatting of commands. {@link io.jnatsd.protocol.Parser} parses the commands of a
 * batch in the {@link io.jnatsd.protocol.ReadBuffer} without copying; {@link io.jnatsd.protocol.Message} and {@link
 * io.jnatsd.protocol.Arguments} contain the positions of their parts. {@link io.jnatsd.protocol.Subject} implements the
 * rules of subjects. {@link io.jnatsd.protocol.ServerInfo}, {@link io.jnatsd.protocol.ConnectInfo} and {@link
 * io.jnatsd.protocol.RouteInfo} are the JSON of INFO and CONNECT. {@link io.jnatsd.protocol.ProtocolException} lists
 * the errors that end a connection. Start reading at {@code Parser.next}.
 *
 * <p>It uses {@code text} and gson. It uses no sockets and no threads, and does not execute commands.
 */
package io.jnatsd.protocol;
