/**
 * Routes, the connections between the servers of a cluster (protocol.md, sections 20 to 25).
 * {@link io.jnatsd.cluster.Route} handles the commands of another server; {@code RouteTable} has the one route to each
 * server and chooses between two; {@code RouteDialer} dials one server; {@code RouteInterest} tells the other servers
 * which subscriptions exist here; {@link io.jnatsd.cluster.Cluster} connects these parts and passes on what servers say
 * of others. Begin with {@code Route.handle} and {@code Cluster.arrived}.
 *
 * <p>It stands beside {@code client} and does not use it. It uses {@code connection} and all below.
 */
package io.jnatsd.cluster;
