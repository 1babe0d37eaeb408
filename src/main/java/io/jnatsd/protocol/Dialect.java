package io.jnatsd.protocol;

import java.util.List;

/** Who speaks: a client, or another server over a route (cluster reference, sections 12 and 13). */
public enum Dialect {
    CLIENT("Client", "cid", "PUB", Keyword.CLIENT), ROUTE("Router", "rid", "MSG", Keyword.ROUTE);

    private final String title;
    private final String idName;
    final List<Keyword> keywords;
    /** The three letters of the command that carries its messages, in lower case, packed. */
    final int messageWord;

    Dialect(String title, String idName, String word, List<Keyword> keywords) {
        this.title = title;
        this.idName = idName;
        this.keywords = keywords;
        this.messageWord = (word.charAt(0) << 16 | word.charAt(1) << 8 | word.charAt(2)) | 0x202020;
    }

    /** What log lines call the peer. */
    public String title() {
        return title;
    }

    /** What they call its number. */
    public String idName() {
        return idName;
    }
}
