package io.jnatsd;

import io.jnatsd.config.ConfigException;
import io.jnatsd.config.FixedOptionException;
import io.jnatsd.server.PortException;
import io.jnatsd.tls.TlsException;
import java.net.UnknownHostException;
import java.util.Objects;

/**
 * A server could not do what it was asked for. The message is one line that says what is wrong; several mistakes in a
 * configuration have a line each.
 *
 * <table>
 * <caption>Typical mistakes</caption>
 * <tr><th>Mistake</th><th>Exception</th><th>Message</th></tr>
 * <tr><td>another server, or this one, has the port</td><td>{@code PORT_IN_USE}</td>
 * <td>{@code cannot listen on 127.0.0.1:4222: address already in use}</td></tr>
 * <tr><td>the address is not one of this machine</td><td>{@code INPUT_OUTPUT}</td>
 * <td>{@code cannot listen on 192.0.2.1: cannot assign requested address}</td></tr>
 * <tr><td>the host does not exist</td><td>{@code INPUT_OUTPUT}</td>
 * <td>{@code cannot listen: lookup no-such-host: no such host}</td></tr>
 * <tr><td>a wrong value in a configuration</td><td>{@code CONFIGURATION}</td>
 * <td>{@code configText:2:14: expected an integer for "max_payload", but got the string "lots"}</td></tr>
 * <tr><td>no configuration file</td><td>{@code CONFIGURATION}</td>
 * <td>{@code error opening config file: open nats.conf: no such file or directory}</td></tr>
 * <tr><td>settings that do not fit</td><td>{@code CONFIGURATION}</td>
 * <td>{@code max_payload (2000) cannot be higher than max_pending (1000)}</td></tr>
 * <tr><td>a setting for a port that is not opened</td><td>{@code CONFIGURATION}</td>
 * <td>{@code webSocketTls needs a WebSocket port, which webSocket() opens}</td></tr>
 * <tr><td>users by certificate, but no {@link NatsTls#mapUsers}</td><td>{@code CONFIGURATION}</td>
 * <td>{@code the user "CN=joe" logs in by certificate, which needs TLS with mapUsers()}</td></tr>
 * <tr><td>servers of different clusters</td><td>{@code CONFIGURATION}</td>
 * <td>{@code the cluster of this server is "b", but a route leads to a server of the cluster "a"}</td></tr>
 * <tr><td>a reload of what is fixed</td><td>{@code CONFIGURATION}</td>
 * <td>{@code Port cannot change while the server runs; close it and start another one}</td></tr>
 * <tr><td>no certificate file</td><td>{@code TLS}</td>
 * <td>{@code error parsing X509 certificate/key pair: open cert.pem: no such file or directory}</td></tr>
 * <tr><td>certificate and key do not fit</td><td>{@code TLS}</td>
 * <td>{@code error parsing X509 certificate/key pair: tls: private key does not match public key}</td></tr>
 * <tr><td>a wrong password for a key store</td><td>{@code TLS}</td>
 * <td>{@code the password of the key "server" in the key store is wrong}</td></tr>
 * <tr><td>a key store without a key</td><td>{@code TLS}</td>
 * <td>{@code the key store must have one private key, but it has none}</td></tr>
 * <tr><td>what a test waits for does not happen</td><td>{@code TIMEOUT}</td>
 * <td>{@code expected 1 client within 10s, but there is none}</td></tr>
 * <tr><td>a value that no server could work with</td><td>{@link IllegalArgumentException}</td>
 * <td>{@code maxPayload must be 1 or more, but is -5}</td></tr>
 * <tr><td>a server that is closed</td><td>{@link IllegalStateException}</td>
 * <td>{@code this NATS server is closed}</td></tr>
 * <tr><td>a port that the server does not have</td><td>{@link IllegalStateException}</td>
 * <td>{@code this NATS server has no monitoring port; NatsServerBuilder.monitoring() opens one}</td></tr>
 * <tr><td>Java 17 or older</td><td>{@link UnsupportedClassVersionError}, from Java itself</td>
 * <td>{@code io/jnatsd/NatsServer has been compiled by a more recent version of the Java Runtime (class file version
 * 65.0) ...}: 65 is Java 21; the compiler says {@code class file has wrong version 65.0}</td></tr>
 * </table>
 *
 * <p>A server that is not closed keeps the JVM running after {@code main} has returned.
 */
public final class NatsServerException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What went wrong, for programs that react to it. */
    public enum Reason {
        /** A setting, or a line of the configuration, is wrong. */
        CONFIGURATION,
        /** Another server listens on the port. */
        PORT_IN_USE,
        /** A certificate or a key is missing, broken, or does not fit. */
        TLS,
        /** A file, folder or address cannot be used. */
        INPUT_OUTPUT,
        /** What was awaited has not happened in time. */
        TIMEOUT
    }

    /** Why. */
    private final Reason reason;

    NatsServerException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = Objects.requireNonNull(reason);
    }

    /** Returns the failure of a start or of a reload in words for the program, where its own are those of a log. */
    static NatsServerException of(Exception failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause())
            switch (cause) {
                case PortException port -> {
                    return new NatsServerException(port.isInUse() ? Reason.PORT_IN_USE : Reason.INPUT_OUTPUT,
                            "cannot listen on " + port.address() + ": " + port.reason(), failure);
                }
                case UnknownHostException host -> {
                    return new NatsServerException(Reason.INPUT_OUTPUT, "cannot listen: " + host.getMessage(), failure);
                }
                case FixedOptionException fixed -> {
                    return new NatsServerException(Reason.CONFIGURATION, fixed.option()
                            + " cannot change while the server runs; close it and start another one", null);
                }
                case ConfigException wrong -> {
                    return new NatsServerException(Reason.CONFIGURATION, wrong.getMessage(), null);
                }
                case TlsException tls -> {
                    return new NatsServerException(Reason.TLS, tls.getMessage(), failure);
                }
                default -> { }
            }
        return new NatsServerException(Reason.INPUT_OUTPUT, failure.getMessage(), failure);
    }

    /**
     * Returns what went wrong.
     *
     * @return never null
     */
    public Reason reason() {
        return reason;
    }
}
