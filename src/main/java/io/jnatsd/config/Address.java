package io.jnatsd.config;

/** The value of {@code listen} and its like: {@code host:port} (configuration reference, 2.4). */
record Address(String host, int port) {
    static final int RANDOM_PORT = -1;
    static final int MAX_PORT = 65535;

    /** @throws IllegalArgumentException with the text for the user */
    static Address parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]") && host.length() > 2;
        String plain = bracketed ? host.substring(1, host.length() - 1) : host;
        if (colon < 0 || plain.indexOf('[') >= 0 || plain.indexOf(']') >= 0 || !bracketed && plain.indexOf(':') >= 0)
            throw new IllegalArgumentException("Could not parse address string \"" + text + "\"");
        return new Address(plain, port(text.substring(colon + 1)));
    }

    private static int port(String text) {
        int port;
        try {
            port = Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("Could not parse port \"" + text + "\"", e);
        }
        if (port < RANDOM_PORT || port > MAX_PORT)
            throw new IllegalArgumentException("port " + port + " is out of range: expected -1 to 65535");
        return port;
    }
}
