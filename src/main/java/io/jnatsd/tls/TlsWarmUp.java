package io.jnatsd.tls;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;

/** A handshake between two engines in memory. Threads: the calling thread only. */
final class TlsWarmUp {
    /** More rounds than any handshake needs. */
    private static final int MAX_ROUNDS = 100;

    private final SSLEngine server;
    private final SSLEngine client;
    private final ByteBuffer toServer;
    private final ByteBuffer toClient;
    private final ByteBuffer nothing = ByteBuffer.allocate(0);
    private final ByteBuffer plain;

    private TlsWarmUp(SSLEngine server, SSLEngine client) {
        this.server = server;
        this.client = client;
        int size = server.getSession().getPacketBufferSize();
        toServer = ByteBuffer.allocate(2 * size);
        toClient = ByteBuffer.allocate(2 * size);
        plain = ByteBuffer.allocate(server.getSession().getApplicationBufferSize());
    }

    /** The client trusts only the certificate that the server presents. */
    static void run(SSLContext context, SSLParameters parameters, X509Certificate certificate)
            throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("server", certificate);
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(store);
        SSLContext clients = SSLContext.getInstance("TLS");
        clients.init(null, trust.getTrustManagers(), null);
        for (String protocol : parameters.getProtocols()) {
            if (!hasSuiteFor(protocol, parameters))
                continue;
            SSLEngine server = context.createSSLEngine(), client = clients.createSSLEngine();
            server.setUseClientMode(false);
            server.setSSLParameters(parameters);
            client.setUseClientMode(true);
            client.setEnabledProtocols(new String[] {protocol});
            new TlsWarmUp(server, client).handshake();
        }
    }

    /** The names of TLS 1.3 suites contain no key exchange, and therefore no WITH. */
    private static boolean hasSuiteFor(String protocol, SSLParameters parameters) {
        boolean isTls13 = protocol.equals("TLSv1.3");
        return Stream.of(parameters.getCipherSuites()).anyMatch(suite -> suite.contains("_WITH_") != isTls13);
    }

    private void handshake() throws SSLException {
        client.beginHandshake();
        server.beginHandshake();
        for (int round = 0; round < MAX_ROUNDS && !isDone(); round++) {
            step(client, toServer, toClient);
            step(server, toClient, toServer);
        }
        if (!isDone())
            throw new SSLException("the handshake in memory does not end");
    }

    private boolean isDone() {
        return isIdle(client) && isIdle(server);
    }

    private static boolean isIdle(SSLEngine engine) {
        return engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
    }

    /** Lets one side process its input and produce output. */
    private void step(SSLEngine engine, ByteBuffer out, ByteBuffer in) throws SSLException {
        switch (engine.getHandshakeStatus()) {
            case NEED_TASK -> {
                for (Runnable task; (task = engine.getDelegatedTask()) != null; )
                    task.run();
            }
            case NEED_WRAP -> engine.wrap(nothing, out);
            default -> {
                in.flip();
                if (in.hasRemaining())
                    engine.unwrap(in, plain);
                in.compact();
            }
        }
    }
}
