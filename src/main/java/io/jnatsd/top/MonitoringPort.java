package io.jnatsd.top;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

/** The monitoring port of a NATS server. Threads: one. */
final class MonitoringPort implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int LONGEST_ANSWER = 100;

    private final String url;
    private final String login;
    private final HttpClient http;

    /**
     * Creates an HTTP client; it does not connect yet.
     *
     * @param url without a slash at its end
     * @param userAndPassword with a colon between; empty for none
     * @param tls null for the JDK's certificate authorities
     */
    MonitoringPort(String url, String userAndPassword, SSLContext tls) {
        this.url = url;
        this.login = userAndPassword.isEmpty() ? "" : "Basic "
                + Base64.getEncoder().encodeToString(userAndPassword.getBytes(StandardCharsets.UTF_8));
        HttpClient.Builder builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(PATIENCE);
        if (tls != null)
            builder.sslContext(tls);
        this.http = builder.build();
    }

    /** @param sort a key that the server knows */
    Snapshot read(String sort, int most, boolean subs) throws IOException, InterruptedException {
        JsonObject varz = get("/varz");
        JsonObject connz = get("/connz?limit=" + most + "&sort=" + sort + (subs ? "&subs=1" : ""));
        return new Snapshot(varz, connz, System.nanoTime());
    }

    private JsonObject get(String path) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(reachableUrl() + path)).timeout(PATIENCE);
        if (!login.isEmpty())
            request.header("Authorization", login);
        HttpResponse<String> answer;
        try {
            answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (ConnectException e) {
            throw new TopFailure(isUnresolved(e) ? "no host of the name " + URI.create(url).getHost()
                    : "no server listens at " + url, e);
        } catch (HttpTimeoutException e) {
            throw new TopFailure("no answer from " + url, e);
        } catch (SSLException e) {
            throw new TopFailure("no TLS with " + url + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new TopFailure(url + " does not answer with HTTP", e);
        }
        String line = Snapshot.clean(answer.body().lines().findFirst().orElse(""));
        if (line.length() > LONGEST_ANSWER)
            line = line.substring(0, LONGEST_ANSWER) + "...";
        if (answer.statusCode() == 401)
            throw new TopFailure(url + " asks for a login: use --user and --pass");
        if (answer.statusCode() != 200)
            throw new TopFailure(url + path + " answers " + answer.statusCode() + (line.isEmpty() ? "" : ": " + line));
        try {
            return JsonParser.parseString(answer.body()).getAsJsonObject();
        } catch (JsonParseException | IllegalStateException e) {
            throw new TopFailure(url + " is not the monitoring port of a NATS server", e);
        }
    }

    /**
     * Returns the URL with an IP address if the host name has an underscore. HttpClient rejects such names, which
     * Docker gives to containers.
     */
    private String reachableUrl() throws TopFailure {
        URI uri = URI.create(url);
        String authority = uri.getRawAuthority();
        if (uri.getHost() != null || authority == null)
            return url;
        String host = authority.replaceFirst(":\\d+$", "");
        try {
            String address = InetAddress.getByName(host).getHostAddress();
            String port = authority.substring(host.length());
            return uri.getScheme() + "://" + (address.indexOf(':') < 0 ? address : "[" + address + "]") + port
                    + uri.getRawPath();
        } catch (UnknownHostException e) {
            throw new TopFailure("no host of the name " + host, e);
        }
    }

    private static boolean isUnresolved(Throwable fault) {
        return fault != null && (fault instanceof UnresolvedAddressException || isUnresolved(fault.getCause()));
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
