package io.jnatsd.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/**
 * The parts of a route's URL, {@code nats-route://user:password@host:port}. {@link URI} alone does not do: it finds no
 * host in {@code nats_1:4248}, a name that Docker gives to containers.
 *
 * @param host without brackets
 * @param user empty if there is none, and so the password
 */
public record RouteUrl(String host, int port, String user, String password) {
    private static final int MAX_PORT = 65535;

    /** Parses a URL; the scheme may be any. */
    public static URI parse(String text) throws URISyntaxException {
        URI uri = new URI(text.strip());
        of(uri);
        return uri;
    }

    /** Takes the URL apart. */
    public static RouteUrl of(URI uri) throws URISyntaxException {
        String authority = uri.getRawAuthority();
        if (authority == null)
            throw new URISyntaxException(uri.toString(), "expected a URL like nats-route://host:port");
        int at = authority.lastIndexOf('@');
        String login = at < 0 ? "" : authority.substring(0, at);
        int colon = login.indexOf(':');
        String user = colon < 0 ? login : login.substring(0, colon);
        String password = colon < 0 ? "" : login.substring(colon + 1);
        String address = authority.substring(at + 1);
        int end = address.lastIndexOf(':');
        if (end < 0 || address.endsWith("]"))
            throw new URISyntaxException(uri.toString(), "address " + address + ": missing port in address");
        String host = address.substring(0, end);
        if (host.startsWith("[") && host.endsWith("]"))
            host = host.substring(1, host.length() - 1);
        return new RouteUrl(host, port(uri, address.substring(end + 1)), decode(user), decode(password));
    }

    private static int port(URI uri, String text) throws URISyntaxException {
        boolean digits = !text.isEmpty() && text.length() <= 5 && text.chars().allMatch(Character::isDigit);
        int port = digits ? Integer.parseInt(text) : 0;
        if (port < 1 || port > MAX_PORT)
            throw new URISyntaxException(uri.toString(), "invalid port \":" + text + "\" after host");
        return port;
    }

    private static String decode(String text) {
        // URLDecoder is made for forms, where a plus is a space.
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** The password stays out of logs. */
    @Override
    public String toString() {
        return "nats-route://" + (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
