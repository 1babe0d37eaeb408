/**
 * NATS servers in JUnit tests. A class or a method with {@link io.jnatsd.junit.NatsTest} gets a running server, and its
 * tests take what they need as parameters:
 *
 * <pre>{@code
 * @NatsTest
 * class GreetingTest {
 *     @Test
 *     void aGreetingArrives(Connection nats) throws Exception {
 *         Subscription greetings = nats.subscribe("greet.*");
 *         nats.publish("greet.joe", "hello".getBytes());
 *         assertEquals("greet.joe", greetings.nextMessage(Duration.ofSeconds(5)).getSubject());
 *     }
 * }
 * }</pre>
 *
 * <p>{@link io.jnatsd.junit.NatsExtension} is the same without annotations. Both work with JUnit 5.10 and later, 6
 * included. Parameters of jnats' type {@code Connection} need jnats; nothing else does.
 *
 * <p>Inside the project, this package uses only the public API of {@code io.jnatsd}, and no other package uses it.
 */
package io.jnatsd.junit;
