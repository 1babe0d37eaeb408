package io.jnatsd.server;

import io.jnatsd.config.ConfigException;
import io.jnatsd.config.FixedOptionException;
import io.jnatsd.config.Option;
import io.jnatsd.config.Option.Reloading;
import io.jnatsd.config.Options;
import io.jnatsd.config.ServerOptions;
import io.jnatsd.text.GoDuration;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/**
 * The difference between two sets of options: which changes are refused while the server runs, and the log lines for the
 * others, as the table {@link Options} says. It compares only; {@link Server} applies the changes. Threads: immutable.
 */
final class Reload {
    /** The names of options in the order in which gnatsd checks and logs them; newer options are placed between. */
    static final List<String> ORDER = List.of("Port", "Host", "Listen", "UnixSocketMode", "HTTPPort", "HTTPSPort", "HTTPHost",
            "HTTPBasePath", "ProfPort", "ServerName", "Compat", "PortsFileDir", "Websocket", "JetStream", "JetStream.StoreDir",
            "JetStream.SyncInterval", "JetStream.Domain",
            "JetStream.RequestQueueLimit",
            "cluster name", "cluster host", "cluster port",
            "trace", "debug", "logtime", "log_level", "log_format", "trace_clients", "trace_subjects", "max_traced_msg_len",
            "max_connections", "max_connections_per_address", "connection_rate", "connection_rate_per_address",
            "message_rate_per_address", "max_subscriptions", "max_pending", "max_pending_total", "authorization users",
            "authorization username", "authorization password", "authorization token", "no_auth_user", "system_user",
            "ping_interval", "ping_max", "authorization timeout", "max_control_line", "max_payload", "client_advertise",
            "cluster", "pid_file", "log_file", "logfile_size_limit", "logfile_max_num", "syslog", "remote_syslog",
            "cluster routes", "tls timeout", "tls", "allow_non_tls", "lame_duck_duration", "lame_duck_grace_period",
            "monitoring", "write_deadline", "jetstream.max_memory_store", "jetstream.max_file_store",
            "jetstream.limits");

    private final ServerOptions old;
    private final ServerOptions next;

    Reload(ServerOptions old, ServerOptions next) {
        this.old = old;
        this.next = next;
    }

    /** @throws ConfigException naming the first option that cannot change while the server runs */
    void refuseFixed() throws ConfigException {
        for (Option<?> option : changed()) {
            // As in gnatsd 1.0, port -1 accepts whatever port the server has.
            boolean anyPort = option == Options.CLIENT_PORT && next.client().port() == -1;
            if (option.reloading() == Reloading.REFUSED && !anyPort)
                throw new FixedOptionException(option.reloadName(),
                        "old=" + option.reloadValue(old) + ", new=" + option.reloadValue(next));
        }
    }

    /** The options that differ and have a name of their own, in the order in which they are reported. */
    private List<Option<?>> changed() {
        return Options.all().filter(option -> option.reloading() != Reloading.PART && option.differs(old, next))
                .sorted(Comparator.comparingInt(option -> position(option.reloadName()))).toList();
    }

    /** An option that the list does not have comes last. */
    private static int position(String name) {
        int position = ORDER.indexOf(name);
        return position < 0 ? ORDER.size() : position;
    }

    boolean changes(Function<ServerOptions, Object> value) {
        return !Objects.equals(value.apply(old), value.apply(next));
    }

    /**
     * Returns one line for each change, for example {@code Reloaded: max_payload = 100}. Options that share a name have
     * one line.
     *
     * @param excess how many clients were closed because of {@code max_connections}
     */
    List<String> lines(int excess) {
        Set<String> lines = new LinkedHashSet<>();
        for (Option<?> option : changed()) {
            Object is = option.reloadValue(next);
            if (option.reloading() == Reloading.REFUSED || is == null)
                continue;
            if (option.reloadName().equals("max_connections") && excess > 0)
                lines.add("Closed " + excess + " connections to fall within max_connections");
            lines.add("Reloaded: " + option.reloadName()
                    + (option.reloading() == Reloading.SHOWN ? " = " + text(is) : ""));
        }
        return List.copyOf(lines);
    }

    private static String text(Object value) {
        return value instanceof Duration duration ? GoDuration.format(duration) : String.valueOf(value);
    }
}
