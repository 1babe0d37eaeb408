package io.jnatsd.text;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Formats the error of a failed system call as Go prints it: {@code no such file or directory}. Threads: stateless. */
public final class OsError {
    private OsError() {
    }

    public static String text(Throwable e) {
        return switch (e) {
            case NoSuchFileException missing -> "no such file or directory";
            case AccessDeniedException denied -> "permission denied";
            case FileSystemException other when other.getReason() != null -> lower(other.getReason());
            case Throwable other when other.getMessage() != null -> lower(other.getMessage());
            default -> e.getClass().getSimpleName();
        };
    }

    /** The JDK's messages begin with a capital letter, Go's do not. */
    private static String lower(String text) {
        return text.isEmpty() ? text : Character.toLowerCase(text.charAt(0)) + text.substring(1);
    }
}
