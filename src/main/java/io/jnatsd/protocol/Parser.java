package io.jnatsd.protocol;

import io.jnatsd.protocol.ProtocolException.Fault;
import io.jnatsd.text.Quoted;
import java.io.IOException;

/**
 * A pull parser for the commands of clients and other servers (protocol.md, section 3). Arguments and payloads stay in
 * the {@link ReadBuffer}. A command may be split at any byte; parsing continues after the next {@link #fill}.
 *
 * <p>There are two states: at the start of a command, or within the payload of a message whose line was read.
 *
 * <p>Threads: the connection's reader only.
 */
public final class Parser {
    /** Lines with JSON may be longer than other control lines, because CONNECT may contain tokens and certificates. */
    private static final int MAX_JSON_LINE = 32 * 1024;
    /**
     * The same limit before a login, when the peer is unknown and there may be many such peers. It is twice the limit
     * of newer servers, so tokens that work with them are accepted.
     */
    private static final int MAX_LOGIN_LINE = 8 * 1024;
    private static final int SNIPPET = 32;
    /** A message and its line must fit into one array. */
    private static final int LARGEST_PAYLOAD = Integer.MAX_VALUE / 2;

    private final ReadBuffer in;
    private final Dialect dialect;
    private final int messageWord;
    private final Message message = new Message();
    private final Arguments arguments = new Arguments();

    private int maxControlLine;
    private int maxPayload;
    private boolean connectOnly;

    /** Within a payload: {@link #message} is set, but its bytes are incomplete. */
    private boolean inPayload;
    /** Number of bytes of the current line that were already searched for a line feed. */
    private int scanned;
    /** The start of the bytes of the last read, for the index in error logs. */
    private int batchStart;

    public Parser(ReadBuffer in, Dialect dialect) {
        this.in = in;
        this.dialect = dialect;
        this.messageWord = dialect.messageWord;
    }

    /**
     * Sets the limits for the arguments of a line and for a payload, in bytes; a negative value means no limit. They
     * apply from the next line on.
     */
    public void limits(int controlLine, int payload) {
        maxControlLine = controlLine < 0 ? Integer.MAX_VALUE : controlLine;
        maxPayload = payload < 0 ? LARGEST_PAYLOAD : Math.min(payload, LARGEST_PAYLOAD);
    }

    /** Sets whether commands other than CONNECT are refused, because a login is pending. */
    public void connectOnly(boolean only) {
        connectOnly = only;
    }

    /** Returns the message of the last {@link Op#PUB}, {@link Op#MSG} or {@link Op#PUB_LINE}. */
    public Message message() {
        return message;
    }

    /** Returns the arguments of the last command that is not a message, PING or PONG. */
    public Arguments arguments() {
        return arguments;
    }

    /** Reads the next batch; returns false at the end of the stream. */
    public boolean fill() throws IOException {
        byte[] array = in.bytes();
        int before = in.position();
        boolean hasRoom = in.makeRoom(inPayload ? message.end() - before : 0);
        batchStart = in.limit();
        if (inPayload)
            message.shift(in.bytes(), before);
        if (in.bytes() != array)
            forgetArray();
        return !hasRoom || in.readMore();
    }

    /** Returns the number of bytes of the last read. */
    public int batchSize() {
        return in.limit() - batchStart;
    }

    /** Returns the next command of the batch, or {@link Op#NEED_MORE}. */
    public Op next() throws ProtocolException {
        byte[] b = in.bytes();
        int p = in.position(), end = in.limit();
        if (inPayload)
            return payload(b, end);
        if (end - p > 8 && scanned == 0 && !connectOnly && b[p + 3] == ' '
                && ((b[p] << 16 | b[p + 1] << 8 | b[p + 2]) | 0x202020) == messageWord) {
            if (plainMessage(b, p + 4, end))
                return payload(b, end);
        } else if (end - p > 8 && !connectOnly && b[p] == 'H' && b[p + 4] == ' '
                && dialect.headerMessage.matches(b, p, end) == 4) {
            return line(dialect.headerMessage, b, p, p + 4, end);
        }
        return p == end ? Op.NEED_MORE : command(b, p, end);
    }

    /** Discards the rest of the batch, after an error. */
    public void discard() {
        inPayload = false;
        scanned = 0;
        in.consume(in.limit());
    }

