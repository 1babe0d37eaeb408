/**
 * The program {@code nats-bench}, which measures how many messages per second a NATS server delivers, and how long a
 * request takes. {@link io.jnatsd.bench.Bench} reads the flags, a {@code Workload} has the parameters of a run, and a
 * {@code Crew} has its connections and runs them on platform threads. Start reading at {@code Bench.main}.
 *
 * <p>It uses {@code usage} and picocli, and no part of the server: it works with any server that implements the
 * protocol.
 */
package io.jnatsd.bench;
