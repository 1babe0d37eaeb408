/**
 * The program {@code nats-top}: it shows the clients and the traffic of a NATS server at a terminal.
 * {@link io.jnatsd.top.Top} reads the flags, {@code MonitoringPort} asks the server's monitoring port, {@code Screen}
 * makes the lines, and {@code Live} refreshes them. Begin with {@code Top.main}.
 *
 * <p>It uses {@code usage}, picocli and gson, and nothing of the server: it works with any server that has
 * {@code /varz} and {@code /connz}.
 */
package io.jnatsd.top;
