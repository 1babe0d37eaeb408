package io.jnatsd.text;

/**
 * A host and a port, written {@code host:port} with brackets around an IPv6 address. Threads: immutable.
 *
 * @param host a name or an IP address, without brackets
 */
public record HostPort(String host, int port) {
    /** Parses {@code host:port} or a host alone. An IPv6 address with a port must have brackets. */
    public static HostPort of(String text, int defaultPort) {
        int colon = text.lastIndexOf(':');
        boolean ported = colon >= 0 && text.substring(colon + 1).chars().allMatch(Character::isDigit)
                && colon + 1 < text.length() && (text.indexOf(':') == colon || text.charAt(colon - 1) == ']');
        String host = ported ? text.substring(0, colon) : text;
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        return new HostPort(bracketed ? host.substring(1, host.length() - 1) : host,
                ported ? Integer.parseInt(text.substring(colon + 1)) : defaultPort);
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
