/**
 * A NATS server in this JVM, for tests and for programs that bring their own server.
 *
 * <pre>{@code
 * try (NatsServer server = NatsServer.start();
 *         Connection nats = Nats.connect(server.url())) {
 *     nats.publish("greet.joe", "hello".getBytes());
 * }
 * }</pre>
 *
 * <p>{@link io.jnatsd.NatsServer} is a running server, and {@link io.jnatsd.NatsServerBuilder} its settings;
 * {@link io.jnatsd.NatsUser} and {@link io.jnatsd.Authenticator} say who may log in, {@link io.jnatsd.NatsTls} how.
 * {@link io.jnatsd.Faults} makes things go wrong on purpose.
 *
 * <p>This package and {@code io.jnatsd.junit} are all that other programs may use. Inside the project, it uses {@code server}
 * and what that is made of; no other package but {@code io.jnatsd.junit} uses it.
 */
package io.jnatsd;