    /** Releases the memory of the buffer, when nothing more is read. */
    public void release() {
        in.release();
        forgetArray();
    }

    /** The array that the last commands refer to is not used any more: it must not stay reachable while this waits. */
    private void forgetArray() {
        message.buffer = in.bytes();
        arguments.split(in.bytes(), 0, 0);
    }

    /** Returns the hash of a subject, which equals that of its string with one char per byte. */
    public static int hash(byte[] bytes, int start, int end) {
        int hash = 0;
        for (int i = start; i < end; i++)
            hash = 31 * hash + (bytes[i] & 0xff);
        return hash;
    }

    /**
     * Parses the common form, {@code subject [reply] size CR LF} with single spaces and complete, in one pass; on
     * routes a sid follows the subject. Other forms are left to {@link #messageLine}.
     */
    private boolean plainMessage(byte[] b, int start, int end) throws ProtocolException {
        int i = start, hash = 0;
        byte c = 0;
        while (i < end && (c = b[i]) > ' ') {
            hash = 31 * hash + c;
            i++;
        }
        if (c != ' ' || i == start)
            return false;
        int subjectEnd = i++, sid = i;
        if (dialect == Dialect.ROUTE) {
            while (i < end && (c = b[i]) > ' ')
                i++;
            if (c != ' ' || i++ == sid)
                return false;
        }
        int tail = i, digits = i, size = 0;
        for (; i < end && (c = b[i]) >= '0' && c <= '9'; i++)
            size = size * 10 + c - '0';
        if (c != '\r') {
            while (i < end && (c = b[i]) > ' ')
                i++;
            digits = i + 1;
            size = 0;
            if (c != ' ' || i == tail)
                return false;
            for (i++; i < end && (c = b[i]) >= '0' && c <= '9'; i++)
                size = size * 10 + c - '0';
        }
        if (c != '\r' || i == digits || i - digits > 9 || i + 1 >= end || b[i + 1] != '\n')
            return false;
        if (i - start > maxControlLine)
            throw controlLine();
        Message m = message;
        m.buffer = b;
        m.subjectStart = start;
        m.subjectLength = subjectEnd - start;
        m.subjectHash = hash;
        m.sidStart = sid;
        m.sidLength = tail == sid ? 0 : tail - 1 - sid;
        m.tailStart = tail;
        m.replyLength = digits == tail ? 0 : digits - 1 - tail;
        m.payloadStart = i + 2;
        m.headerLength = -1;
        announce(size);
        return true;
    }

    /**
     * Parses the line of a message in any valid form. If it does not have the form that a delivery needs, it is
     * rewritten in the buffer.
     */
    private Op messageLine(Keyword keyword, byte[] b, int lineEnd, int end) throws ProtocolException {
        Arguments a = arguments;
        String work = keyword.hasSid() ? "processMsgArgs" : keyword.hasHeaders() ? "processHeaderPub" : "processPub";
        int sids = keyword.hasSid() ? 1 : 0, sizes = keyword.hasHeaders() ? 2 : 1, replies = a.count() - 1 - sids - sizes;
        if (replies < 0 || replies > 1)
            throw badArguments(work + " Parse Error: '" + a.text() + "'");
        int last = a.count() - 1;
        long size = a.number(last), headers = sizes == 2 ? a.number(last - 1) : -1;
        boolean numbers = size >= 0 && (sizes == 1 || headers >= 0);
        if (numbers && Math.max(size, headers) > maxPayload)
            throw payloadTooLarge(Math.max(size, headers));
        if (!numbers || headers > size)
            throw badArguments(work + " Bad or Missing Size: '" + a.text() + "'");
        if (!a.isPlain(lineEnd))
            in.replace(lineEnd, a.layOut(lineEnd));
        Message m = message;
        m.buffer = b;
        m.subjectStart = a.start(0);
        m.subjectLength = a.length(0);
        m.subjectHash = hash(b, m.subjectStart, m.subjectStart + m.subjectLength);
        m.sidStart = a.start(sids);
        m.sidLength = sids == 1 ? a.length(1) : 0;
        m.tailStart = a.start(1 + sids);
        m.replyLength = replies == 1 ? a.length(1 + sids) : 0;
        m.payloadStart = lineEnd;
        m.headerLength = (int) headers;
        announce(size);
        return payload(b, end);
    }

