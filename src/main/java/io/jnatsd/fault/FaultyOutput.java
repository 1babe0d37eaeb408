package io.jnatsd.fault;

import java.io.IOException;
import java.io.OutputStream;

/** Holds what is written while the faults of the client say so. Threads: the writer of the connection. */
final class FaultyOutput extends OutputStream {
    private final OutputStream out;
    private final FaultyClient client;

    FaultyOutput(OutputStream out, FaultyClient client) {
        this.out = out;
        this.client = client;
    }

    @Override
    public void write(int b) throws IOException {
        client.awaitWriting();
        out.write(b);
    }

    @Override
    public void write(byte[] bytes, int start, int length) throws IOException {
        client.awaitWriting();
        out.write(bytes, start, length);
    }

    @Override
    public void flush() throws IOException {
        client.awaitWriting();
        out.flush();
    }
}
