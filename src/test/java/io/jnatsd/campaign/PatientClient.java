package io.jnatsd.campaign;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;

/** A client, logged in as admin, that answers PING and waits long for an answer. Threads: one at a time. */
final class PatientClient implements AutoCloseable {
    static final int PATIENCE_MILLIS = 60_000;

    private final Socket socket;
    private final BufferedReader in;

    PatientClient(int port) throws IOException {
        socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
        in = new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
        send(Target.connect("admin", "a"));
    }

    PatientClient send(CharSequence text) throws IOException {
        socket.getOutputStream().write(text.toString().getBytes(ISO_8859_1));
        return this;
    }

    /** Returns the next line that is neither PING nor INFO. */
    String readLine() throws IOException {
        while (true) {
            String line = in.readLine();
            if (line == null)
                throw new IOException("the server has closed the connection");
            if (line.equals("PING"))
                send("PONG\r\n");
            else if (!line.startsWith("INFO "))
                return line;
        }
    }

    PatientClient expect(String line) throws IOException {
        assertEquals(line, readLine());
        return this;
    }

    PatientClient roundTrip() throws IOException {
        return send("PING\r\n").expect("PONG");
    }

    /** Returns how many other lines come before the answer to a PING. */
    int linesUntilPong() throws IOException {
        send("PING\r\n");
        int lines = 0;
        while (!readLine().equals("PONG"))
            lines++;
        return lines;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
