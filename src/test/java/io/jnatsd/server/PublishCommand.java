package io.jnatsd.server;

/** PUB and HPUB as text, one char per byte. */
public final class PublishCommand {
    private PublishCommand() {
    }

    /**
     * Returns the command of a message.
     *
     * @param reply empty for none
     * @param headers lines that end with CR LF; empty for a message without headers
     */
    public static String of(String subject, String reply, String headers, String payload) {
        String to = subject + " " + (reply.isEmpty() ? "" : reply + " ");
        if (headers.isEmpty())
            return "PUB " + to + payload.length() + "\r\n" + payload + "\r\n";
        String block = "NATS/1.0\r\n" + headers + "\r\n";
        return "HPUB " + to + block.length() + " " + (block.length() + payload.length()) + "\r\n" + block + payload + "\r\n";
    }
}
