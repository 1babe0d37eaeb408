package io.jnatsd.jetstream.api;

/** A request to the API. Threads: the actor of the API. */
final class Request {
    private final String[] tokens;
    private final byte[] body;
    private Advisories.Action advisory;

    /** @param tokens the tokens of the subject behind {@code $JS.API} */
    Request(String[] tokens, byte[] body) {
        this.tokens = tokens;
        this.body = body;
    }

    String[] tokens() {
        return tokens;
    }

    /** Returns a token of the subject behind {@code $JS.API}, counted from 0. */
    String token(int i) {
        return tokens[i];
    }

    byte[] body() {
        return body;
    }

    /** Has an advisory published after the answer. */
    void announce(Advisories.Action action) {
        advisory = action;
    }

    /** Returns what is published after the answer, null for nothing. */
    Advisories.Action advisory() {
        return advisory;
    }
}
