package io.jnatsd.check;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLConnection;
import java.net.URLDecoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** The pages of one monitoring port. Threads: one. */
final class MonitoringPages {
    private static final int TIMEOUT_MILLIS = 5000;
    private static final int MOST_BYTES = 16 << 20;

    /** Has no login and no slash at its end. */
    private final String url;
    /** The header for the login; empty for none. */
    private final String login;

    /**
     * @param text {@code host:port}, or a URL, which may contain a login
     * @throws CheckFailure if it is no such URL
     */
    MonitoringPages(String text) throws CheckFailure {
        try {
            URI uri = new URI(text.contains("://") ? text : "http://" + text);
            // A name with an underscore, which Docker gives to containers, is an authority, but not a host.
            String authority = uri.getRawAuthority();
            if (authority == null || !uri.getScheme().matches("https?"))
                throw new CheckFailure("is no URL like http://host:8222");
            int at = authority.lastIndexOf('@');
            url = uri.getScheme() + "://" + authority.substring(at + 1) + uri.getRawPath().replaceAll("/+$", "");
            login = at < 0 ? "" : basic(authority.substring(0, at));
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw new CheckFailure("is no URL like http://host:8222", e);
        }
    }

    private static String basic(String userInfo) {
        String decoded = URLDecoder.decode(userInfo.replace("+", "%2B"), StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(decoded.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns a page; empty if the server does not have it. */
    JsonObject get(String path) throws IOException {
        try {
            URLConnection connection = URI.create(url + path).toURL().openConnection(Proxy.NO_PROXY);
            connection.setConnectTimeout(TIMEOUT_MILLIS);
            connection.setReadTimeout(TIMEOUT_MILLIS);
            if (!login.isEmpty())
                connection.setRequestProperty("Authorization", login);
            return page((HttpURLConnection) connection);
        } catch (ConnectException e) {
            throw new CheckFailure("no server listens there", e);
        } catch (UnknownHostException e) {
            throw new CheckFailure("no such host", e);
        } catch (SocketTimeoutException e) {
            throw new CheckFailure("does not answer within " + TIMEOUT_MILLIS / 1000 + " s", e);
        } catch (CheckFailure e) {
            throw e;
        } catch (IOException e) {
            throw new CheckFailure("does not answer with HTTP", e);
        } catch (JsonParseException | IllegalStateException | IllegalArgumentException e) {
            throw new CheckFailure("is not the monitoring port of a NATS server", e);
        }
    }

    private static JsonObject page(HttpURLConnection http) throws IOException {
        int status = http.getResponseCode();
        if (status == HttpURLConnection.HTTP_UNAUTHORIZED)
            throw new CheckFailure("needs a login, as in http://user:password@host:8222");
        if (status == HttpURLConnection.HTTP_NOT_FOUND)
            return new JsonObject();
        boolean failed = status >= HttpURLConnection.HTTP_BAD_REQUEST;
        try (InputStream body = failed ? http.getErrorStream() : http.getInputStream()) {
            if (body == null)
                throw new CheckFailure("answers " + status);
            String text = new String(body.readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
            return JsonParser.parseString(text).getAsJsonObject();
        }
    }
}
