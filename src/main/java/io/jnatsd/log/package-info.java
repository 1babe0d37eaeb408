/**
 * The log of a server: lines in gnatsd's format or in JSON, to standard error, a file or syslog.
 * {@link io.jnatsd.log.Log} puts lines into a bounded queue and never waits; {@code LogLoop} is the thread that writes
 * them to a {@code LogTarget}. {@link io.jnatsd.log.Threads} starts the threads of a server and logs what they throw.
 * Begin with {@code Log} and {@code LogLoop.run}.
 *
 * <p>It uses {@code text} and tinylog. The origin of a line is a {@link io.jnatsd.log.LogOrigin}, an interface, so that
 * this package knows no connections.
 */
package io.jnatsd.log;
