package io.jnatsd.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A request and the answer to it: header fields first, then {@link #begin}, then the body. Threads: that of the
 * connection.
 */
public final class HttpExchange {
    /** The length of a body that is sent while it is being made. */
    public static final long UNKNOWN = -1;
    private static final Map<Integer, String> REASONS = Map.of(200, "OK", 204, "No Content", 400, "Bad Request",
            401, "Unauthorized", 404, "Not Found", 405, "Method Not Allowed", 431, "Request Header Fields Too Large",
            500, "Internal Server Error", 503, "Service Unavailable", 505, "HTTP Version Not Supported");
    private static final byte[] LINE_END = {'\r', '\n'};

    private final HttpRequest request;
    private final String clientIp;
    private final int clientPort;
    private final OutputStream out;
    private final Map<String, String> header = new LinkedHashMap<>();
    private boolean begun;
    private boolean chunked;
    /** Bytes of the body that are missing, if its length was said. */
    private long missing;
    private boolean keepAlive;

    /** @param request null if what came was none: then the answer is the last one */
    HttpExchange(HttpRequest request, String clientIp, int clientPort, OutputStream out) {
        this.request = request;
        this.clientIp = clientIp;
        this.clientPort = clientPort;
        this.out = out;
        this.keepAlive = request != null && request.keepsAlive();
    }

    public HttpRequest request() {
        return request;
    }

    public String clientIp() {
        return clientIp;
    }

    /** {@code ip:port}. */
    public String client() {
        return (clientIp.indexOf(':') < 0 ? clientIp : "[" + clientIp + "]") + ":" + clientPort;
    }

    private boolean isHead() {
        return request != null && request.method().equals("HEAD");
    }

    /** Sets a field; a line break in its value becomes a space. */
    public void header(String name, String value) {
        header.put(name, value.replaceAll("[\\r\\n]", " "));
    }

    public boolean hasBegun() {
        return begun;
    }

    /**
     * Sends the status and the header.
     *
     * @param length of the body, or {@link #UNKNOWN}; with HEAD and status 204 no body follows
     */
    public void begin(int status, long length) throws IOException {
        if (begun)
            throw new IllegalStateException("the answer has begun");
        begun = true;
        boolean hasBody = status != 204 && !isHead();
        chunked = hasBody && length == UNKNOWN && request != null && request.minorVersion() > 0;
        // A client of HTTP/1.0 finds the end of such a body only where the connection ends.
        keepAlive &= length != UNKNOWN || chunked || !hasBody;
        missing = hasBody && length != UNKNOWN ? length : 0;
        header("Date", DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC)));
        if (chunked)
            header("Transfer-Encoding", "chunked");
        else if (status != 204 && length != UNKNOWN)
            header("Content-Length", String.valueOf(length));
        if (!keepAlive)
            header("Connection", "close");
        else if (request.minorVersion() == 0)
            header("Connection", "keep-alive");
        StringBuilder head = new StringBuilder("HTTP/1.1 ").append(status).append(' ')
                .append(REASONS.getOrDefault(status, "Status")).append("\r\n");
        header.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Sends a part of the body. */
    public void write(byte[] bytes, int start, int length) throws IOException {
        if (length == 0)
            return;
        if (!chunked) {
            missing -= length;
            out.write(bytes, start, length);
            return;
        }
        out.write((Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        out.write(bytes, start, length);
        out.write(LINE_END);
    }

    /** Sends the end of the body. */
    public void end() throws IOException {
        if (chunked)
            out.write("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        chunked = false;
        out.flush();
    }

    /** One line of plain text as the whole answer. */
    public void line(int status, String text) throws IOException {
        byte[] bytes = (text + "\n").getBytes(StandardCharsets.UTF_8);
        header("Content-Type", "text/plain; charset=utf-8");
        begin(status, bytes.length);
        if (!isHead())
            write(bytes, 0, bytes.length);
        end();
    }

    /** Whether the answer is complete and another request may follow. */
    boolean keepsAlive() {
        return keepAlive && begun && !chunked && missing == 0;
    }
}
