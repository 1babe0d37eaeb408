package io.jnatsd.auth;

import java.security.SecureRandom;
import org.mindrot.jbcrypt.BCrypt;

/** Password hashes of the forms {@code $2a$}, {@code $2b$}, {@code $2x$} and {@code $2y$}. Threads: stateless. */
final class BcryptHash {
    private static final String FORM = "\\$2[abxy]\\$\\d\\d\\$.*";

    private static final String LETTERS = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static final int LENGTH = 60;
    /** The length of the form and the cost: {@code $2a$11$}. */
    private static final int COST_END = 7;

    private BcryptHash() {
    }

    static boolean isHash(String secret) {
        return secret.startsWith("$2") && secret.matches(FORM);
    }

    /**
     * Returns whether a hash is that of a password. It is slow by design. The forms differ only in bugs of the programs
     * that wrote them, and jbcrypt accepts only the first form.
     */
    static boolean matches(String hash, String password) {
        try {
            return BCrypt.checkpw(password, "$2a" + hash.substring(3));
        } catch (IllegalArgumentException | StringIndexOutOfBoundsException e) {
            // A truncated or malformed hash matches no password.
            return false;
        }
    }

    /**
     * Returns a hash of an unknown password with the same cost, so that the check of a user that does not exist takes
     * the same time.
     */
    static String decoy(String like) {
        StringBuilder hash = new StringBuilder(like.substring(0, COST_END));
        SecureRandom random = new SecureRandom();
        while (hash.length() < LENGTH)
            hash.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        return hash.toString();
    }

    /** Does a cheap check, so that the code is loaded before the first real one. */
    static void warmUp() {
        matches(decoy("$2a$04$"), "warm");
    }
}
