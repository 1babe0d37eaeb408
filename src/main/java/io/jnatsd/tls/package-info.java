/**
 * TLS: certificates, keys, cipher suites and handshakes. {@link io.jnatsd.tls.TlsContext} contains the settings of a
 * {@code tls} block. {@link io.jnatsd.tls.TlsHandshake} does handshakes over connected sockets with a timeout. {@link
 * io.jnatsd.tls.CertWatch} detects changed files. Start reading at {@code TlsContext.forClients}.
 *
 * <p>It uses {@code config} for the options. It does not depend on what the connections are used for.
 */
package io.jnatsd.tls;
