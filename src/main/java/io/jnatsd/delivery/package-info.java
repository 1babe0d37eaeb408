/**
 * Delivery of published messages to their receivers. A reader passes each message to its {@link
 * io.jnatsd.delivery.Delivery}, which looks it up in the index and passes it to each receiver. An {@link
 * io.jnatsd.delivery.Outbound} queues the output of one connection and writes it. {@link io.jnatsd.delivery.Batch}
 * flushes the receivers that one batch has touched. {@link io.jnatsd.delivery.InternalClient} is a component of this
 * server that subscribes and answers requests. Start reading at {@code Delivery.publish}.
 *
 * <p>It uses {@code subject}, {@code protocol}, {@code auth}, {@code config} for limits, and {@code log}. It uses
 * streams and no sockets. The owner of an outbound is behind the interface {@link io.jnatsd.delivery.Outbound.Owner}.
 */
package io.jnatsd.delivery;
