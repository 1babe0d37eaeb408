package io.jnatsd.check;

import io.jnatsd.text.Quoted;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * {@code --check}: a comparison of what the servers of a mesh say of each other: whether each has a route to each other
 * one, whether their names are different, and their clocks and versions the same. Threads: one.
 */
public final class MeshCheck {
    /** Clocks may differ by this, beside the time that it takes to read them. */
    private static final Duration MOST_SKEW = Duration.ofSeconds(1);

    /** The servers by their ids, in the order of the URLs. */
    private final Map<String, CheckedServer> servers = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();
    /** What need not be wrong. */
    private final List<String> notes = new ArrayList<>();

    private MeshCheck() {
    }

    /**
     * Asks the servers.
     *
     * @param urls of monitoring ports: {@code host:port}, or URLs, which may contain a login
     */
    public static MeshCheck of(List<String> urls) {
        MeshCheck check = new MeshCheck();
        if (urls.isEmpty())
            check.problems.add("no server is named");
        for (String url : urls)
            check.ask(url);
        check.compare();
        return check;
    }

    private void ask(String url) {
        String shown = Quoted.of(url.substring(url.lastIndexOf('@') + 1));
        try {
            CheckedServer server = CheckedServer.ask(new MonitoringPages(url));
            CheckedServer before = servers.putIfAbsent(server.id(), server);
            if (before != null)
                notes.add(shown + " is the server " + before.name() + " once more");
        } catch (IOException e) {
            problems.add(shown + ": " + e.getMessage());
        }
    }

    private void compare() {
        List<CheckedServer> all = List.copyOf(servers.values());
        for (int i = 0; i < all.size(); i++)
            for (CheckedServer other : all.subList(i + 1, all.size()))
                compareRoutes(all.get(i), other);
        grouped(CheckedServer::name).forEach((name, same) -> {
            if (same.size() > 1)
                problems.add("the name " + name + " belongs to " + same.size() + " servers: "
                        + same.stream().map(CheckedServer::id).collect(Collectors.joining(", ")));
        });
        if (!all.isEmpty())
            compareClocks(all);
        for (CheckedServer server : all)
            if (!server.unwell().isEmpty())
                problems.add(server.name() + " is not healthy: " + server.unwell());
        differing("versions", CheckedServer::version);
        differing("cluster names", CheckedServer::cluster);
        strangers();
    }

    private void compareRoutes(CheckedServer a, CheckedServer b) {
        boolean there = a.sees().containsKey(b.id()), back = b.sees().containsKey(a.id());
        if (!there && !back)
            problems.add(a.name() + " and " + b.name() + " have no route to each other");
        else if (!there || !back)
            problems.add((there ? b : a).name() + " has no route to " + (there ? a : b).name()
                    + ", which has one to it");
    }

    private void compareClocks(List<CheckedServer> all) {
        Comparator<CheckedServer> bySkew = Comparator.comparing(CheckedServer::skew);
        CheckedServer first = all.stream().max(bySkew).orElseThrow(), last = all.stream().min(bySkew).orElseThrow();
        Duration difference = first.skew().minus(last.skew());
        if (difference.compareTo(MOST_SKEW.plus(first.roundTrip()).plus(last.roundTrip())) > 0)
            problems.add("the clock of " + first.name() + " is ahead of that of " + last.name() + " by "
                    + seconds("%.1f", difference));
    }

    private Map<String, List<CheckedServer>> grouped(Function<CheckedServer, String> by) {
        return servers.values().stream().collect(Collectors.groupingBy(by, TreeMap::new, Collectors.toList()));
    }

    private void differing(String what, Function<CheckedServer, String> by) {
        Map<String, List<CheckedServer>> groups = grouped(by);
        if (groups.size() > 1)
            notes.add(what + " differ: " + groups.entrySet().stream()
                    .map(group -> (group.getKey().isEmpty() ? "none" : group.getKey()) + " ("
                            + names(group.getValue()) + ")")
                    .collect(Collectors.joining(", ")));
    }

    private static String names(List<CheckedServer> of) {
        return of.stream().map(CheckedServer::name).collect(Collectors.joining(", "));
    }

    /** Notes the servers that others see and that were not asked. */
    private void strangers() {
        Map<String, String> seen = new TreeMap<>();
        for (CheckedServer server : servers.values())
            seen.putAll(server.sees());
        seen.forEach((id, address) -> {
            if (!servers.containsKey(id))
                notes.add("there is another server at " + address + ", which was not asked: " + Quoted.of(id));
        });
    }

    private static String seconds(String format, Duration duration) {
        return String.format(Locale.ROOT, format, duration.toMillis() / 1000.0) + "s";
    }

    /** Returns whether there is no problem. */
    public boolean isWell() {
        return problems.isEmpty();
    }

    /** Returns a table of the servers, and below it notes and problems. */
    public List<String> lines() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("server", "version", "cluster", "clients", "clock", "routes to"));
        for (CheckedServer server : servers.values())
            rows.add(List.of(server.name(), server.version(), server.cluster(), String.valueOf(server.clients()),
                    seconds("%+.3f", server.skew()), server.sees().keySet().stream().map(this::nameOf)
                            .collect(Collectors.joining(", "))));
        List<String> lines = new ArrayList<>(servers.isEmpty() ? List.of() : aligned(rows));
        notes.forEach(note -> lines.add("note: " + note));
        problems.forEach(problem -> lines.add("problem: " + problem));
        if (isWell())
            lines.add(servers.size() == 1 ? "one server, and no problem" : servers.size() + " servers, and no problem");
        return lines;
    }

    private String nameOf(String id) {
        CheckedServer known = servers.get(id);
        return known == null ? Quoted.of(id) : known.name();
    }

    private static List<String> aligned(List<List<String>> rows) {
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                int of = column, width = rows.stream().mapToInt(other -> other.get(of).length()).max().orElse(0);
                line.append(row.get(column)).append(" ".repeat(width - row.get(column).length() + 2));
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }
}
