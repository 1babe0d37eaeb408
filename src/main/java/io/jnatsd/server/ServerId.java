package io.jnatsd.server;

import java.security.SecureRandom;

/** Generates server ids: 22 random letters and digits, a new id at each start. Threads: stateless. */
final class ServerId {
    private static final String LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int LENGTH = 22;

    private ServerId() {
    }

    static String next() {
        SecureRandom random = new SecureRandom();
        StringBuilder id = new StringBuilder(LENGTH);
        for (int i = 0; i < LENGTH; i++)
            id.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        return id.toString();
    }
}
