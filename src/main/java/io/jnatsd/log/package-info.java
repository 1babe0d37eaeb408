/**
 * The log of a server: lines in gnatsd's format or in JSON, to standard error, a file or syslog.
 * {@link io.jnatsd.log.Log} puts lines into a bounded queue and never waits; {@code LogLoop} is the thread that writes
 * them to a {@code LogTarget}. {@link io.jnatsd.log.Threads} starts the threads of a server and logs their failures.
 * Start reading at {@code Log} and {@code LogLoop.run}.
 *
 * <p>It uses {@code text} and tinylog. A line refers to its connection by the interface
 * {@link io.jnatsd.log.LogOrigin}, so that this package does not depend on connections.
 */
package io.jnatsd.log;
