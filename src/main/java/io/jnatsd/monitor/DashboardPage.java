package io.jnatsd.monitor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * {@code /dashboard}: a page without further resources, which reads the JSON endpoints. Its content security policy
 * allows the browser to run only the script of the page and to connect only to this server. Threads: any thread.
 */
final class DashboardPage implements Page {
    private static final String FILE = "dashboard.html";

    private final byte[] html;
    private final String policy;

    private DashboardPage(byte[] html) {
        this.html = html;
        String text = new String(html, StandardCharsets.UTF_8);
        this.policy = "default-src 'none'; connect-src 'self'; img-src data:; script-src "
                + hash(text, "<script type=\"module\">", "</script>") + "; style-src "
                + hash(text, "<style>", "</style>") + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    }

    static DashboardPage load() {
        try (InputStream in = DashboardPage.class.getResourceAsStream(FILE)) {
            return new DashboardPage(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the content security policy's hash of the text between two tags. */
    private static String hash(String text, String begin, String end) {
        int start = text.indexOf(begin) + begin.length();
        byte[] inside = text.substring(start, text.indexOf(end, start)).getBytes(StandardCharsets.UTF_8);
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(inside);
            return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    @Override
    public void answer(Query query, Response answer) throws IOException, BadQuery {
        answer.header("Content-Security-Policy", policy);
        answer.header("Referrer-Policy", "no-referrer");
        answer.header("Cache-Control", "no-cache");
        answer.ok(Response.HTML, out -> out.write(html));
    }
}
