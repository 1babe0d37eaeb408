package io.jnatsd;

/** Placeholder entry point. */
public final class Main {
    public static void main(String[] args) {
        System.out.println("ok " + System.getProperty("java.version"));
    }
}
