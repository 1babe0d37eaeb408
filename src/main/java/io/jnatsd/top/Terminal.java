package io.jnatsd.top;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The terminal while the display is active: it returns keys without waiting for a line end, and the screen is redrawn
 * in place. The settings are restored when it is closed and when the program ends, except by SIGKILL. Threads: one;
 * another thread reads the keys.
 */
final class Terminal implements AutoCloseable {
    private static final File DEVICE = new File("/dev/tty");
    private static final String ENTER = "\033[?1049h\033[?25l", LEAVE = "\033[?25h\033[?1049l";
    private static final String HOME = "\033[H", CLEAR_LINE = "\033[K", CLEAR_BELOW = "\033[J";
    private static final int ESCAPE = 27;
    /** How long the rest of an arrow key's sequence may take. */
    private static final int KEY_MILLIS = 50;

    private final PrintWriter out;
    private final InputStream in;
    private final String saved;
    private final BlockingQueue<Integer> keys = new LinkedBlockingQueue<>();
    private final AtomicBoolean restored = new AtomicBoolean();

    /** Rows and columns. */
    record Size(int rows, int columns) {
    }

    private Terminal(PrintWriter out, InputStream in, String saved) {
        this.out = out;
        this.in = in;
        this.saved = saved;
    }

    static Terminal open(PrintWriter out, InputStream in) throws IOException {
        Terminal terminal = new Terminal(out, in, stty("-g"));
        Runtime.getRuntime().addShutdownHook(new Thread(terminal::close));
        stty("-icanon", "-echo", "min", "1");
        out.print(ENTER);
        out.flush();
        Thread.ofPlatform().daemon().name("keys").start(terminal::readKeys);
        return terminal;
    }

    private static String stty(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("stty"));
        command.addAll(List.of(arguments));
        Process stty = new ProcessBuilder(command).redirectInput(DEVICE).redirectErrorStream(true).start();
        String answer = new String(stty.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        try {
            if (stty.waitFor() != 0)
                throw new TopFailure("this is no terminal that stty knows: " + answer);
        } catch (InterruptedException e) {
            throw new TopFailure("interrupted", e);
        }
        return answer;
    }

    private void readKeys() {
        try {
            for (int key; (key = in.read()) >= 0;)
                keys.add(key);
        } catch (IOException e) {
            // Handled like the end of the input:
        }
        // The terminal is closed, so no key can be pressed.
        keys.add((int) 'q');
    }

    /** Returns the current size; the terminal may have been resized. */
    Size size() throws IOException {
        String[] words = stty("size").split(" ");
        try {
            int rows = Integer.parseInt(words[0]), columns = Integer.parseInt(words[words.length - 1]);
            return rows > 0 && columns > 0 ? new Size(rows, columns) : new Size(24, 80);
        } catch (NumberFormatException e) {
            return new Size(24, 80);
        }
    }

    /** Returns a key: its character, {@code <} and {@code >} for the arrow keys; 0 if none is pressed in time. */
    char key(long millis) throws InterruptedException {
        Integer key = keys.poll(millis, TimeUnit.MILLISECONDS);
        if (key == null)
            return 0;
        if (key != ESCAPE)
            return (char) (int) key;
        Integer bracket = keys.poll(KEY_MILLIS, TimeUnit.MILLISECONDS);
        Integer arrow = bracket == null ? null : keys.poll(KEY_MILLIS, TimeUnit.MILLISECONDS);
        return arrow == null ? 0 : arrow == 'D' ? '<' : arrow == 'C' ? '>' : 0;
    }

    void draw(List<String> lines, int rows) {
        StringBuilder frame = new StringBuilder(HOME);
        for (int i = 0; i < Math.min(lines.size(), rows); i++)
            frame.append(i == 0 ? "" : "\r\n").append(lines.get(i)).append(CLEAR_LINE);
        out.print(frame.append(CLEAR_BELOW));
        out.flush();
    }

    @Override
    public void close() {
        if (!restored.compareAndSet(false, true))
            return;
        out.print(LEAVE);
        out.flush();
        try {
            stty(saved);
        } catch (IOException e) {
            out.println("nats-top: the terminal could not be restored: " + e.getMessage());
        }
    }
}
