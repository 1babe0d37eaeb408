package io.jnatsd.campaign;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a server answers to some bytes of a client, without what differs between servers and runs: INFO, PING, and the
 * order in which one message comes to several subscriptions.
 *
 * @param reset the connection was reset, so that the end may be missing
 */
record Transcript(List<String> items, boolean reset) {
    private static final String END = "(end)";
    private static final Pattern DELIVERY = Pattern.compile("H?MSG .*?(\\d+)");

    /** Writes the bytes of an input, at once or in pieces. */
    interface Sending {
        void write(byte[] input, OutputStream out) throws IOException;
    }

    /** Sends the bytes, ends the output, and reads to the end. */
    static Transcript of(int port, byte[] input, Sending sending) throws IOException {
        StringBuilder answer = new StringBuilder();
        boolean reset = false;
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(10_000);
            for (int b; (b = socket.getInputStream().read()) != '\n';)
                if (b < 0)
                    throw new IOException("no INFO");
            byte[] buffer = new byte[16 * 1024];
            try {
                sending.write(input, socket.getOutputStream());
                socket.shutdownOutput();
            } catch (IOException e) {
                reset = true;
            }
            try {
                for (int got; (got = socket.getInputStream().read(buffer)) >= 0;)
                    answer.append(new String(buffer, 0, got, ISO_8859_1));
            } catch (IOException e) {
                reset = true;
            }
        }
        return new Transcript(normal(items(answer.toString())), reset);
    }

    private static List<String> items(String answer) {
        List<String> items = new ArrayList<>();
        for (int at = 0; at < answer.length();) {
            int end = answer.indexOf("\r\n", at);
            if (end < 0) {
                items.add(answer.substring(at));
                break;
            }
            String line = answer.substring(at, end);
            at = end + 2;
            Matcher delivery = DELIVERY.matcher(line);
            if (delivery.matches()) {
                int stop = Math.min(answer.length(), at + Integer.parseInt(delivery.group(1)) + 2);
                line = line.replaceAll("[ \t]+", " ") + ": " + answer.substring(at, stop);
                at = stop;
            }
            if (!line.startsWith("INFO ") && !line.equals("PING"))
                items.add(line);
        }
        return items;
    }

    /** Sorts the deliveries of one message, which are those with the same text behind the sid. */
    private static List<String> normal(List<String> items) {
        for (int i = 0; i < items.size();) {
            int end = i + 1;
            while (end < items.size() && isDelivery(items.get(i)) && isDelivery(items.get(end))
                    && payload(items.get(i)).equals(payload(items.get(end))))
                end++;
            items.subList(i, end).sort(null);
            i = end;
        }
        return items;
    }

    private static boolean isDelivery(String item) {
        return item.startsWith("MSG ") || item.startsWith("HMSG ");
    }

    private static String payload(String item) {
        return item.substring(item.indexOf(": "));
    }

    /**
     * Returns the differences between the answers to an input: those with a reason, and at the end the first one without
     * a reason. An end that may be missing is no difference.
     */
    static List<Difference> compare(String input, Transcript theirs, Transcript ours) {
        return compare(input, theirs, 0, ours, 0);
    }

    /**
     * Compares the rest of the answers. If several reasons allow a difference, one is chosen with which the rest has
     * reasons, too.
     */
    private static List<Difference> compare(String input, Transcript theirs, int i, Transcript ours, int j) {
        while (i < theirs.items.size() || j < ours.items.size()) {
            if (i >= theirs.items.size() && theirs.reset || j >= ours.items.size() && ours.reset)
                return List.of();
            String one = i < theirs.items.size() ? theirs.items.get(i++) : END;
            String other = j < ours.items.size() ? ours.items.get(j++) : END;
            if (one.equals(other))
                continue;
            Difference difference = new Difference(one, other, null);
            List<Difference> first = null;
            for (ExplainedDifference reason : ExplainedDifference.allOf(input, difference)) {
                List<Difference> found = new ArrayList<>(List.of(new Difference(one, other, reason)));
                if (!reason.isLast())
                    found.addAll(compare(input, theirs, reason.isOursAlone() && !one.equals(END) ? i - 1 : i, ours,
                            reason.isTheirsAlone() && !other.equals(END) ? j - 1 : j));
                if (found.stream().allMatch(each -> each.reason() != null))
                    return found;
                if (first == null)
                    first = found;
            }
            return first == null ? List.of(difference) : first;
        }
        return List.of();
    }

    /** @param reason null if it has none */
    record Difference(String theirs, String ours, ExplainedDifference reason) {
        @Override
        public String toString() {
            return "theirs: " + theirs + ", ours: " + ours;
        }
    }
}
