package io.jnatsd.monitor;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import io.jnatsd.tls.TlsContext;
import java.security.KeyManagementException;
import java.security.SecureRandom;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/**
 * TLS of the HTTPS monitoring port. Each connection gets the certificate that is in force at that time, although the
 * JDK's server fixes its context when it starts. Client certificates are never requested. Threads: any thread.
 */
final class LiveTls extends HttpsConfigurator {
    private final Supplier<TlsContext> current;
    private final Deadlines deadlines;

    LiveTls(Supplier<TlsContext> current, Deadlines deadlines) {
        super(new LiveContext(current));
        this.current = current;
        this.deadlines = deadlines;
    }

    @Override
    public void configure(HttpsParameters parameters) {
        // The JDK has just resolved the client's host name, which may take long if DNS is not reachable.
        deadlines.restart();
        parameters.setSSLParameters(current.get().monitorParameters());
    }

    private static final class LiveContext extends SSLContext {
        LiveContext(Supplier<TlsContext> current) {
            super(new Spi(current), current.get().context().getProvider(), "TLS");
        }
    }

    private static final class Spi extends SSLContextSpi {
        private final Supplier<TlsContext> current;

        Spi(Supplier<TlsContext> current) {
            this.current = current;
        }

        private SSLContext context() {
            return current.get().context();
        }

        @Override
        protected void engineInit(KeyManager[] keys, TrustManager[] trust, SecureRandom random)
                throws KeyManagementException {
            throw new KeyManagementException("is made by TlsContext");
        }

        @Override
        protected SSLEngine engineCreateSSLEngine() {
            return context().createSSLEngine();
        }

        @Override
        protected SSLEngine engineCreateSSLEngine(String host, int port) {
            return context().createSSLEngine(host, port);
        }

        @Override
        protected SSLSocketFactory engineGetSocketFactory() {
            return context().getSocketFactory();
        }

        @Override
        protected SSLServerSocketFactory engineGetServerSocketFactory() {
            return context().getServerSocketFactory();
        }

        @Override
        protected SSLSessionContext engineGetServerSessionContext() {
            return context().getServerSessionContext();
        }

        @Override
        protected SSLSessionContext engineGetClientSessionContext() {
            return context().getClientSessionContext();
        }

        @Override
        protected SSLParameters engineGetDefaultSSLParameters() {
            return context().getDefaultSSLParameters();
        }

        @Override
        protected SSLParameters engineGetSupportedSSLParameters() {
            return context().getSupportedSSLParameters();
        }
    }
}
