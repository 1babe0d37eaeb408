package io.jnatsd.monitor;

import io.jnatsd.config.Options;
import io.jnatsd.protocol.ServerInfo;
import io.jnatsd.text.GoDuration;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;

/**
 * {@code /configz}: the options in force, by the keys of the configuration file. Only options that the table
 * {@link Options} names for this page are shown; secrets are not among them. Threads: any thread.
 */
final class Configz implements JsonView {
    private final MonitoredServer watched;

    Configz(MonitoredServer watched) {
        this.watched = watched;
    }

    @Override
    public void write(Query query, GoJson json) throws IOException {
        json.beginObject().put("server_id", watched.serverId());
        json.put("config_load_time", watched.configLoaded().get());
        for (Options.Section section : Options.SECTIONS) {
            json.beginObject(section.name());
            for (Map.Entry<String, Object> shown : page(section).entrySet())
                put(json, shown.getKey(), shown.getValue());
            json.endObject();
        }
        json.endObject();
    }

    /** With the name and the port that are in use, which the server may have chosen itself. */
    private Map<String, Object> page(Options.Section section) {
        ServerInfo info = watched.state().info;
        return section.page(watched.options().get().withServerName(info.serverName()).withPort(info.port()));
    }

    private static void put(GoJson json, String name, Object value) throws IOException {
        switch (value) {
            case null -> json.put(name, "");
            case Boolean flag -> json.put(name, flag);
            case Number number -> json.put(name, number.longValue());
            case Duration duration -> json.put(name, GoDuration.format(duration));
            case Collection<?> list -> json.put(name, list.stream().map(Configz::text).toList());
            default -> json.put(name, text(value));
        }
    }

    private static String text(Object value) {
        return value instanceof URI url ? Varz.withoutLogin(url) : value.toString();
    }
}
