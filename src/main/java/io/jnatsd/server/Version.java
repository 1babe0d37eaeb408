package io.jnatsd.server;

/** The version of jnatsd. */
public final class Version {
    /**
     * The version in pom.xml; a test compares them. It is a constant because reading a file would double the time of
     * {@code -v}.
     */
    public static final String TEXT = "1.0.0";

    private Version() {
    }
}
