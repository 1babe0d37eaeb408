package io.jnatsd.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.regex.Pattern;

/** Reads the {@code websocket} block, which is that of newer servers. Threads: one. */
final class WebSocketReader {
    private static final Pattern HOST_AND_PORT = Pattern.compile("([\\w.-]+|\\[[\\p{XDigit}:.]+])(:\\d{1,5})?");

    static final KeyTable<WebSocketReader> KEYS = new KeyTable<WebSocketReader>()
            .key("listen", (r, e) -> r.listen(OptionsReader.address(e)))
            .port("port", (r, v) -> r.out.webSocketPort = v)
            .text("host net", (r, v) -> r.out.webSocketHost = v)
            .bool("no_tls", (r, v) -> r.noTls = v)
            .key("tls", (r, e) -> r.out.webSocketTls = TlsReader.read(e.block(), r.problems))
            .bool("same_origin", (r, v) -> r.out.webSocketSameOrigin = v)
            .key("allowed_origins allowed_origin allow_origins allow_origin origins origin",
                    (r, e) -> r.out.webSocketOrigins = origins(e))
            .duration("handshake_timeout", (r, v) -> r.out.webSocketTimeout = v)
            // Without it, clients whom it is to keep out might get in.
            .key("authorization authentication", (r, e) -> r.problems.error(e, "\"" + e.key()
                    + "\" is not supported in \"websocket\": the same users connect as over the client port"))
            .unsupported("compression advertise no_auth_user jwt_cookie user_cookie pass_cookie token_cookie headers"
                    + " ping_interval");

    private final OptionsBuilder out;
    private final Problems problems;
    private boolean noTls;

    private WebSocketReader(OptionsBuilder out, Problems problems) {
        this.out = out;
        this.problems = problems;
    }

    static void read(Entry entry, OptionsBuilder out, Problems problems) throws MismatchException {
        WebSocketReader r = new WebSocketReader(out, problems);
        KEYS.read(entry.block(), r, problems);
        // Passwords would travel in the open: nobody should get that by leaving something out.
        if (out.webSocketPort != 0 && out.webSocketTls == null && !r.noTls)
            problems.error(entry, "websocket requires TLS configuration, or \"no_tls: true\"");
    }

    private void listen(ListenAddress address) {
        if (!address.host().isEmpty())
            out.webSocketHost = address.host();
        out.webSocketPort = address.port();
    }

    private static List<String> origins(Entry entry) throws MismatchException {
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
