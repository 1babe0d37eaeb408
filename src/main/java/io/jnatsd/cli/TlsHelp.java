package io.jnatsd.cli;

import io.jnatsd.config.TlsNames;
import java.io.PrintStream;

/** Prints the text of {@code --help_tls}: an example of the {@code tls} block, and the names that it accepts. */
final class TlsHelp {
    private static final String EXAMPLE = """

            TLS is configured in a block of the configuration file; flags can do with less.

            tls {
              # The server's certificate, with its chain, and the private key; PEM.
              cert_file: "./certs/server-cert.pem"
              key_file:  "./certs/server-key.pem"

              # Certificates that clients' certificates must be signed by, and whether clients need one.
              ca_file:   "./certs/ca.pem"
              verify:    true

              # Seconds that a handshake may take.
              timeout: 2

              # Of the lists below, in order of preference.
              cipher_suites: [ "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256" ]
              curve_preferences: [ "CurveP256" ]
            }

            Available cipher suites include:""";

    private TlsHelp() {
    }

    static void print(PrintStream out) {
        out.println(EXAMPLE);
        TlsNames.NEWER_CIPHERS.stream().sorted().forEach(name -> out.println("    " + name));
        TlsNames.CIPHERS.stream().sorted().forEach(name -> out.println("    " + name));
        out.println("\nAvailable curve preferences include:");
        TlsNames.CURVES.stream().sorted().forEach(name -> out.println("    " + name));
    }
}
