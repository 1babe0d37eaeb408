package io.jnatsd.core;

import io.jnatsd.core.OwnClient.Request;
import io.jnatsd.protocol.Dialect;
import io.jnatsd.protocol.Message;
import io.jnatsd.protocol.Op;
import io.jnatsd.protocol.Parser;
import io.jnatsd.protocol.ProtocolException;
import io.jnatsd.protocol.ReadBuffer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;

/**
 * The wire of the {@link OwnClient}: no wire at all. What is written to it are messages, which wait to be answered;
 * what is read from it are the answers, as a client would publish them. Nobody who writes ever waits: requests that
 * come while too many wait already are dropped.
 *
 * <p>Threads: one writes at a time, the client's reader reads, and makes each answer on its way; anybody closes.
 */
final class Loopback extends Socket {
    private static final int MOST_WAITING = 1024;
    private static final Request END = new Request("", "", new byte[0]);

    private final Function<Request, byte[]> answers;
    private final BlockingQueue<Request> waiting = new LinkedBlockingQueue<>(MOST_WAITING);
    private final ReadBuffer written = new ReadBuffer(InputStream.nullInputStream());
    private final Parser parser = new Parser(written, Dialect.ROUTE);
    private volatile boolean closed;
    /** The answer that is being read. */
    private ByteArrayInputStream answer = new ByteArrayInputStream(new byte[0]);

    /** @param answers what to publish upon a request, a whole PUB; empty for nothing */
    Loopback(Function<Request, byte[]> answers) {
        this.answers = answers;
        parser.limits(-1, -1);
    }

    @Override
    public OutputStream getOutputStream() {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int start, int length) throws IOException {
                take(new ByteArrayInputStream(bytes, start, length));
            }
        };
    }

    private void take(InputStream bytes) throws IOException {
        written.readFrom(bytes);
        try {
            while (parser.fill())
                for (Op op; (op = parser.next()) != Op.NEED_MORE;)
                    if (op == Op.MSG)
                        waiting.offer(request(parser.message()));
        } catch (ProtocolException e) {
            throw new IOException(e);
        }
    }

    private static Request request(Message m) {
        byte[] body = new byte[m.payloadLength()];
        System.arraycopy(m.buffer(), m.payloadStart(), body, 0, body.length);
        return new Request(m.subjectText(), m.replyText(), body);
    }

    @Override
    public InputStream getInputStream() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] to, int start, int length) throws IOException {
                return give(to, start, length);
            }
        };
    }

    private int give(byte[] to, int start, int length) throws IOException {
        try {
            while (answer.available() == 0) {
                Request next = closed ? END : waiting.take();
                if (closed || next == END)
                    return -1;
                answer = new ByteArrayInputStream(answers.apply(next));
            }
        } catch (InterruptedException e) {
            throw new InterruptedIOException();
        }
        return answer.read(to, start, length);
    }

    @Override
    public void shutdownOutput() {
        close();
    }

    @Override
    public void close() {
        closed = true;
        // If there is no room for it, the reader has something to take, and then sees.
        waiting.offer(END);
    }
}
