package io.jnatsd.cli;

/** The result of a command. */
record Ended(int code, String out, String err) {
}