    private void announce(long size) throws ProtocolException {
        if (size > maxPayload)
            throw payloadTooLarge(size);
        message.payloadLength = (int) size;
        in.consume(message.payloadStart);
        scanned = 0;
        inPayload = false;
    }

    /** Returns the message if its payload is complete. */
    private Op payload(byte[] b, int end) throws ProtocolException {
        int stop = message.end();
        if (stop > end) {
            // The line must stay in the buffer until the payload is complete.
            in.consume(message.subjectStart);
            boolean first = !inPayload;
            inPayload = true;
            return first ? Op.PUB_LINE : Op.NEED_MORE;
        }
        if (b[stop - 2] != '\r' || b[stop - 1] != '\n')
            throw unknownOperation(b, b[stop - 2] != '\r' ? stop - 2 : stop - 1, end, b[stop - 2] != '\r' ? 29 : 30);
        inPayload = false;
        in.consume(stop);
        return message.sidLength == 0 ? Op.PUB : Op.MSG;
    }

    private Op command(byte[] b, int start, int end) throws ProtocolException {
        if (connectOnly && (b[start] | 0x20) != 'c')
            throw new ProtocolException(Fault.AUTHORIZATION, "Authorization Error");
        Keyword keyword = null;
        int matched = 0;
        for (Keyword candidate : dialect.keywords) {
            int same = candidate.matches(b, start, end);
            if (keyword == null || same > matched) {
                keyword = candidate;
                matched = same;
            }
        }
        int i = start + matched;
        if (matched < keyword.length()) {
            if (i < end)
                throw unknownOperation(b, i, end, keyword.state(matched));
            return Op.NEED_MORE;
        }
        if (keyword.needsBlank()) {
            if (i == end)
                return Op.NEED_MORE;
            if (b[i] != ' ' && b[i] != '\t')
                throw unknownOperation(b, i, end, keyword.state(matched));
        }
        return line(keyword, b, start, i, end);
    }

    /** Reads the rest of a line whose keyword is complete. The line may be incomplete. */
    private Op line(Keyword keyword, byte[] b, int start, int keywordEnd, int end) throws ProtocolException {
        int argument = keywordEnd;
        while (argument < end && (b[argument] == ' ' || b[argument] == '\t'))
            argument++;
        int limit = keyword.isJson() ? Math.max(maxControlLine, connectOnly ? MAX_LOGIN_LINE : MAX_JSON_LINE)
                : maxControlLine;
        int feed = Math.max(argument, start + scanned);
        while (feed < end && b[feed] != '\n')
            feed++;
        // A carriage return at the end is not counted, even if the line feed has not arrived yet. Leading blanks are
        // not counted either, unless there are more of them than the limit.
        int length = feed - argument - (feed > argument && b[feed - 1] == '\r' ? 1 : 0);
        if (length > limit || argument - keywordEnd > limit)
            throw controlLine();
        if (feed == end) {
            scanned = end - start;
            return Op.NEED_MORE;
        }
        scanned = 0;
        int stop = feed > argument && b[feed - 1] == '\r' ? feed - 1 : feed;
        arguments.split(b, argument, stop);
        if (keyword.isMessage())
            return messageLine(keyword, b, feed + 1, end);
        in.consume(feed + 1);
        return keyword.op();
    }

    private static ProtocolException badArguments(String text) {
        return new ProtocolException(Fault.BAD_ARGUMENTS, text);
    }

    private ProtocolException payloadTooLarge(long size) {
        return new ProtocolException(Fault.PAYLOAD, "Maximum Payload Exceeded: " + size + " vs " + maxPayload);
    }

    private static ProtocolException controlLine() {
        return new ProtocolException(Fault.CONTROL_LINE, "Maximum Control Line Exceeded");
    }

    private ProtocolException unknownOperation(byte[] b, int at, int end, int state) {
        // The text after a brace may be the login of a misspelled CONNECT.
        int stop = at;
        while (stop < Math.min(at + SNIPPET, end) && b[stop] != '{')
            stop++;
        return new ProtocolException(Fault.UNKNOWN_OPERATION, dialect.title() + " Parser ERROR, state=" + state
                + ", i=" + Math.max(at - batchStart, 0) + ": proto='" + Quoted.of(b, at, stop) + "...'");
    }
}
