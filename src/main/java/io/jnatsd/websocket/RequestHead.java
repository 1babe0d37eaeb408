package io.jnatsd.websocket;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The request line and the header fields of an HTTP request (RFC 9112). Threads: immutable; read by the connection's
 * reader.
 *
 * @param version the minor version of HTTP/1
 * @param fields by name in lower case; the values of repeated fields are joined by commas
 */
record RequestHead(String method, int version, Map<String, String> fields) {
    /** Large enough for the cookies that browsers send. */
    static final int MOST_BYTES = 16 * 1024;
    private static final int USUAL_BYTES = 1024;
    private static final String VERSION = "HTTP/1.";

    /** @throws EOFException if the peer closes before it has sent anything */
    static RequestHead read(InputStream in) throws IOException, RefusedException {
        byte[] bytes = new byte[USUAL_BYTES];
        int read = 0;
        while (true) {
            int got = in.read(bytes, read, bytes.length - read);
            if (got < 0)
                throw new EOFException("EOF");
            int end = end(bytes, Math.max(read - 3, 0), read + got);
            read += got;
            // A TLS handshake on a port without TLS, or a NATS client, is refused without waiting for more input.
            if (bytes[0] < 'A' || bytes[0] > 'Z')
                throw RefusedException.badRequest("not an HTTP request");
            if (end == read)
                return parse(new String(bytes, 0, end, StandardCharsets.ISO_8859_1));
            if (end > 0)
                throw RefusedException.badRequest("client sent data before handshake is complete");
            if (read == MOST_BYTES)
                throw RefusedException.tooLarge();
            if (read == bytes.length)
                bytes = Arrays.copyOf(bytes, read * 2);
        }
    }

    /** Returns the index after the empty line, 0 if it has not arrived yet. */
    private static int end(byte[] bytes, int from, int limit) {
        for (int i = from; i + 3 < limit; i++)
            if (bytes[i] == '\r' && bytes[i + 1] == '\n' && bytes[i + 2] == '\r' && bytes[i + 3] == '\n')
                return i + 4;
        return 0;
    }

    private static RequestHead parse(String text) throws RefusedException {
        String[] lines = text.split("\r\n");
        String[] request = lines[0].split(" ");
        if (request.length != 3 || !request[2].startsWith(VERSION) || request[2].length() != VERSION.length() + 1)
            throw RefusedException.badRequest("malformed request line");
        Map<String, String> fields = new HashMap<>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            String name = lines[i].substring(0, Math.max(colon, 0));
            if (name.isEmpty() || name.chars().anyMatch(c -> c <= ' '))
                throw RefusedException.badRequest("malformed header field");
            fields.merge(name.toLowerCase(Locale.ROOT), lines[i].substring(colon + 1).trim(), (a, b) -> a + "," + b);
        }
        return new RequestHead(request[0], request[2].charAt(VERSION.length()) - '0', Map.copyOf(fields));
    }

    /** Returns an empty text if the field is missing. */
    String field(String name) {
        return fields.getOrDefault(name.toLowerCase(Locale.ROOT), "");
    }

    /** Returns whether a list field contains this element, ignoring case. */
    boolean lists(String name, String element) {
        for (String listed : field(name).split(","))
            if (listed.trim().equalsIgnoreCase(element))
                return true;
        return false;
    }
}
