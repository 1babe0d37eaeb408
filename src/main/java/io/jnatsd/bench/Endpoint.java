package io.jnatsd.bench;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/**
 * The address of the server, and the login. Threads: immutable.
 *
 * @param user empty for none
 * @param password of the user
 * @param token used instead of user and password, empty for none
 * @param tls whether the user requires TLS; the server may require it as well
 */
record Endpoint(String host, int port, String user, String password, String token, boolean tls) {
    private static final int DEFAULT_PORT = 4222;

    /**
     * Parses {@code host}, {@code host:port} or a URL {@code nats://[user:password@|token@]host[:port]}, or tls://.
     *
     * @throws IllegalArgumentException with a message that contains no part of the text, because any part of a
     *         malformed URL may be a password
     */
    static Endpoint parse(String text) {
        String rest = text;
        boolean tls = false;
        int scheme = text.indexOf("://");
        if (scheme >= 0) {
            String name = text.substring(0, scheme);
            tls = name.equals("tls");
            if (!tls && !name.equals("nats"))
                throw new IllegalArgumentException("the URL begins with neither nats:// nor tls://");
            rest = text.substring(scheme + 3);
        }
        if (rest.endsWith("/"))
            rest = rest.substring(0, rest.length() - 1);
        int at = rest.lastIndexOf('@');
        String login = at < 0 ? "" : rest.substring(0, at);
        String address = rest.substring(at + 1);
        int portColon = address.endsWith("]") ? -1 : address.lastIndexOf(':');
        String host = portColon < 0 ? address : address.substring(0, portColon);
        int port = portColon < 0 ? DEFAULT_PORT : port(address.substring(portColon + 1));
        if (host.startsWith("[") && host.endsWith("]"))
            host = host.substring(1, host.length() - 1);
        if (host.isBlank())
            throw new IllegalArgumentException("the URL names no host");
        int colon = login.indexOf(':');
        if (colon < 0)
            return new Endpoint(host, port, "", "", decoded(login), tls);
        String user = decoded(login.substring(0, colon)), password = decoded(login.substring(colon + 1));
        return new Endpoint(host, port, user, password, "", tls);
    }

    Endpoint withUser(String name, String secret) {
        return new Endpoint(host, port, name, secret, "", tls);
    }

    Endpoint withToken(String secret) {
        return new Endpoint(host, port, "", "", secret, tls);
    }

    Endpoint withTls() {
        return new Endpoint(host, port, user, password, token, true);
    }

    /** Returns host and port, for messages. */
    String address() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    /** Returns the login fields of CONNECT, each followed by a comma; empty without a login. */
    String loginFields() {
        if (!token.isEmpty())
            return "\"auth_token\":" + quoted(token) + ",";
        return user.isEmpty() ? "" : "\"user\":" + quoted(user) + ",\"pass\":" + quoted(password) + ",";
    }

    private static int port(String digits) {
        int port = digits.matches("\\d{1,5}") ? Integer.parseInt(digits) : 0;
        if (port < 1 || port > 65535)
            throw new IllegalArgumentException("invalid port after host, expected 1 to 65535");
        return port;
    }

    /** Decodes %XX only. The JDK's decoder is for forms and would turn + into a space. */
    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the user or password has a %, which must be written as %25", e);
        }
    }

    private static String quoted(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\')
                json.append('\\').append(c);
            else if (c < ' ')
                json.append(String.format("\\u%04x", (int) c));
            else
                json.append(c);
        }
        return json.append('"').toString();
    }
}
