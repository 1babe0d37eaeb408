package io.jnatsd.core;

import java.util.regex.Pattern;

/** Protocol text as it may stand in a log: without passwords, tokens and signatures. Threads: any. */
public final class Redacted {
    /** Possessive: with anything to go back to, a token of some thousand characters would overflow the stack. */
    private static final Pattern SECRET = Pattern.compile(
            "(\"(?:pass|auth_token|sig|jwt)\"\\s*:\\s*)\"(?:[^\"\\\\]++|\\\\.)*+\"?", Pattern.CASE_INSENSITIVE);

    private Redacted() {
    }

    /** CONNECT's argument without its secrets. */
    public static String connect(String json) {
        return SECRET.matcher(json).replaceAll("$1\"[REDACTED]\"");
    }
}
