package io.jnatsd.protocol;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * The INFO of a server about itself or about a third one, on a route (protocol.md, section 21). Threads: immutable.
 *
 * @param go the runtime; empty on routes, as in gnatsd 1.0
 * @param sslRequired the older name of {@code tlsRequired}, with the same value
 * @param ip a URL at which other servers reach the server; empty if it is to be derived from its connection
 * @param connectUrls the addresses for its clients, as host:port
 * @param headers the server accepts HMSG on routes; gnatsd 1.0 does not have this field and the following ones
 * @param serverName a name for people, empty for none
 * @param system the server lets only one user publish under {@code $SYS}
 * @param lameDuck the server is in lame duck mode
 * @param jetStream the server has JetStream
 * @param link this connection among several connections with the same server
 */
public record RouteInfo(String serverId, String version, String go, String host, int port, boolean authRequired,
        boolean sslRequired, boolean tlsRequired, boolean tlsVerify, long maxPayload, String ip,
        List<String> connectUrls, boolean headers, String serverName, boolean system,
        boolean lameDuck, boolean jetStream, Link link) {
    /**
     * One of several connections between two servers, only one of which is kept.
     *
     * @param rid the number of this connection on the sending server; 0 if it does not support hand-over
     * @param after the sender's number of the connection that this one continues; 0 if there is none
     * @param last whether the sender sends nothing more on this connection
     */
    public record Link(long rid, long after, boolean last) {
        public static final Link NONE = new Link(0, 0, false);
    }


    public RouteInfo {
        connectUrls = List.copyOf(connectUrls);
    }

    /** Returns a copy with a URL at which other servers reach the server. */
    public RouteInfo withIp(String url) {
        return new RouteInfo(serverId, version, go, host, port, authRequired, sslRequired, tlsRequired, tlsVerify,
                maxPayload, url, connectUrls, headers, serverName, system, lameDuck, jetStream, Link.NONE);
    }

    /** Returns a copy for a connection. */
    public RouteInfo withLink(Link other) {
        return new RouteInfo(serverId, version, go, host, port, authRequired, sslRequired, tlsRequired, tlsVerify,
                maxPayload, ip, connectUrls, headers, serverName, system, lameDuck, jetStream, other);
    }

    /** Returns the INFO line. On routes there is no space before the line end. */
    public String line() {
        StringWriter text = new StringWriter(512);
        try (JsonWriter json = new JsonWriter(text)) {
            json.beginObject();
            json.name("server_id").value(serverId);
            json.name("version").value(version);
            json.name("go").value(go);
            json.name("host").value(host);
            json.name("port").value(port);
            json.name("auth_required").value(authRequired);
            json.name("ssl_required").value(sslRequired);
            json.name("tls_required").value(tlsRequired);
            json.name("tls_verify").value(tlsVerify);
            json.name("max_payload").value(maxPayload);
            if (!ip.isEmpty())
                json.name("ip").value(ip);
            if (!connectUrls.isEmpty()) {
                json.name("connect_urls").beginArray();
                for (String url : connectUrls)
                    json.value(url);
                json.endArray();
            }
            if (headers)
                json.name("headers").value(true);
            if (!serverName.isEmpty())
                json.name("server_name").value(serverName);
            if (system)
                json.name("system").value(true);
            if (lameDuck)
                json.name("ldm").value(true);
            if (jetStream)
                json.name("jetstream").value(true);
            if (link.rid() > 0)
                json.name("rid").value(link.rid());
            if (link.after() > 0)
                json.name("after").value(link.after());
            if (link.last())
                json.name("last").value(true);
            json.endObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return "INFO " + escaped(text.toString()) + "\r\n";
    }

    /**
     * Returns the CONNECT line, which the dialling server sends before its INFO; without a login if the user is empty.
     */
    public String connectLine(String user, String password) {
        StringWriter text = new StringWriter(128);
        try (JsonWriter json = new JsonWriter(text)) {
            json.beginObject();
            json.name("verbose").value(false);
            json.name("pedantic").value(false);
            if (!user.isEmpty())
                json.name("user").value(user);
            if (!password.isEmpty())
                json.name("pass").value(password);
            json.name("tls_required").value(tlsRequired);
            json.name("name").value(serverId);
            json.endObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return "CONNECT " + escaped(text.toString()) + "\r\n";
    }

    /** Escapes characters as Go does, which escapes what could be HTML. They only occur within strings. */
    private static String escaped(String json) {
        return json.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026");
    }

    /**
     * Reads the argument of an INFO. Unknown fields are ignored, and missing fields are empty.
     *
     * @throws ProtocolException with a reason for the log if it is not a JSON object with values of the right types
     */
    public static RouteInfo parse(byte[] json, int start, int end) throws ProtocolException {
        Fields fields = new Fields();
        JsonFields.read("INFO", json, start, end, fields::read);
        return fields.freeze();
    }

    /** The fields while INFO is being read. */
    private static final class Fields {
        private String serverId = "", version = "", go = "", host = "", ip = "", serverName = "";
        private int port;
        private long maxPayload;
        private boolean authRequired, sslRequired, tlsRequired, tlsVerify, headers, system, lameDuck, jetStream, last;
        private long rid, after;
        private List<String> connectUrls = List.of();

        void read(String key, JsonReader in) throws IOException {
            switch (key) {
                case "server_id" -> serverId = JsonFields.text(in);
                case "server_name" -> serverName = JsonFields.text(in);
                case "version" -> version = JsonFields.text(in);
                case "go" -> go = JsonFields.text(in);
                case "host" -> host = JsonFields.text(in);
                case "port" -> port = JsonFields.integer(in);
                case "auth_required" -> authRequired = JsonFields.bool(in);
                case "ssl_required" -> sslRequired = JsonFields.bool(in);
                case "tls_verify" -> tlsVerify = JsonFields.bool(in);
                case "tls_required" -> tlsRequired = JsonFields.bool(in);
                case "headers" -> headers = JsonFields.bool(in);
                case "system" -> system = JsonFields.bool(in);
                case "ldm" -> lameDuck = JsonFields.bool(in);
                case "jetstream" -> jetStream = JsonFields.bool(in);
                case "rid" -> rid = JsonFields.number(in);
                case "after" -> after = JsonFields.number(in);
                case "last" -> last = JsonFields.bool(in);
                case "max_payload" -> maxPayload = JsonFields.number(in);
                case "ip" -> ip = JsonFields.text(in);
                case "connect_urls" -> connectUrls = JsonFields.texts(in);
                default -> in.skipValue();
            }
        }

        RouteInfo freeze() {
            return new RouteInfo(serverId, version, go, host, port, authRequired, sslRequired, tlsRequired, tlsVerify,
                    maxPayload, ip, connectUrls, headers, serverName, system, lameDuck, jetStream,
                    new Link(rid, after, last));
        }
    }
}
