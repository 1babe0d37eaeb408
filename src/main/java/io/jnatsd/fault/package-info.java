/**
 * Faults that a program injects into a server that it embeds, to test how clients and other servers cope with them.
 * {@link io.jnatsd.fault.FaultInjection} holds the faults in force and applies them to connections through the interfaces
 * of {@code connection} and {@code delivery}; {@link io.jnatsd.fault.FaultyClient} is what goes wrong on one connection.
 * Start reading at {@code FaultInjection.add}.
 *
 * <p>It uses {@code protocol}, {@code log}, {@code delivery}, {@code connection}, {@code client} and {@code cluster}. A server
 * without faults has no object of this package.
 */
package io.jnatsd.fault;
