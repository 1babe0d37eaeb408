package io.jnatsd.server;

/** jnatsd's own version. */
public final class Version {
    /** As in the pom, which a test sees to. A constant, since reading a file would double the time of {@code -v}. */
    public static final String TEXT = "1.0.0";

    private Version() {
    }
}
