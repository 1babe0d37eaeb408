package io.jnatsd.cli;

import io.jnatsd.config.ConfigException;
import io.jnatsd.config.Problem;
import io.jnatsd.server.ControlSocket;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;

/**
 * {@code -sl command[=pid]}: tells a running server to stop, quit, reopen its log, reload, or enter lame duck mode. The
 * command goes to the server's control socket, which reports the result, or else to the process as a signal.
 */
final class SignalCommand {
    /** For quit not INT, which has the same effect: a server that a script has started with {@code &} ignores INT. */
    private static final Map<String, String> SIGNALS = Map.of("stop", "KILL", "quit", "TERM", "term", "TERM",
            "reopen", "USR1", "reload", "HUP", "ldm", "USR2");
    /** After these commands the server may end before it has answered. */
    private static final Set<String> ENDING = Set.of("quit", "term");

    private SignalCommand() {
    }

    /**
     * Runs the command.
     *
     * @throws IOException if the command cannot be sent or carried out
     * @throws ConfigException if the server reports configuration errors
     */
    static void run(String value) throws IOException, ConfigException {
        String[] parts = value.split("=", -1);
        if (parts.length > 2)
            throw new IOException("invalid signal parameters: " + value);
        String command = parts[0];
        long pid = parts.length == 2 && !parts[1].isEmpty() ? ServerPid.of(parts[1]) : ServerPid.ofOnlyServer();
        String signal = SIGNALS.get(command);
        if (signal == null)
            throw new IOException("unknown signal \"" + command + "\", expected one of stop, quit, term, reopen,"
                    + " reload, ldm");
        String answer = command.equals("stop") ? null : ask(pid, command);
        if (answer == null) {
            kill(signal, pid);
            if (command.equals("reload"))
                throw new IOException("sent the signal to reload; unknown whether the server has accepted its"
                        + " configuration, see its log");
            return;
        }
        if (answer.isEmpty() && !ENDING.contains(command))
            throw new IOException("the server ended before it answered");
        else if (answer.isEmpty())
            killUnlessEnded(signal, pid);
        else if (!answer.equals("ok"))
            throw new ConfigException(answer.lines().map(line -> new Problem("", 0, 0, line)).toList());
    }

    private static String ask(long pid, String command) throws IOException {
        try {
            return ControlSocket.ask(pid, command);
        } catch (SocketTimeoutException e) {
            // A server that has ended already has done what was asked.
            if (ENDING.contains(command))
                kill(SIGNALS.get(command), pid);
            throw new IOException(e.getMessage() + "; unknown whether it carries the command out later", e);
        }
    }

    /** A server without memory for another thread also closes a connection without an answer, and has not ended. */
    private static void killUnlessEnded(String signal, long pid) throws IOException {
        try {
            kill(signal, pid);
        } catch (IOException e) {
            if (ProcessHandle.of(pid).isPresent())
                throw e;
        }
    }

    private static void kill(String signal, long pid) throws IOException {
        ProcessHandle process = ProcessHandle.of(pid).orElseThrow(() -> new IOException("no such process"));
        if (signal.equals("KILL")) {
            if (!process.destroyForcibly())
                throw new IOException("operation not permitted");
            return;
        }
        // Every shell has kill built in. Small containers often lack the program of that name.
        Process kill = new ProcessBuilder("sh", "-c", "kill -" + signal + " " + pid).redirectErrorStream(true).start();
        try {
            String output = new String(kill.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (kill.waitFor() != 0)
                throw new IOException(output.contains("ermitted") ? "operation not permitted" : "no such process");
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }
}
