/**
 * How a published message gets to those who want it. A reader gives each message to its
 * {@link io.jnatsd.delivery.Delivery}, which asks the index and hands the message to each receiver; an
 * {@link io.jnatsd.delivery.Outbound} queues the bytes of one connection and writes them; {@link
 * io.jnatsd.delivery.Batch} flushes what one read has caused. {@link io.jnatsd.delivery.InternalClient} is a part of
 * this server that subscribes and answers requests. Begin with {@code Delivery.publish}.
 *
 * <p>It uses {@code subject}, {@code protocol}, {@code auth}, {@code config} for limits, and {@code log}. It knows no
 * sockets, only streams; what owns an outbound is the interface {@link io.jnatsd.delivery.Outbound.Owner}.
 */
package io.jnatsd.delivery;
