package io.jnatsd.monitor;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses the text format of Prometheus, and rejects everything that its documentation does not allow. */
final class PrometheusParser {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*");
    private static final Pattern COMMENT = Pattern.compile("# (HELP|TYPE) (\\S+) (.*)");
    private static final Pattern SAMPLE = Pattern.compile("(\\w+)\\{(.*)\\} (\\S+)");
    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\\\n]|\\\\[\\\\\"n])*)\"(,|$)");

    /** One line. */
    record Sample(String name, Map<String, String> labels, double value) {
    }

    private final Map<String, String> types = new HashMap<>();
    private final Map<String, Sample> samples = new LinkedHashMap<>();
    private final Set<String> finished = new HashSet<>();
    private String current = "";

    private PrometheusParser() {
    }

    static PrometheusParser parse(String text) {
        PrometheusParser parser = new PrometheusParser();
        if (!text.endsWith("\n"))
            throw new AssertionError("no line feed at the end");
        for (String line : text.split("\n"))
            parser.line(line);
        return parser;
    }

    private void line(String line) {
        Matcher comment = COMMENT.matcher(line), sample = SAMPLE.matcher(line);
        if (comment.matches())
            comment(comment.group(1), comment.group(2), comment.group(3));
        else if (sample.matches())
            sample(sample.group(1), sample.group(2), Double.parseDouble(sample.group(3)));
        else
            throw new AssertionError("neither comment nor sample: " + line);
    }

    private void comment(String kind, String name, String text) {
        begin(name);
        if (text.isBlank())
            throw new AssertionError(kind + " of " + name + " is empty");
        if (kind.equals("TYPE") && (!List.of("gauge", "counter").contains(text) || types.put(name, text) != null))
            throw new AssertionError("type of " + name + ": " + text);
    }

    /** Checks that all lines about one metric are together. */
    private void begin(String name) {
        if (!NAME.matcher(name).matches())
            throw new AssertionError("no name for a metric: " + name);
        if (name.equals(current))
            return;
        finished.add(current);
        if (finished.contains(name))
            throw new AssertionError(name + " again");
        current = name;
    }

    private void sample(String name, String text, double value) {
        if (!name.equals(current) || !types.containsKey(name))
            throw new AssertionError(name + " without type");
        if (types.get(name).equals("counter") && value < 0)
            throw new AssertionError(name + " is " + value);
        Map<String, String> labels = new TreeMap<>();
        Matcher label = LABEL.matcher(text);
        int at = 0;
        for (; label.find() && label.start() == at; at = label.end())
            if (labels.put(label.group(1), unescaped(label.group(2))) != null)
                throw new AssertionError(label.group(1) + " twice in " + text);
        if (at != text.length())
            throw new AssertionError("labels of " + name + ": " + text);
        if (samples.put(name + labels, new Sample(name, labels, value)) != null)
            throw new AssertionError(name + labels + " twice");
    }

    private static String unescaped(String text) {
        return text.replace("\\n", "\n").replace("\\\"", "\"").replace("\\\\", "\\");
    }

    Set<String> names() {
        return types.keySet();
    }

    String type(String name) {
        return types.get(name);
    }

    List<Sample> all(String name) {
        return samples.values().stream().filter(s -> s.name.equals(name)).toList();
    }

    /** Returns the value of the one sample with exactly these labels and the server's. */
    double value(String name, String... labels) {
        List<Sample> found = all(name).stream().filter(s -> has(s, labels)).toList();
        if (found.size() != 1)
            throw new AssertionError(name + " " + List.of(labels) + ": " + found);
        return found.get(0).value;
    }

    private static boolean has(Sample sample, String... labels) {
        for (int i = 0; i < labels.length; i += 2)
            if (!labels[i + 1].equals(sample.labels.get(labels[i])))
                return false;
        return true;
    }
}
