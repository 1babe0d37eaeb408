/**
 * The program {@code nats-bench}: it measures how many messages a second a NATS server moves, and how long a request
 * takes. {@link io.jnatsd.bench.Bench} reads the flags, a {@code Workload} says which connections there are, and a
 * {@code Crew} runs them on platform threads. Begin with {@code Bench.main}.
 *
 * <p>It uses {@code usage} and picocli, and nothing of the server: it works with any server that speaks the protocol.
 */
package io.jnatsd.bench;
