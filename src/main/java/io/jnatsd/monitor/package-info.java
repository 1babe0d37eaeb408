/**
 * The HTTP port for monitoring: JSON pages in gnatsd's format, metrics for Prometheus, the dashboard.
 * {@link io.jnatsd.monitor.Monitor} answers requests, {@code Pages} says which path is which page, and
 * {@link io.jnatsd.monitor.Views} has the JSON views, which {@code system} serves over NATS as well. Begin with
 * {@code Monitor.answer}.
 *
 * <p>It reads the counters of {@code connection}, {@code client}, {@code delivery} and {@code subject} by way of
 * {@link io.jnatsd.monitor.MonitoredServer} and changes nothing there. Routes come as
 * {@link io.jnatsd.monitor.RouteView}, since it does not use {@code cluster}. It uses gson to read its own JSON.
 */
package io.jnatsd.monitor;
