package io.jnatsd.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The request line and the header fields of a request (RFC 9112). Threads: immutable.
 *
 * @param minorVersion of HTTP/1
 * @param path decoded, several slashes in a row as one: some clients append a path to a base URL that ends with a slash
 * @param query as it was sent; empty if there is none
 * @param fields by name in lower case; the values of a name that occurs repeatedly are joined by commas
 */
public record HttpRequest(String method, int minorVersion, String path, String query, Map<String, String> fields) {
    static final int MOST_BYTES = 32 * 1024;
    private static final int USUAL_BYTES = 1024;
    private static final String VERSION = "HTTP/1.";

    /** Reads requests that come one after the other on a connection. Threads: one. */
    static final class Reader {
        private final InputStream in;
        private byte[] bytes = new byte[USUAL_BYTES];
        /** Bytes that have been read and not been used. */
        private int count;

        Reader(InputStream in) {
            this.in = in;
        }

        /** @return null if the client leaves instead */
        HttpRequest read() throws IOException, BadRequest {
            for (int searched = 0;;) {
                int end = end(searched);
                if (end > 0) {
                    String head = new String(bytes, 0, end, StandardCharsets.ISO_8859_1);
                    System.arraycopy(bytes, end, bytes, 0, count - end);
                    count -= end;
                    return parse(head);
                }
                searched = Math.max(count - 3, 0);
                if (count == MOST_BYTES)
                    throw new BadRequest(431, "Request header fields too large");
                if (count == bytes.length)
                    bytes = Arrays.copyOf(bytes, Math.min(count * 2, MOST_BYTES));
                int read = in.read(bytes, count, bytes.length - count);
                if (read < 0)
                    return null;
                count += read;
                // No request line can follow: a client of another protocol is told before it waits.
                if (count > 0 && (bytes[0] < 'A' || bytes[0] > 'Z'))
                    throw new BadRequest(400, "Bad request: expected a method");
            }
        }

        /** The index behind the empty line, 0 if there is none yet. */
        private int end(int from) {
            for (int i = from; i + 3 < count; i++)
                if (bytes[i] == '\r' && bytes[i + 1] == '\n' && bytes[i + 2] == '\r' && bytes[i + 3] == '\n')
                    return i + 4;
            return 0;
        }

        /** Discards input until the client leaves, at most as much as this. */
        void skip(int most) throws IOException {
            for (int skipped = 0, read; skipped < most; skipped += read) {
                read = in.read(bytes, 0, bytes.length);
                if (read < 0)
                    return;
            }
        }
    }

    private static HttpRequest parse(String head) throws BadRequest {
        String[] lines = head.split("\r\n");
        String[] words = lines.length == 0 ? new String[0] : lines[0].split(" ", -1);
        if (words.length != 3 || !words[0].matches("[A-Z]{1,32}"))
            throw new BadRequest(400, "Bad request: expected a method, a path and HTTP/1.1");
        if (!words[2].startsWith(VERSION) || words[2].length() != VERSION.length() + 1
                || !Character.isDigit(words[2].charAt(VERSION.length())))
            throw new BadRequest(505, "HTTP version not supported: expected HTTP/1.1");
        Map<String, String> fields = new HashMap<>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            String name = lines[i].substring(0, Math.max(colon, 0));
            if (name.isEmpty() || name.chars().anyMatch(c -> c <= ' ' || c >= 127)
                    || lines[i].chars().anyMatch(c -> c < ' ' && c != '\t'))
                throw new BadRequest(400, "Bad request: malformed header field");
            fields.merge(name.toLowerCase(Locale.ROOT), lines[i].substring(colon + 1).strip(), (a, b) -> a + "," + b);
        }
        String target = words[1];
        int question = target.indexOf('?');
        String path = question < 0 ? target : target.substring(0, question);
        return new HttpRequest(words[0], words[2].charAt(VERSION.length()) - '0', decoded(path),
                question < 0 ? "" : target.substring(question + 1), Map.copyOf(fields));
    }

    private static String decoded(String target) throws BadRequest {
        // The form for proxies, which servers have to understand as well.
        String path = target.replaceFirst("^(?i:https?)://[^/]*", "");
        if (path.isEmpty())
            path = "/";
        if (!path.startsWith("/") && !path.equals("*"))
            throw new BadRequest(400, "Bad request: expected a path");
        try {
            return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8).replaceAll("/+", "/");
        } catch (IllegalArgumentException e) {
            throw new BadRequest(400, "Bad request: malformed path", e);
        }
    }

    /** Empty if the field is missing. */
    public String field(String name) {
        return fields.getOrDefault(name.toLowerCase(Locale.ROOT), "");
    }

    /** Whether the client takes another answer on the same connection. A body, which is not read, excludes that. */
    boolean keepsAlive() {
        boolean close = lists("Connection", "close") || minorVersion == 0 && !lists("Connection", "keep-alive");
        return !close && !hasBody();
    }

    boolean hasBody() {
        return !field("Transfer-Encoding").isEmpty() || !field("Content-Length").isEmpty()
                && !field("Content-Length").equals("0");
    }

    private boolean lists(String name, String element) {
        for (String listed : field(name).split(","))
            if (listed.strip().equalsIgnoreCase(element))
                return true;
        return false;
    }
}
