/**
 * {@code jnatsd --check}: asks the servers of a mesh for their monitoring pages over HTTP, and compares what they say
 * of each other. {@link io.jnatsd.check.MeshCheck} is the way in: it makes a {@link io.jnatsd.check.CheckedServer} of each
 * server, compares them, and has the lines that are printed.
 *
 * <p>It uses gson, and {@code text} for names, which other servers choose. It uses nothing of the server, because the
 * servers may have another version, or be nats-server.
 */
package io.jnatsd.check;
