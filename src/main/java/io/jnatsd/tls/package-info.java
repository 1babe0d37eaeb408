/**
 * TLS: certificates, keys, cipher suites, handshakes. {@link io.jnatsd.tls.TlsContext} is what a {@code tls} block of the
 * configuration means; {@link io.jnatsd.tls.TlsHandshake} puts TLS over a connected socket within a time limit;
 * {@link io.jnatsd.tls.CertWatch} notices that files have changed. Begin with {@code TlsContext.forClients}.
 *
 * <p>It uses {@code config} for the options. It does not know what the connections are for.
 */
package io.jnatsd.tls;
