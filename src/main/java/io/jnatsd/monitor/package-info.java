/**
 * The HTTP port for monitoring: JSON pages in gnatsd's format, metrics for Prometheus, the dashboard.
 * {@link io.jnatsd.monitor.Monitor} answers requests, {@code Pages} maps paths to pages, and
 * {@link io.jnatsd.monitor.Views} has the JSON views, which {@code system} serves over NATS as well. Start reading at
 * {@code Monitor.answer}.
 *
 * <p>It reads the counters of {@code connection}, {@code client}, {@code delivery} and {@code subject} through
 * {@link io.jnatsd.monitor.MonitoredServer} and changes nothing there. Routes come as
 * {@link io.jnatsd.monitor.RouteView}, because this package does not use {@code cluster}. It uses gson to read its own
 * JSON.
 */
package io.jnatsd.monitor;
