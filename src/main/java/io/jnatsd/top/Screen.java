package io.jnatsd.top;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Formats the lines of the display. Threads: immutable.
 *
 * @param rows the most connections to show
 * @param width columns of the terminal, 0 for unlimited
 * @param rates whether to show the rates of the counters instead of their values
 * @param colours whether the terminal can emphasise
 */
record Screen(int rows, int width, SortKey sort, boolean subs, boolean rates, boolean colours) {
    private static final String BOLD = "\033[1m", REVERSED = "\033[7m", PLAIN = "\033[0m";
    private static final int LONGEST_CELL = 32;
    /** The width of the subscriptions on a narrow terminal. */
    private static final int SUBJECTS_ROOM = 22;

    /** @param before an earlier snapshot, for rates; null for none */
    List<String> lines(Snapshot now, Snapshot before) {
        List<String> lines = new ArrayList<>(header(now, before));
        List<JsonObject> connections = now.connections();
        lines.add("");
        lines.add("Connections: " + (long) Snapshot.number(now.connz(), "total") + ", of which "
                + Math.min(rows, connections.size()) + " shown, by " + sort.word());
        if (connections.size() > rows)
            connections = connections.subList(0, rows);
        lines.addAll(table(connections, now, before));
        return lines.stream().map(this::cut).toList();
    }

    private List<String> header(Snapshot now, Snapshot before) {
        JsonObject v = now.varz();
        String name = Snapshot.text(v, "server_name"), id = Snapshot.text(v, "server_id");
        return List.of(
                strong("NATS server version " + Snapshot.text(v, "version") + " (uptime: " + Snapshot.text(v, "uptime")
                        + ") " + (name.isEmpty() ? id : name)),
                "Server:",
                String.format(Locale.ROOT, "  Load: CPU: %.1f%%  Memory: %s  Slow Consumers: %s",
                        Snapshot.number(v, "cpu"), Amounts.bytes(Snapshot.number(v, "mem")),
                        Amounts.count(Snapshot.number(v, "slow_consumers"))),
                flow("  In:   ", "in", now, before), flow("  Out:  ", "out", now, before));
    }

    private static String flow(String title, String way, Snapshot now, Snapshot before) {
        return title + "Msgs: " + Amounts.count(Snapshot.number(now.varz(), way + "_msgs")) + "  Bytes: "
                + Amounts.bytes(Snapshot.number(now.varz(), way + "_bytes")) + "  Msgs/Sec: "
                + Amounts.count(tenths(now.rate(before, way + "_msgs"))) + "  Bytes/Sec: "
                + Amounts.bytes(now.rate(before, way + "_bytes"));
    }

    private static double tenths(double n) {
        return Double.isNaN(n) ? n : Math.round(n * 10) / 10.0;
    }

    private List<String> table(List<JsonObject> connections, Snapshot now, Snapshot before) {
        Map<Column, List<String>> cells = new EnumMap<>(Column.class);
        for (Column column : Column.values())
            cells.put(column, cells(column, connections, now, before));
        Map<Column, Integer> widths = new EnumMap<>(Column.class);
        cells.forEach((column, texts) -> widths.put(column, Math.max(column.title.length(),
                texts.stream().mapToInt(String::length).max().orElse(0))));
        Set<Column> shown = fitting(widths);
        List<String> lines = new ArrayList<>();
        lines.add(titles(shown, widths));
        for (int row = 0; row < connections.size(); row++) {
            StringBuilder line = new StringBuilder(" ");
            for (Column column : shown)
                line.append(' ').append(padded(cells.get(column).get(row), widths.get(column), column.right));
            if (subs)
                line.append("  ").append(subjects(connections.get(row)));
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }

    private List<String> cells(Column column, List<JsonObject> connections, Snapshot now, Snapshot before) {
        Map<String, Double> growth = rates && column.counter() != null
                ? now.connectionRates(before, column.counter()) : new HashMap<>();
        return connections.stream().map(c -> growth.isEmpty() ? column.text(c)
                : column.rate(growth.get(Snapshot.text(c, "cid")))).map(Screen::cell).toList();
    }

    private static String cell(String text) {
        return text.length() <= LONGEST_CELL ? text : text.substring(0, LONGEST_CELL - 3) + "...";
    }

    private Set<Column> fitting(Map<Column, Integer> widths) {
        Set<Column> shown = EnumSet.allOf(Column.class);
        int needed = 1 + widths.values().stream().mapToInt(w -> w + 1).sum() + (subs ? SUBJECTS_ROOM : 0);
        List<Column> dispensable = new ArrayList<>(shown);
        dispensable.sort(Comparator.comparingInt((Column c) -> c.rank).reversed());
        for (Column column : dispensable) {
            if (width == 0 || needed <= width)
                break;
            if (column.sort != sort) {
                shown.remove(column);
                needed -= widths.get(column) + 1;
            }
        }
        return shown;
    }

    private String titles(Set<Column> shown, Map<Column, Integer> widths) {
        StringBuilder line = new StringBuilder(" ");
        for (Column column : shown) {
            String title = padded(column.title, widths.get(column), column.right);
            line.append(' ').append(column.sort == sort && colours ? REVERSED + title + PLAIN : title);
        }
        return subs ? line + "  SUBSCRIPTIONS" : line.toString().stripTrailing();
    }

    private static String padded(String text, int width, boolean right) {
        String blanks = " ".repeat(width - text.length());
        return right ? blanks + text : text + blanks;
    }

    private static String subjects(JsonObject connection) {
        JsonElement list = connection.get("subscriptions_list");
        if (list == null || !list.isJsonArray())
            return "";
        List<String> subjects = new ArrayList<>();
        list.getAsJsonArray().forEach(subject -> subjects.add(Snapshot.clean(subject.getAsString())));
        return String.join(", ", subjects);
    }

    private String strong(String text) {
        return colours ? BOLD + text + PLAIN : text;
    }

    /** Cuts a line to the width of the terminal. Escape sequences have no width. */
    private String cut(String line) {
        if (width == 0)
            return line;
        StringBuilder out = new StringBuilder();
        int room = width;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '\033') {
                int end = line.indexOf('m', i);
                out.append(line, i, end + 1);
                i = end;
            } else if (room-- > 0) {
                out.append(c);
            }
        }
        return out.toString();
    }
}
