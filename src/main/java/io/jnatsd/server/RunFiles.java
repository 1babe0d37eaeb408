package io.jnatsd.server;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The files that tell scripts about a running server: its pid, and the ports that it got. Threads: anybody's. */
final class RunFiles {
    private RunFiles() {
    }

    /** The decimal pid, no line end. gnatsd: never removed. */
    static void writePid(Path file) throws IOException {
        try {
            Files.writeString(file, String.valueOf(ProcessHandle.current().pid()));
        } catch (IOException e) {
            throw new IOException("Could not write pidfile: open " + file + ": " + reason(e), e);
        }
    }

    /**
     * {@code <program>_<pid>.ports} in a folder: a JSON object of URL lists by kind of port. It is moved into place
     * whole, since test harnesses read it as soon as it is there.
     *
     * @return the file, for the end of the server to remove
     */
    static Path writePorts(Path folder, Map<String, List<String>> urls) throws IOException {
        String program = System.getProperty("jnatsd.exe", "jnatsd");
        Path file = folder.resolve(program + "_" + ProcessHandle.current().pid() + ".ports");
        Path unfinished = folder.resolve(file.getFileName() + ".tmp");
        String json = urls.entrySet().stream()
                .map(e -> "\"" + e.getKey() + "\":[" + e.getValue().stream().map(url -> "\"" + url + "\"")
                        .collect(Collectors.joining(",")) + "]")
                .collect(Collectors.joining(",", "{", "}"));
        try {
            Files.writeString(unfinished, json);
            return Files.move(unfinished, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new IOException("Error writing ports file (" + file + "): " + reason(e), e);
        }
    }

    private static String reason(IOException e) {
        if (e instanceof NoSuchFileException)
            return "no such file or directory";
        return e instanceof AccessDeniedException ? "permission denied" : e.getMessage();
    }
}
