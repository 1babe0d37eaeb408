package io.jnatsd.system;

import com.google.gson.stream.JsonWriter;
import io.jnatsd.protocol.ServerInfo;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;

/** The JSON object around each response: the server that responds, and the time. Threads: immutable. */
record Envelope(ServerInfo server, String cluster) {
    boolean isFor(RequestOptions options) {
        return options.address(server.serverName(), server.host(), cluster);
    }

    /** @param content JSON */
    String enclose(String name, String content) {
        StringWriter text = new StringWriter(content.length() + 256);
        try (JsonWriter json = new JsonWriter(text)) {
            json.beginObject();
            json.name("server").beginObject();
            json.name("name").value(server.serverName());
            json.name("host").value(server.host());
            json.name("id").value(server.serverId());
            if (!cluster.isEmpty())
                json.name("cluster").value(cluster);
            json.name("ver").value(server.version());
            json.name("jetstream").value(server.jetStream());
            json.name("time").value(Instant.now().toString());
            json.endObject();
            json.name(name).jsonValue(content);
            json.endObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    String error(int code, String description) {
        StringWriter text = new StringWriter();
        try (JsonWriter json = new JsonWriter(text)) {
            json.beginObject().name("code").value(code).name("description").value(description).endObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return enclose("error", text.toString());
    }
}
