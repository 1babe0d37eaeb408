/**
 * Routes, the connections between the servers of a cluster (protocol.md, sections 20 to 25). {@link
 * io.jnatsd.cluster.Route} handles the commands of another server. {@code RouteTable} contains the route to each server
 * and chooses between duplicate connections. {@code RouteDialer} dials one server. {@code RouteInterest} announces the
 * subscriptions of this server. {@link io.jnatsd.cluster.Cluster} connects these parts and handles gossip. Start
 * reading at {@code Route.handle} and {@code Cluster.arrived}.
 *
 * <p>It is beside {@code client} and does not use it. It uses {@code connection} and the packages below it.
 */
package io.jnatsd.cluster;
