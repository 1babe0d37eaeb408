package io.jnatsd.config;

import java.util.regex.Pattern;

/** The value of {@code listen} and similar keys: {@code host:port}. */
record ListenAddress(String host, int port) {
    private static final Pattern NAME = Pattern.compile("[^\\s\\p{Cntrl}\"'/\\\\@,:\\[\\]]+");
    private static final Pattern IPV6 = Pattern.compile("\\p{XDigit}*:[\\p{XDigit}.]*:[\\p{XDigit}:.]*(%[\\w.-]+)?");
    private static final Pattern DIGITS = Pattern.compile("-1|\\d{1,5}");

    static final int RANDOM_PORT = -1;
    static final int MAX_PORT = 65535;

    /** @throws IllegalArgumentException with the text for the user */
    static ListenAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]") && host.length() > 2;
        String plain = bracketed ? host.substring(1, host.length() - 1) : host;
        if (colon < 0 || plain.indexOf('[') >= 0 || plain.indexOf(']') >= 0 || !bracketed && plain.indexOf(':') >= 0)
            throw new IllegalArgumentException("Could not parse address string \"" + withoutLogin(text) + "\"");
        return new ListenAddress(plain, port(text.substring(colon + 1)));
    }

    /** Whether a server can listen there: a name or an IP address, IPv6 with brackets or without. */
    static boolean isHost(String host) {
        return NAME.matcher(host).matches() || IPV6.matcher(withoutBrackets(host)).matches();
    }

    /** Returns the message for a host that is none. */
    static String notAHost(String path, String host) {
        return "\"" + path + "\" is not a host name or an IP address: \"" + withoutLogin(host) + "\"";
    }

    static boolean isPort(int port) {
        return port >= RANDOM_PORT && port <= MAX_PORT;
    }

    /** Whether clients and servers can be told of it: a host with or without a port, IPv6 in brackets. */
    static boolean canBeAdvertised(String address) {
        int colon = address.lastIndexOf(':');
        boolean hasPort = colon > address.lastIndexOf(']');
        String host = hasPort ? address.substring(0, colon) : address;
        boolean bracketed = !withoutBrackets(host).equals(host);
        return (bracketed ? isHost(host) : NAME.matcher(host).matches())
                && (!hasPort || isPort(address.substring(colon + 1)));
    }

    private static boolean isPort(String text) {
        return DIGITS.matcher(text).matches() && isPort(Integer.parseInt(text));
    }

    private static String withoutBrackets(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    /** For messages: the text may be a whole URL, with a user and a password before the host. */
    static String withoutLogin(String text) {
        int at = text.lastIndexOf('@');
        return at < 0 ? text : Redaction.HIDDEN + text.substring(at);
    }

    private static int port(String text) {
        int port;
        try {
            port = Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("Could not parse port \"" + withoutLogin(text) + "\"", e);
        }
        if (!isPort(port))
            throw new IllegalArgumentException("port " + port + " is out of range: expected -1 to 65535");
        return port;
    }
}
