/**
 * The configuration language and the options. {@code ConfigParser} turns a file into blocks and values with their
 * places; {@link io.jnatsd.config.OptionsReader} turns those into an {@link io.jnatsd.config.OptionsBuilder}, which has
 * the defaults and builds {@link io.jnatsd.config.ServerOptions}, one record for each part of the server.
 * {@link io.jnatsd.config.Options} is the table of all options; {@link io.jnatsd.config.OptionsCheck} has the rules that
 * options must obey wherever they come from. Begin with {@code Options}.
 *
 * <p>It uses {@code text}, {@code protocol} for the syntax of subjects, and {@code usage} for hints about misspelled
 * keys. It opens the configuration files and no others.
 */
package io.jnatsd.config;
