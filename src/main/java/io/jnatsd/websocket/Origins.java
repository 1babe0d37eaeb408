package io.jnatsd.websocket;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The origins of web pages from which browsers may connect. Browsers send the origin of the page. A client that sends
 * none is not a browser, and could send any origin anyway. Threads: immutable.
 */
final class Origins {
    private static final int PORT = 80;
    private static final int TLS_PORT = 443;

    /** Scheme, host and port in lower case; the port is always set. */
    private record Origin(String scheme, String host, int port) {
        boolean sameHost(Origin other) {
            return host.equals(other.host) && port == other.port;
        }
    }

    private final boolean same;
    private final Set<Origin> allowed = new HashSet<>();
    private final String ownScheme;

    /**
     * @param same whether the page must come from the host and port that it connects to
     * @param allowed {@code scheme://host[:port]}; if there are any, only pages of these origins may connect
     * @param tls whether clients connect over TLS
     * @throws IllegalArgumentException if one of them is not an origin
     */
    Origins(boolean same, List<String> allowed, boolean tls) {
        this.same = same;
        this.ownScheme = tls ? "https" : "http";
        for (String text : allowed) {
            Origin origin = parse(text);
            if (origin == null)
                throw new IllegalArgumentException("unable to parse allowed origin \"" + text + "\"");
            this.allowed.add(origin);
        }
    }

    void check(RequestHead head) throws RefusedException {
        String said = head.field("Origin");
        if (said.isEmpty() || !same && allowed.isEmpty())
            return;
        Origin origin = parse(said);
        if (origin == null)
            throw RefusedException.origin("not understood");
        if (same) {
            Origin own = parse(ownScheme + "://" + head.field("Host"));
            if (own == null || !origin.sameHost(own))
                throw RefusedException.origin("not same origin");
        }
        if (!allowed.isEmpty() && !allowed.contains(origin))
            throw RefusedException.origin("not in the allowed list");
    }

    /** Returns null if the text is not an origin. */
    private static Origin parse(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        int start = lower.indexOf("://");
        if (start <= 0)
            return null;
        String scheme = lower.substring(0, start), host = lower.substring(start + 3);
        if (host.endsWith("/"))
            host = host.substring(0, host.length() - 1);
        int port = scheme.equals("https") || scheme.equals("wss") ? TLS_PORT : PORT;
        int colon = host.lastIndexOf(':');
        if (colon > host.lastIndexOf(']')) {
            port = port(host.substring(colon + 1));
            host = host.substring(0, colon);
        }
        return host.isEmpty() || port < 0 ? null : new Origin(scheme, host, port);
    }

    private static int port(String digits) {
        boolean number = !digits.isEmpty() && digits.length() <= 5 && digits.chars().allMatch(Character::isDigit);
        return number ? Integer.parseInt(digits) : -1;
    }
}
