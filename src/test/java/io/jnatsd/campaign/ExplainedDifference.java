package io.jnatsd.campaign;

import io.jnatsd.campaign.Transcript.Difference;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** The differences between a nats-server 2.9.10 and jnatsd on the client port that were chosen, each with its reason. */
enum ExplainedDifference {
    CARRIAGE_RETURN(Side.REST, "\\r[^\n]", ".*", ".*", "PUB a \r5\r\nhello\r\nPING\r\n",
            "a CR within a line is white space; in nats-server it costs the line its last byte"),
    LINE_FEED(Side.REST, "(?i)(PUB|SUB)[ \t]+\n", ".*", ".*", "SUB \na 1\r\nPING\r\n",
            "a line that ends behind its keyword is one without arguments; nats-server takes the next line for them"),
    PROTOCOL_TEXT(Side.BOTH, "", "-ERR 'invalid client protocol'", "-ERR 'Invalid Client Protocol'", "CONNECT {\"protocol\":9}\r\n",
            "the text of gnatsd 1.0.2"),
    EMPTY_TOKEN(Side.OURS, "", ".*", "H?MSG (\\.\\S*|\\S*\\.|\\S*\\.\\.\\S*) .*",
            "CONNECT {\"verbose\":false,\"pedantic\":false}\r\nSUB a.> 1\r\nPUB a..b 1\r\nx\r\nPING\r\n",
            "an empty token is a token like any other for a client that is not pedantic, as in gnatsd 1.0.2"),
    EMPTY_TOKEN_ANSWER(Side.THEIRS, "no_responders[^\n]*\n(?s:.*)PUB[ \t]+(\\.\\S*|\\S*\\.|\\S*\\.\\.\\S*)[ \t]",
            "H?MSG \\S+ \\d+ 16 16: NATS/1.0 503\\s*", ".*",
            "CONNECT {\"verbose\":false,\"pedantic\":false,\"headers\":true,\"no_responders\":true}\r\nSUB > 1\r\n"
                    + "PUB a..b b 1\r\nx\r\nPING\r\n",
            "therefore a request to such a subject has a receiver, and in nats-server none"),
    PARSER_ERROR(Side.BOTH, "", "\\(end\\)", "-ERR 'Parser Error'", "SUB a\r\n",
            "gnatsd 1.0.2 ends what it says about a line that it cannot read with this error; newer servers do not send it"),
    INVALID_SUBJECT(Side.BOTH, "", "-ERR 'Invalid Publish Subject'", "-ERR 'Invalid Subject'", "PUB a. 0\r\n\r\n",
            "gnatsd 1.0.2 has one text for PUB and SUB"),
    REPEATED_ERROR(Side.THEIRS, "", "-ERR 'Invalid Publish Subject'", ".*", "PUB a. 20\r\n12345678901234567890\r\nPING\r\n",
            "nats-server reads the line again, and repeats the error, if the message comes in pieces"),
    PEDANTIC(Side.THEIRS, "", "H?MSG (\\S*[*>]\\S*|\\.\\S*|\\S*\\.|\\S*\\.\\.\\S*) .*", ".*", "SUB > 1\r\nPUB a.* 1\r\nx\r\nPING\r\n",
            "what a pedantic client may not publish is not delivered, as in gnatsd 1.0.2"),
    NO_HEADERS(Side.BOTH, "HPUB", "\\(end\\)", "-ERR '(Unknown Protocol Operation|Invalid Subject)'", "HPUB a. 12 12\r\nNATS/1.0\r\n",
            "HPUB of a client without headers ends the connection when the message is there, in nats-server when its line is"),
    NO_RESPONDERS(Side.REST, "no_responders", "-ERR 'no responders requires headers support'", ".*",
            "CONNECT {\"no_responders\":true}\r\nPING\r\n", "no_responders without headers has no effect and is no error");

    /** Whose item a difference consists of. */
    private enum Side { BOTH, THEIRS, OURS, REST }

    private final Side side;
    private final Pattern input;
    private final Pattern theirs;
    private final Pattern ours;
    private final String example;
    private final String reason;

    ExplainedDifference(Side side, String input, String theirs, String ours, String example, String reason) {
        this.side = side;
        this.input = Pattern.compile(input);
        this.theirs = Pattern.compile(theirs, Pattern.DOTALL);
        this.ours = Pattern.compile(ours, Pattern.DOTALL);
        this.example = example;
        this.reason = reason;
    }

    /** Returns the entries that allow the difference. */
    static List<ExplainedDifference> allOf(String input, Difference found) {
        return Arrays.stream(values()).filter(each -> each.input.matcher(input).find()
                && each.theirs.matcher(found.theirs()).matches() && each.ours.matcher(found.ours()).matches()).toList();
    }

    /** Returns an input for which the servers differ in this way. */
    String example() {
        return example;
    }

    /** Returns whether the answers have nothing in common any more. */
    boolean isLast() {
        return side == Side.REST;
    }

    /** Returns whether only nats-server has an item here. */
    boolean isTheirsAlone() {
        return side == Side.THEIRS;
    }

    /** Returns whether only jnatsd has an item here. */
    boolean isOursAlone() {
        return side == Side.OURS;
    }

    String reason() {
        return reason;
    }
}
