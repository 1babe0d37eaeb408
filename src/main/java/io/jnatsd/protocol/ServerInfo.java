package io.jnatsd.protocol;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * The INFO for clients (protocol.md, section 1): the fields of gnatsd 1.0.2 in their order, then those of newer
 * servers, unless {@code onlyOld}.
 *
 * @param goVersion the runtime, in the field that gnatsd has for it
 * @param connectUrls addresses of servers for clients
 * @param onlyOld whether fields that gnatsd 1.0.2 does not have are omitted
 * @param jetStream whether the server has JetStream; its version is then that of the release whose JetStream it follows
 * @param domain of JetStream, empty for none
 */
public record ServerInfo(String serverId, String serverName, String goVersion, String host, int port,
        boolean authRequired, boolean tlsRequired, boolean tlsVerify, boolean tlsAvailable, int maxPayload,
        List<String> connectUrls, boolean headers, boolean lameDuck, boolean onlyOld, boolean jetStream,
        String domain) {

    /** The version of gnatsd that is implemented. Clients read it, and some require the form x.y.z. */
    public static final String VERSION = "1.0.2";
    /** The version of nats-server whose JetStream is implemented. Clients choose features of JetStream by it. */
    private static final String JETSTREAM_VERSION = "2.10.29";
    private static final int PROTOCOL = 1;

    /** Returns the version that clients are told. */
    public String version() {
        return jetStream ? JETSTREAM_VERSION : VERSION;
    }

    /**
     * Returns the INFO for clients over WebSocket, where TLS was negotiated before, and over a Unix domain socket, which
     * has none. For both, {@code connectUrls} are left out: they are addresses of the client port.
     */
    public ServerInfo withoutTls() {
        return new ServerInfo(serverId, serverName, goVersion, host, port, authRequired, false, false, false,
                maxPayload, List.of(), headers, lameDuck, onlyOld, jetStream, domain);
    }

    /**
     * Returns the line for one client.
     *
     * @param nonce the text that clients sign to log in with an nkey, empty if there are no nkeys
     */
    public String line(long clientId, String clientIp, String nonce) {
        StringWriter text = new StringWriter(512);
        text.append("INFO ");
        try (JsonWriter json = new JsonWriter(text)) {
            json.beginObject();
            oldFields(json);
            if (!onlyOld)
                newFields(json, clientId, clientIp, nonce);
            json.endObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.append(" \r\n").toString();
    }

    private void oldFields(JsonWriter json) throws IOException {
        json.name("server_id").value(serverId);
        json.name("version").value(version());
        json.name("go").value(goVersion);
        json.name("host").value(host);
        json.name("port").value(port);
        json.name("auth_required").value(authRequired);
        json.name("ssl_required").value(tlsRequired);
        json.name("tls_required").value(tlsRequired);
        json.name("tls_verify").value(tlsVerify);
        json.name("max_payload").value(maxPayload);
        if (!connectUrls.isEmpty()) {
            json.name("connect_urls").beginArray();
            for (String url : connectUrls)
                json.value(url);
            json.endArray();
        }
    }

    private void newFields(JsonWriter json, long clientId, String clientIp, String nonce) throws IOException {
        json.name("server_name").value(serverName);
        json.name("proto").value(PROTOCOL);
        json.name("headers").value(headers);
        if (tlsAvailable)
            json.name("tls_available").value(true);
        json.name("client_id").value(clientId);
        json.name("client_ip").value(clientIp);
        if (!nonce.isEmpty())
            json.name("nonce").value(nonce);
        if (jetStream)
            json.name("jetstream").value(true);
        if (!domain.isEmpty())
            json.name("domain").value(domain);
        if (lameDuck)
            json.name("ldm").value(true);
    }
}
