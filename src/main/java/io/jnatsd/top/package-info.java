/**
 * The program {@code nats-top}, which shows the clients and the traffic of a NATS server in a terminal.
 * {@link io.jnatsd.top.Top} reads the flags, {@code MonitoringPort} requests the data, {@code Screen} formats the
 * lines, and {@code Live} refreshes them. Start reading at {@code Top.main}.
 *
 * <p>It uses {@code usage}, picocli and gson, and no part of the server: it works with any server that has
 * {@code /varz} and {@code /connz}.
 */
package io.jnatsd.top;
