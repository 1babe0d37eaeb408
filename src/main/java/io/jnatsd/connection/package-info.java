/**
 * What clients and routes have in common: {@link io.jnatsd.connection.Connection}, a socket with the virtual thread
 * that reads it; {@link io.jnatsd.connection.Opening}, the only class that puts TLS or frames over a socket; {@link
 * io.jnatsd.connection.PingTimer}; and {@link io.jnatsd.connection.ServerState}, the state that all connections of a
 * server share. Start reading at {@code Connection.run}.
 *
 * <p>It uses {@code delivery} and {@code subject}, {@code tls} and {@code websocket} for streams, {@code events},
 * {@code log} and the limits of {@code config}. It does not implement the commands.
 */
package io.jnatsd.connection;
