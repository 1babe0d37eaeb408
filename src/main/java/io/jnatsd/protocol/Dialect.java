package io.jnatsd.protocol;

import java.util.List;

/** The kind of peer: a client, or another server over a route (protocol.md, sections 22 and 23). */
public enum Dialect {
    CLIENT("Client", "cid", Keyword.PUB, Keyword.HPUB, Keyword.CLIENT),
    ROUTE("Router", "rid", Keyword.MSG, Keyword.HMSG, Keyword.ROUTE);

    private final String title;
    private final String idName;
    final List<Keyword> keywords;
    /** The first three letters of the command for messages, in lower case, packed into an int. */
    final int messageWord;
    /** The command for messages with headers. */
    final Keyword headerMessage;

    Dialect(String title, String idName, Keyword message, Keyword headerMessage, List<Keyword> keywords) {
        this.title = title;
        this.idName = idName;
        this.keywords = keywords;
        this.headerMessage = headerMessage;
        String word = message.name();
        this.messageWord = (word.charAt(0) << 16 | word.charAt(1) << 8 | word.charAt(2)) | 0x202020;
    }

    /** Returns the name of the kind of peer for log lines. */
    public String title() {
        return title;
    }

    /** Returns the name of its number, cid or rid. */
    public String idName() {
        return idName;
    }
}
