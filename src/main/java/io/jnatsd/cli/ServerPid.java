package io.jnatsd.cli;

import io.jnatsd.server.ContainedProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The pid of the running server that a command is for. Threads: stateless. */
final class ServerPid {
    /** The flags of short commands, which do not serve. */
    private static final Set<String> SHORT_COMMANDS = Set.of("sl", "signal", "t", "v", "version", "h", "help", "help_tls",
            "health", "check");

    /** A process on this machine, and the words of its command line. */
    record Running(long pid, List<String> words) {
        /** Returns whether it runs {@link Main} as a server and not for a short command like this one. */
        boolean isServer() {
            int main = words.indexOf(Main.class.getName());
            for (int i = 1; main < 0 && i < words.size(); i++)
                if (words.get(i - 1).equals("-jar") && words.get(i).endsWith("jnatsd.jar"))
                    main = i;
            return main >= 0 && words.subList(main, words.size()).stream().noneMatch(Running::isShortCommand);
        }

        private static boolean isShortCommand(String word) {
            if (!word.startsWith("-"))
                return word.equalsIgnoreCase("version") || word.equalsIgnoreCase("help");
            int equals = word.indexOf('=');
            String flag = equals < 0 ? word : word.substring(0, equals);
            return SHORT_COMMANDS.contains(flag.substring(flag.startsWith("--") ? 2 : 1));
        }
    }

    private ServerPid() {
    }

    /** Parses a number, or reads it from a file. The kill command takes 0 and negative numbers as process groups. */
    static long of(String text) throws IOException {
        try {
            Path file = Path.of(text);
            boolean isFile = Files.isRegularFile(file);
            long pid = Long.parseLong(isFile ? Files.readString(file).strip() : text);
            if (pid > 0)
                return isFile ? ofFile(file, pid) : pid;
        } catch (NumberFormatException | InvalidPathException e) {
            throw new IOException("invalid pid: " + text, e);
        }
        throw new IOException("invalid pid: " + text);
    }

    /**
     * Returns the pid here of the process that has written a pid file, where it may see another pid of itself. The pid of
     * an old file, or of a file from a container, may be that of any process here, which a signal would end.
     */
    private static long ofFile(Path file, long pid) throws IOException {
        ProcessHandle.Info here = ProcessHandle.of(pid).map(ProcessHandle::info).orElse(null);
        if (here != null && new Running(pid, words(here)).isServer())
            return pid;
        List<Long> contained = processes().filter(Running::isServer).map(Running::pid)
                .filter(other -> other != pid && ContainedProcess.of(other).ownPid() == pid).sorted().toList();
        if (contained.size() > 1)
            throw new IOException("several containers have a server with the pid of " + file + ", name one by its pid here:\n"
                    + contained.stream().map(String::valueOf).collect(Collectors.joining("\n")));
        if (contained.size() == 1)
            return contained.getFirst();
        String program = here == null ? "" : here.command().orElse("");
        if (!program.isEmpty() && !program.matches(".*\\bjavaw?(\\.exe)?"))
            throw new IOException("the process " + pid + " of " + file + " is not a server: " + program);
        return pid;
    }

    private static List<String> words(ProcessHandle.Info process) {
        return Arrays.asList(process.arguments().orElse(new String[0]));
    }

    /** Returns the pid of the only server on this machine. */
    static long ofOnlyServer() throws IOException {
        return onlyServer(processes());
    }

    private static Stream<Running> processes() {
        return ProcessHandle.allProcesses().filter(process -> !process.equals(ProcessHandle.current()))
                .map(process -> new Running(process.pid(), words(process.info())));
    }

    /** Returns the pid of the only server among the processes. */
    static long onlyServer(Stream<Running> processes) throws IOException {
        List<Long> pids = processes.filter(Running::isServer).map(Running::pid).sorted().toList();
        if (pids.isEmpty())
            throw new IOException("no jnatsd processes running");
        if (pids.size() > 1)
            throw new IOException("multiple jnatsd processes running:\n"
                    + pids.stream().map(String::valueOf).collect(Collectors.joining("\n")));
        return pids.getFirst();
    }
}
