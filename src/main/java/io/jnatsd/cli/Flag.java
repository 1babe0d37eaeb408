package io.jnatsd.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The flags of the server, in the order of gnatsd's usage text. The labels are those of the values there. Threads:
 * immutable.
 */
enum Flag {
    ADDR(Group.SERVER, Kind.TEXT, "<host>", "Bind to host address (default: 0.0.0.0)", "-a", "--addr", "--net"),
    PORT(Group.SERVER, Kind.NUMBER, "<port>", "Use port for clients (default: 4222; -1: any free one)",
            "-p", "--port"),
    NAME(Group.SERVER, Kind.TEXT, "<name>", "Server name (default: the server id)", "-n", "--name", "--server_name"),
    PID(Group.SERVER, Kind.PATH, "<file>", "File to store PID", "-P", "--pid"),
    HTTP_PORT(Group.SERVER, Kind.NUMBER, "<port>", "Use port for http monitoring", "-m", "--http_port"),
    HTTPS_PORT(Group.SERVER, Kind.NUMBER, "<port>", "Use port for https monitoring", "-ms", "--https_port"),
    CONFIG(Group.SERVER, Kind.PATH, "<file>", "Configuration file", "-c", "--config"),
    TEST(Group.SERVER, Kind.SWITCH, "", "Test the configuration and exit; unknown keys are errors", "-t"),
    SIGNAL(Group.SERVER, Kind.TEXT, "<signal>[=<pid>]", "Send a signal to a running jnatsd: stop, quit, reopen, reload, ldm",
            "-sl", "--signal"),
    HEALTH(Group.SERVER, Kind.SWITCH, "",
            "Ask the running server with these flags whether it is healthy: exit code 0 or 1", "--health"),
    CHECK(Group.SERVER, Kind.SECRET, "<url,...>",
            "Compare the servers of a cluster by these monitoring ports: exit code 0 or 1", "--check"),
    CLIENT_ADVERTISE(Group.SERVER, Kind.TEXT, "<host:port>", "Client address to tell other servers",
            "--client_advertise"),
    PORTS_FILE_DIR(Group.SERVER, Kind.PATH, "<folder>", "Write a file with the bound ports there",
            "--ports_file_dir"),
    PROFILE(Group.SERVER, Kind.NUMBER, "<port>", "Accepted for gnatsd's sake; profile a JVM with Flight Recorder",
            "--profile"),
    JETSTREAM(Group.JETSTREAM, Kind.SWITCH, "", "Enable JetStream; streams are in memory without -sd", "-js", "--jetstream"),
    STORE_DIR(Group.JETSTREAM, Kind.PATH, "<folder>", "Folder for the streams of JetStream that are kept in files",
            "-sd", "--store_dir"),
    LOG(Group.LOGGING, Kind.TEXT, "<file>", "File to redirect log output", "-l", "--log"),
    LOG_TIME(Group.LOGGING, Kind.SWITCH, "<bool>", "Timestamp log entries (default: true)", "-T", "--logtime"),
    SYSLOG(Group.LOGGING, Kind.SWITCH, "", "Enable syslog as log method", "-s", "--syslog"),
    REMOTE_SYSLOG(Group.LOGGING, Kind.TEXT, "<url>", "Syslog server (udp://localhost:514)", "-r", "--remote_syslog"),
    DEBUG(Group.LOGGING, Kind.SWITCH, "", "Enable debugging output", "-D", "--debug"),
    TRACE(Group.LOGGING, Kind.SWITCH, "", "Trace the raw protocol", "-V", "--trace"),
    DEBUG_TRACE(Group.LOGGING, Kind.SWITCH, "", "Debug and trace", "-DV"),
    LOG_SIZE_LIMIT(Group.LOGGING, Kind.NUMBER, "<bytes>", "Rotate the log file at this size", "--log_size_limit"),
    MAX_TRACED_MSG_LEN(Group.LOGGING, Kind.NUMBER, "<bytes>", "Number of payload bytes shown in traces",
            "--max_traced_msg_len"),
    USER(Group.AUTHORIZATION, Kind.TEXT, "<user>", "User required for connections", "--user"),
    PASS(Group.AUTHORIZATION, Kind.SECRET, "<password>", "Password required for connections", "--pass"),
    AUTH(Group.AUTHORIZATION, Kind.SECRET, "<token>", "Authorization token required for connections", "--auth"),
    TLS(Group.TLS, Kind.SWITCH, "", "Enable TLS, do not verify clients", "--tls"),
    TLS_CERT(Group.TLS, Kind.TEXT, "<file>", "Server certificate file", "--tlscert"),
    TLS_KEY(Group.TLS, Kind.TEXT, "<file>", "Private key for server certificate", "--tlskey"),
    TLS_VERIFY(Group.TLS, Kind.SWITCH, "", "Enable TLS, verify client certificates", "--tlsverify"),
    TLS_CA_CERT(Group.TLS, Kind.TEXT, "<file>", "Client certificate CA for verification", "--tlscacert"),
    ROUTES(Group.CLUSTER, Kind.SECRET, "<url,...>", "Routes to solicit and connect", "--routes"),
    CLUSTER(Group.CLUSTER, Kind.SECRET, "<url>", "Cluster URL for solicited routes, nats://host:port",
            "--cluster", "--cluster_listen"),
    CLUSTER_NAME(Group.CLUSTER, Kind.TEXT, "<name>", "Cluster name", "--cluster_name"),
    NO_ADVERTISE(Group.CLUSTER, Kind.SWITCH, "", "Do not tell clients the addresses of other servers",
            "--no_advertise"),
    CLUSTER_ADVERTISE(Group.CLUSTER, Kind.TEXT, "<host:port>", "Cluster address to tell other servers",
            "--cluster_advertise"),
    CONNECT_RETRIES(Group.CLUSTER, Kind.NUMBER, "<number>", "For implicit routes, number of connect retries",
            "--connect_retries"),
    HELP(Group.COMMON, Kind.SWITCH, "", "Show this message", "-h", "--help"),
    VERSION(Group.COMMON, Kind.SWITCH, "", "Show version", "-v", "--version"),
    HELP_TLS(Group.COMMON, Kind.SWITCH, "", "TLS help", "--help_tls");

