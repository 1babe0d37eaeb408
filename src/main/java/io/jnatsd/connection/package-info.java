/**
 * What clients and routes have in common: {@link io.jnatsd.connection.Connection}, a socket with the virtual thread that
 * reads it; {@link io.jnatsd.connection.Opening}, the only place where TLS or frames are put over a socket;
 * {@link io.jnatsd.connection.PingTimer}; and {@link io.jnatsd.connection.ServerState}, what all connections of a server
 * share. Begin with {@code Connection.run}.
 *
 * <p>It uses {@code delivery} and {@code subject}, {@code tls} and {@code websocket} for streams, {@code events},
 * {@code log} and the limits of {@code config}. It does not know what the commands mean.
 */
package io.jnatsd.connection;
