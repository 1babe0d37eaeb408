package io.jnatsd.server;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * A process that may have a namespace of pids and a temporary folder of its own, because it runs in a container or under
 * systemd with PrivateTmp. Linux shows both in the folder {@code /proc}; other systems have no such folder. Threads:
 * immutable.
 */
public final class ContainedProcess {
    private static final String NAMESPACE_PIDS = "NSpid:";

    private final long pid;
    private final Path proc;

    private ContainedProcess(long pid, Path proc) {
        this.pid = pid;
        this.proc = proc;
    }

    public static ContainedProcess of(long pid) {
        return new ContainedProcess(pid, Path.of("/proc", String.valueOf(pid)));
    }

    /** Returns the pid that the process itself sees; the same pid if it is in no other namespace, or that is not known. */
    public long ownPid() {
        try {
            for (String line : Files.readAllLines(proc.resolve("status")))
                if (line.startsWith(NAMESPACE_PIDS))
                    return Long.parseLong(line.substring(line.lastIndexOf('\t') + 1).strip());
        } catch (IOException | NumberFormatException e) {
            // The process has ended, or belongs to another user, or this is another system.
            return pid;
        }
        return pid;
    }

    /**
     * Returns the control socket in the temporary folder that the process sees. Its folder must belong to the user of the
     * process, since another user's socket would answer in the server's place.
     *
     * @return null if there is none, or it cannot be seen
     */
    Path controlSocket() {
        Path temporary = proc.resolve("root/tmp");
        if (!Files.isDirectory(temporary, LinkOption.NOFOLLOW_LINKS))
            return null;
        String name = ownPid() + ".sock";
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(temporary, "jnatsd-*")) {
            for (Path folder : folders)
                if (isOfProcess(folder) && isSocket(folder.resolve(name)))
                    return folder.resolve(name);
        } catch (IOException | DirectoryIteratorException | UnsupportedOperationException e) {
            return null;
        }
        return null;
    }

    private boolean isOfProcess(Path folder) throws IOException {
        return Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                && Files.getAttribute(folder, "unix:uid").equals(Files.getAttribute(proc, "unix:uid"));
    }

    /** A link could lead to another file, since it is followed from the root of this process. */
    private static boolean isSocket(Path file) throws IOException {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                && Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).isOther();
    }
}
