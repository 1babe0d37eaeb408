package io.jnatsd;

/** What came of a command. */
record Ended(int code, String out, String err) {
}
