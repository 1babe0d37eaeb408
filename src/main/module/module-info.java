/**
 * A NATS server for programs, tests and the command line.
 *
 * <p>This descriptor is compiled into the published jar, which contains the libraries under names of its own. It is not
 * among the other sources, because these are compiled and tested on the class path, with the libraries as they are.
 */
module io.jnatsd {
    exports io.jnatsd;

    requires java.management;
    requires java.naming;
    requires java.net.http;
    requires jdk.httpserver;
    requires jdk.jfr;
    requires jdk.management;
    requires jdk.unsupported;
    // Gson reads and writes its types where a program has the module.
    requires static java.sql;

    uses io.jnatsd.auth.Authenticator;
}