    /** A part of the usage text. */
    enum Group {
        SERVER("Server"), JETSTREAM("JetStream"), LOGGING("Logging"), AUTHORIZATION("Authorization"), TLS("TLS"),
        CLUSTER("Cluster"), COMMON("Common");

        final String title;

        Group(String title) {
            this.title = title;
        }
    }

    /** The values that a flag may have. */
    enum Kind {
        /** Any text. */
        TEXT,
        /** The path of a file. */
        PATH,
        /** A text that is a secret or contains one, such as a URL with a password. */
        SECRET,
        /** A whole number of 32 bits. */
        NUMBER,
        /** True or false; without a value, true. */
        SWITCH
    }

    private static final Map<String, Flag> BY_NAME = new LinkedHashMap<>();

    static {
        for (Flag flag : values())
            for (String name : flag.names)
                BY_NAME.put(name, flag);
    }

    final Group group;
    final Kind kind;
    /** The label of the value in the usage text; empty if no value is shown. */
    final String label;
    final String description;
    /** All names, with their dashes. */
    final List<String> names;

    Flag(Group group, Kind kind, String label, String description, String... names) {
        this.group = group;
        this.kind = kind;
        this.label = label;
        this.description = description;
        this.names = List.of(names);
    }

    /** Returns all flags by all of their names, with their dashes. */
    static Map<String, Flag> byName() {
        return BY_NAME;
    }

    /** Returns the flag with this name, which has no dashes; null if there is none. */
    static Flag named(String name) {
        Flag brief = BY_NAME.get("-" + name);
        return brief != null ? brief : BY_NAME.get("--" + name);
    }

    boolean isSwitch() {
        return kind == Kind.SWITCH;
    }
}
