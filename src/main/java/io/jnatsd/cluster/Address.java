package io.jnatsd.cluster;

/** A host and a port in one text. Threads: immutable. */
record Address(String host, int port) {
    /** Reads {@code host:port} or a host alone. */
    static Address of(String text, int defaultPort) {
        int colon = text.lastIndexOf(':');
        boolean ported = colon >= 0 && text.substring(colon + 1).chars().allMatch(Character::isDigit)
                && colon + 1 < text.length() && (text.indexOf(':') == colon || text.charAt(colon - 1) == ']');
        String host = ported ? text.substring(0, colon) : text;
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        return new Address(bracketed ? host.substring(1, host.length() - 1) : host,
                ported ? Integer.parseInt(text.substring(colon + 1)) : defaultPort);
    }

    /** With brackets round an IPv6 address. */
    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
