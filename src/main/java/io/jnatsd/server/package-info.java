/**
 * A server as a whole: {@link io.jnatsd.server.Server} starts it, reloads its options and stops it; embedding
 * programs use it. A {@code Listener} accepts connections on one port; {@code Security} holds what a set of options
 * defines for logins and TLS; {@code Reload} compares two sets of options; {@code InfoPublisher} builds INFO;
 * {@code LameDuck}, {@link io.jnatsd.server.Signals} and {@link io.jnatsd.server.ControlSocket} handle lame duck mode,
 * signals and the commands of {@code -sl}. Start reading at {@code Server.start}.
 *
 * <p>It connects {@code client}, {@code cluster}, {@code monitor} and {@code system}, and uses the packages below
 * these.
 */
package io.jnatsd.server;
