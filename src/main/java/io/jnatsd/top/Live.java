package io.jnatsd.top;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The display that refreshes periodically and reads keys. Threads: one. */
final class Live {
    private static final String HINT = "q quit  < > sort  r rates  s subscriptions  + - delay  space now";
    private static final int MOST_DELAY = 60_000, LEAST_DELAY = 250;
    /** The number of lines that do not show connections. */
    private static final int OTHER_LINES = 9;
    /** The longest time until a resized terminal is redrawn, independent of the delay. */
    private static final long REDRAW_MILLIS = 1000;

    private final MonitoringPort port;
    private final Terminal terminal;
    private final int most;
    private SortKey sort;
    private boolean subs;
    private boolean rates;
    private long delay;
    private Snapshot before;
    private Snapshot now;
    private String problem = "";

    /** @param most the most connections to show, even if the terminal has more lines */
    Live(MonitoringPort port, Terminal terminal, int most) {
        this.port = port;
        this.terminal = terminal;
        this.most = most;
    }

    void run(SortKey first, boolean withSubs, boolean withRates, long delayMillis)
            throws IOException, InterruptedException {
        sort = first;
        subs = withSubs;
        rates = withRates;
        delay = Math.clamp(delayMillis, LEAST_DELAY, MOST_DELAY);
        char key;
        do {
            refresh();
            draw();
            key = keys(System.nanoTime());
        } while (key != 'q');
    }

    /** Handles keys until it is time to refresh, or a key requests it. */
    private char keys(long begin) throws IOException, InterruptedException {
        while (true) {
            long left = delay - (System.nanoTime() - begin) / 1_000_000;
            if (left <= 0)
                return 0;
            char key = terminal.key(Math.min(left, REDRAW_MILLIS));
            if (pressed(key) || left > REDRAW_MILLIS)
                draw();
            if ("q <>s".indexOf(key) >= 0)
                return key;
        }
    }

    private void refresh() throws InterruptedException {
        try {
            Snapshot next = port.read(sort.word(), most, subs);
            before = now;
            now = next;
            problem = "";
        } catch (IOException e) {
            problem = String.valueOf(e.getMessage());
        }
    }

    /** Returns whether the key changes what is shown. */
    private boolean pressed(char key) {
        switch (key) {
            case '<' -> sort = sort.next(-1);
            case '>' -> sort = sort.next(1);
            case 'r' -> rates = !rates;
            case 's' -> subs = !subs;
            case '+' -> delay = Math.min(delay * 2, MOST_DELAY);
            case '-' -> delay = Math.max(delay / 2, LEAST_DELAY);
            default -> {
                return false;
            }
        }
        return true;
    }

    private void draw() throws IOException {
        Terminal.Size size = terminal.size();
        List<String> lines = new ArrayList<>();
        if (now != null)
            lines.addAll(new Screen(Math.min(most, Math.max(1, size.rows() - OTHER_LINES)), size.columns(), sort, subs,
                    rates, true).lines(now, before));
        while (lines.size() < size.rows() - 1)
            lines.add("");
        lines = new ArrayList<>(lines.subList(0, Math.max(0, size.rows() - 1)));
        String last = problem.isEmpty() ? HINT + "  every " + delay / 1000.0 + " s" : "No data: " + problem;
        lines.add(last.length() > size.columns() ? last.substring(0, size.columns()) : last);
        terminal.draw(lines, size.rows());
    }
}
