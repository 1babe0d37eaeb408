/**
 * Compares the JetStream of jnatsd with that of a nats-server: {@link io.jnatsd.jetstream.differential.Script} reads the
 * cases, {@code Player} plays one against one server, {@code Answers} compares field by field, and {@code
 * KnownDifferences} are those that have a reason.
 */
package io.jnatsd.jetstream.differential;
