package io.jnatsd;

import io.jnatsd.server.ControlSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * {@code -sl command[=pid]}: has a running server stop, quit, reopen, reload or leave (operations reference, section
 * 5). The server is asked through its control socket, which tells what came of it, or else by a signal.
 */
final class SignalCommand {
    private static final Map<String, String> SIGNALS = Map.of("stop", "KILL", "quit", "INT", "term", "TERM",
            "reopen", "USR1", "reload", "HUP", "ldm", "USR2");

    private SignalCommand() {
    }

    /** @throws IOException with the one line to show */
    static void run(String value) throws IOException {
        String[] parts = value.split("=", -1);
        if (parts.length > 2)
            throw new IOException("invalid signal parameters: " + value);
        String command = parts[0];
        long pid = parts.length == 2 && !parts[1].isEmpty() ? pid(parts[1]) : onlyServer();
        String signal = SIGNALS.get(command);
        if (signal == null)
            throw new IOException("unknown signal \"" + command + "\", expected one of stop, quit, term, reopen,"
                    + " reload, ldm");
        String answer = command.equals("stop") ? null : ControlSocket.ask(pid, command);
        if (answer == null)
            kill(signal, pid);
        else if (!answer.equals("ok"))
            throw new IOException(answer);
    }

    private static long pid(String text) throws IOException {
        try {
            Path file = Path.of(text);
            return Long.parseLong(Files.isRegularFile(file) ? Files.readString(file).strip() : text);
        } catch (NumberFormatException e) {
            throw new IOException("invalid pid: " + text, e);
        }
    }

    private static long onlyServer() throws IOException {
        List<Long> pids = ProcessHandle.allProcesses().filter(SignalCommand::isServer).map(ProcessHandle::pid)
                .filter(pid -> pid != ProcessHandle.current().pid()).sorted().toList();
        if (pids.isEmpty())
            throw new IOException("no jnatsd processes running");
        if (pids.size() > 1)
            throw new IOException("multiple jnatsd processes running:\n"
                    + pids.stream().map(String::valueOf).collect(Collectors.joining("\n")));
        return pids.get(0);
    }

    /** Runs {@link Main}, and not for a command like this one. */
    private static boolean isServer(ProcessHandle process) {
        List<String> args = Arrays.asList(process.info().arguments().orElse(new String[0]));
        int main = args.indexOf(Main.class.getName());
        return main >= 0 && args.subList(main, args.size()).stream()
                .noneMatch(arg -> arg.matches("--?(sl|signal)(=.*)?"));
    }

    private static void kill(String signal, long pid) throws IOException {
        ProcessHandle process = ProcessHandle.of(pid).orElseThrow(() -> new IOException("no such process"));
        if (signal.equals("KILL")) {
            if (!process.destroyForcibly())
                throw new IOException("operation not permitted");
            return;
        }
        Process kill = new ProcessBuilder("kill", "-" + signal, String.valueOf(pid)).redirectErrorStream(true).start();
        try {
            if (kill.waitFor() != 0)
                throw new IOException(new String(kill.getInputStream().readAllBytes()).contains("ermitted")
                        ? "operation not permitted" : "no such process");
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }
}
