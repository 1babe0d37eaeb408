package io.jnatsd.cli;

import io.jnatsd.config.ConfigException;
import io.jnatsd.config.ServerOptions;
import io.jnatsd.config.ServerOptions.MonitorOptions;
import io.jnatsd.server.ControlSocket;
import io.jnatsd.text.HostPort;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * {@code --health}: asks a running server on this machine whether it is healthy, for the probe of a container. The
 * other flags are those of the server. The question goes to the monitoring port if it is plain HTTP without a login, since
 * this command neither sends a password nor knows whose certificate to expect. Otherwise it goes to the control socket
 * of the process in the pid file, or else of the only server.
 */
final class HealthCommand {
    private static final int TIMEOUT_MILLIS = 5000, MOST_ANSWER = 1000;

    private HealthCommand() {
    }

    /**
     * Returns if the server is healthy.
     *
     * @throws IOException if it is not, or does not answer; the message says why
     * @throws ConfigException if the configuration, which says where the server is, is invalid
     */
    static void run(ServerOptions options) throws IOException, ConfigException {
        MonitorOptions monitor = options.monitor();
        if (monitor.httpPort() > 0 && monitor.user().isEmpty())
            askMonitor(monitor);
        else
            askProcess(options.pidFile() == null ? ServerPid.ofOnlyServer()
                    : ServerPid.of(options.pidFile().toString()));
    }

    private static void askMonitor(MonitorOptions monitor) throws IOException {
        boolean any = monitor.host().equals("0.0.0.0") || monitor.host().equals("::");
        String server = "http://" + new HostPort(any ? "127.0.0.1" : monitor.host(), monitor.httpPort());
        String base = monitor.basePath().replaceAll("^/+|/+$", "");
        String path = (base.isEmpty() ? "" : "/" + base) + "/healthz";
        int status;
        String answer;
        try {
            HttpURLConnection http =
                    (HttpURLConnection) URI.create(server + path).toURL().openConnection(Proxy.NO_PROXY);
            http.setConnectTimeout(TIMEOUT_MILLIS);
            http.setReadTimeout(TIMEOUT_MILLIS);
            status = http.getResponseCode();
            answer = status < 400 ? "" : text(http.getErrorStream());
        } catch (IOException e) {
            throw new IOException("not healthy: " + server + ": " + e.getMessage(), e);
        }
        if (status != HttpURLConnection.HTTP_OK)
            throw new IOException("not healthy: " + server + path + " answers " + status + " " + answer);
    }

    /** Returns the first line of an answer. */
    private static String text(InputStream in) throws IOException {
        if (in == null)
            return "";
        return new String(in.readNBytes(MOST_ANSWER), StandardCharsets.UTF_8).lines().findFirst().orElse("");
    }

    private static void askProcess(long pid) throws IOException {
        String answer = ControlSocket.ask(pid, "health");
        if (answer == null)
            throw new IOException("not healthy: process " + pid + " has no control socket");
        if (!answer.equals("ok"))
            throw new IOException("not healthy: "
                    + (answer.isEmpty() ? "the server ended before it answered" : answer));
    }
}
