package io.jnatsd.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.regex.Pattern;

/** Reads the {@code websocket} block, which is that of newer servers. Threads: one. */
final class WebSocketReader {
    private static final Pattern HOST_AND_PORT = Pattern.compile("([\\w.-]+|\\[[\\p{XDigit}:.]+])(:\\d{1,5})?");

    final OptionsBuilder out;
    final Problems problems;
    boolean noTls;

    private WebSocketReader(OptionsBuilder out, Problems problems) {
        this.out = out;
        this.problems = problems;
    }

    static void read(Entry entry, OptionsBuilder out, Problems problems) throws MismatchException {
        WebSocketReader r = new WebSocketReader(out, problems);
        Options.WEBSOCKET.read(entry.block(), r, problems);
        // Without TLS, passwords are sent in the clear. That has to be requested: a missing block is not enough.
        if (out.webSocketPort != 0 && out.webSocketTls == null && !r.noTls)
            problems.error(entry, "websocket requires TLS configuration, or \"no_tls: true\"");
    }

    void listen(Entry entry) throws MismatchException {
        ListenAddress address = OptionType.LISTEN.reading().read(entry);
        if (!address.host().isEmpty())
            out.webSocketHost = address.host();
        out.webSocketPort = address.port();
    }

    static List<String> origins(Entry entry) throws MismatchException {
        List<String> origins = entry.names();
        for (String origin : origins) {
            if (!isOrigin(origin))
                throw new MismatchException(entry.value(), notAnOrigin(origin));
        }
        return origins;
    }

    static String notAnOrigin(String text) {
        return "unable to parse allowed origin \"" + ListenAddress.withoutLogin(text)
                + "\": expected \"https://host\" or \"https://host:port\"";
    }

    /** With the scheme and the host, and nothing behind them but a port. */
    static boolean isOrigin(String text) {
        try {
            URI uri = new URI(text);
            boolean bare = uri.getRawQuery() == null && uri.getRawFragment() == null;
            // URI.getHost() is null for names such as nats_1, which Docker gives to containers.
            return uri.getScheme() != null && uri.getRawAuthority() != null && bare && uri.getRawPath().length() <= 1
                    && HOST_AND_PORT.matcher(uri.getRawAuthority()).matches();
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
