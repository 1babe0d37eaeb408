package io.jnatsd.client;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * A socket without a network. Its input is a script: texts that arrive one per read, and actions that run on the
 * reader's thread between them. After the last step the input ends. What is written to it is kept.
 */
final class ScriptedSocket extends Socket {
    private final Queue<Object> steps = new ArrayDeque<>();
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private InputStream current = InputStream.nullInputStream();

    /** Something that a test does while the client is connected. */
    interface Action {
        void run() throws Exception;
    }

    ScriptedSocket say(String text) {
        steps.add(text);
        return this;
    }

    ScriptedSocket then(Action action) {
        steps.add(action);
        return this;
    }

    /** Returns what was written, without the INFO at the beginning. */
    String answers() {
        String all = written.toString(StandardCharsets.UTF_8);
        return all.substring(all.indexOf("\r\n") + 2);
    }

    @Override
    public InputStream getInputStream() {
        return new InputStream() {
            @Override
            public int read(byte[] into, int start, int length) throws IOException {
                int got;
                while ((got = current.read(into, start, length)) <= 0 && !steps.isEmpty())
                    step(steps.remove());
                return got;
            }

            @Override
            public int read() {
                throw new AssertionError("one byte at a time");
            }
        };
    }

    private void step(Object step) throws IOException {
        if (step instanceof String text) {
            current = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
            return;
        }
        try {
            ((Action) step).run();
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    @Override
    public OutputStream getOutputStream() {
        return written;
    }

    @Override
    public void shutdownOutput() {
    }
}
