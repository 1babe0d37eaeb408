/**
 * The programs {@code jnatsd} and {@code mkpasswd}: the command line, the exit codes, the check of a configuration
 * file, the commands of {@code -sl}, and the training run after a build. {@link Main} turns flags and the
 * configuration file into options, starts a {@link io.jnatsd.server.Server} and waits for its end. Start reading at
 * {@code Main.run}. {@link OtherCommands} starts {@code nats-bench} and the others from the jar alone.
 *
 * <p>It uses {@code server}, {@code bench}, {@code top}, {@code config}, {@code log}, {@code usage} and {@code text}. A program that embeds a
 * server does not need this package.
 */
package io.jnatsd.cli;
