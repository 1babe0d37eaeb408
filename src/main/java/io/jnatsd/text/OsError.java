package io.jnatsd.text;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** The words of a failed system call as Go prints them: {@code no such file or directory}. Threads: pure functions. */
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

    /** Java begins these texts with a capital, Go does not. */
    private static String lower(String text) {
        return text.isEmpty() ? text : Character.toLowerCase(text.charAt(0)) + text.substring(1);
    }
}
