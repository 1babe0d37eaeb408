package io.jnatsd.auth;

import java.security.SecureRandom;
import org.mindrot.jbcrypt.BCrypt;

/** Password hashes of the forms {@code $2a$}, {@code $2b$}, {@code $2x$} and {@code $2y$}. Threads: stateless. */
final class BcryptHash {
    private static final String FORM = "\\$2[abxy]\\$\\d\\d\\$.*";

    private static final String LETTERS = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static final int LENGTH = 60;
    /** Behind the form and the cost: {@code $2a$11$}. */
    private static final int COST_END = 7;

    private BcryptHash() {
    }

    static boolean isHash(String secret) {
        return secret.startsWith("$2") && secret.matches(FORM);
    }

    /**
     * Whether the password is the hashed one. Slow, and meant to be. The forms differ in nothing but the bugs of
     * programs that once wrote them, and jbcrypt knows only the first.
     */
    static boolean matches(String hash, String password) {
        try {
            return BCrypt.checkpw(password, "$2a" + hash.substring(3));
        } catch (IllegalArgumentException | StringIndexOutOfBoundsException e) {
            // A hash that is cut short or garbled fits no password.
            return false;
        }
    }

    /** A hash of nothing that anybody knows, as costly as another, to spend the same time on users that do not exist. */
    static String decoy(String like) {
        StringBuilder hash = new StringBuilder(like.substring(0, COST_END));
        SecureRandom random = new SecureRandom();
        while (hash.length() < LENGTH)
            hash.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        return hash.toString();
    }

    /** A cheap check, so that the first costly one finds its code loaded. */
    static void warmUp() {
        matches(decoy("$2a$04$"), "warm");
    }
}
