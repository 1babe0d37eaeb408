/**
 * A NATS server for programs, tests and the command line.
 *
 * <p>This descriptor is compiled into the published jar, which contains the libraries under names of its own. It is not
 * among the other sources, because these are compiled and tested on the class path, with the libraries as they are.
 */
@SuppressWarnings("requires-automatic") // jnats has no descriptor, but names its module
module io.jnatsd {
    exports io.jnatsd;
    exports io.jnatsd.junit;

    requires java.management;
    requires java.naming;
    requires java.net.http;
    requires jdk.httpserver;
    requires jdk.jfr;
    requires jdk.management;
    requires jdk.unsupported;
    // Gson reads and writes its types where a program has the module.
    requires static java.sql;

    // For tests that use the exported package io.jnatsd.junit, with jnats or without. Not transitive: a program without
    // JUnit could not be compiled.
    requires static org.junit.jupiter.api;
    requires static org.junit.platform.commons;
    requires static org.opentest4j;
    requires static io.nats.jnats;

    uses io.jnatsd.Authenticator;
}
