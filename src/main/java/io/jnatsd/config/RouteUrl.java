package io.jnatsd.config;

import io.jnatsd.text.HostPort;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/**
 * The parts of a route's URL, {@code nats-route://user:password@host:port}. {@link URI} alone does not do: it finds no
 * host in {@code nats_1:4248}, a name that Docker gives to containers.
 *
 * @param host without brackets
 * @param user empty if there is none, and so the password
 */
public record RouteUrl(String host, int port, String user, String password) {
    private static final int MAX_PORT = 65535;

    /**
     * Parses a URL; the scheme may be any.
     *
     * @throws URISyntaxException whose message holds nothing of the text: a password may stand anywhere in a URL that
     *         is malformed
     */
    public static URI parse(String text) throws URISyntaxException {
        URI uri;
        try {
            uri = new URI(text.strip());
        } catch (URISyntaxException e) {
            throw refused(e.getReason());
        }
        of(uri);
        return uri;
    }

    /**
     * Takes the URL apart.
     *
     * @throws URISyntaxException whose message holds nothing of the URL
     */
    public static RouteUrl of(URI uri) throws URISyntaxException {
        String authority = uri.getRawAuthority();
        if (authority == null)
            throw refused("expected a URL like nats-route://host:port");
        if (holdsLogin(uri.getRawPath()) || holdsLogin(uri.getRawQuery()) || holdsLogin(uri.getRawFragment()))
            throw refused("the user or password has a character that must be written as %2F (/), %3F (?) or %23 (#)");
        int at = authority.lastIndexOf('@');
        String login = at < 0 ? "" : authority.substring(0, at);
        int colon = login.indexOf(':');
        String user = colon < 0 ? login : login.substring(0, colon);
        String password = colon < 0 ? "" : login.substring(colon + 1);
        String address = authority.substring(at + 1);
        int end = address.lastIndexOf(':');
        if (end < 0 || address.endsWith("]"))
            throw refused("missing port in address");
        String host = address.substring(0, end);
        if (host.startsWith("[") && host.endsWith("]"))
            host = host.substring(1, host.length() - 1);
        return new RouteUrl(host, port(address.substring(end + 1)), decode(user), decode(password));
    }

    /** Reports the URLs that are none of routes; {@code path} is the key in the configuration. */
    static void check(String path, List<URI> routes, Consumer<String> report) {
        for (URI route : routes) {
            try {
                of(route);
            } catch (URISyntaxException e) {
                report.accept(path + ": " + e.getReason());
            }
        }
    }

    /** The authority ends at the first slash, question mark or hash, even if that was meant as part of a password. */
    private static boolean holdsLogin(String behindAuthority) {
        return behindAuthority != null && behindAuthority.indexOf('@') >= 0;
    }

    private static URISyntaxException refused(String reason) {
        return new URISyntaxException(Redaction.HIDDEN, reason);
    }

    private static int port(String text) throws URISyntaxException {
        boolean digits = !text.isEmpty() && text.length() <= 5 && text.chars().allMatch(Character::isDigit);
        int port = digits ? Integer.parseInt(text) : 0;
        if (port < 1 || port > MAX_PORT)
            throw refused("invalid port after host, expected 1 to " + MAX_PORT);
        return port;
    }

    private static String decode(String text) {
        // URLDecoder is made for forms, where a plus is a space.
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** The password stays out of logs. */
    @Override
    public String toString() {
        return "nats-route://" + new HostPort(host, port);
    }
}
