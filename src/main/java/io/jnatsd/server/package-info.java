/**
 * A server as a whole: {@link io.jnatsd.server.NatsServer} starts it, reloads its options and stops it, and is what
 * embedding programs use. A {@code Listener} accepts connections on one port; {@code Security} is what a set of options
 * means for logins and TLS; {@code Reload} compares two sets of options; {@code InfoPublisher} makes INFO;
 * {@code LameDuck}, {@link io.jnatsd.server.Signals} and {@link io.jnatsd.server.ControlSocket} do what their names say.
 * Begin with {@code NatsServer.start}.
 *
 * <p>It connects {@code client}, {@code cluster}, {@code monitor} and {@code system}, and uses all that is below these.
 */
package io.jnatsd.server;
