package io.jnatsd.campaign;

import java.util.ArrayList;
import java.util.List;

/** One line of a script for clients and servers. The text form of each step can be parsed again. */
sealed interface Step {
    /** A client connects to a server. If it is connected, it leaves first. */
    record Connect(int client, int server, boolean bound, boolean echo, boolean verbose, boolean headers)
            implements Step {
        @Override
        public String toString() {
            return "CONNECT " + client + " " + server + (bound ? " bound" : "") + (echo ? "" : " noecho")
                    + (verbose ? " verbose" : "") + (headers ? " headers" : "");
        }
    }

    /** @param queue the queue group, empty for a plain subscription */
    record Subscribe(int client, String sid, String subject, String queue) implements Step {
        @Override
        public String toString() {
            return ("SUB " + client + " " + sid + " " + subject + " " + queue).strip();
        }
    }

    /** @param max number of messages after which the subscription ends, 0 for now */
    record Unsubscribe(int client, String sid, int max) implements Step {
        @Override
        public String toString() {
            return "UNSUB " + client + " " + sid + " " + max;
        }
    }

    /** @param size number of payload bytes in addition to the identity of the message */
    record Publish(int client, String subject, boolean headers, int size) implements Step {
        @Override
        public String toString() {
            return "PUB " + client + " " + subject + " " + size + (headers ? " headers" : "");
        }
    }

    /** A message with a reply subject; each subscriber that gets it responds. */
    record Request(int client, String subject) implements Step {
        @Override
        public String toString() {
            return "REQUEST " + client + " " + subject;
        }
    }

    /** A client ends all subscriptions, waits for a PONG, and leaves. */
    record Drain(int client) implements Step {
        @Override
        public String toString() {
            return "DRAIN " + client;
        }
    }

    /** A client resets its connection. What it sent since the last sync may be lost, from some point on. */
    record Reset(int client) implements Step {
        @Override
        public String toString() {
            return "RESET " + client;
        }
    }

    /** All servers reload a configuration in which the bound user has the other permissions. */
    record Reload() implements Step {
        @Override
        public String toString() {
            return "RELOAD";
        }
    }

    /** The script goes on when what was sent before has arrived and has been compared with the model. */
    record Sync() implements Step {
        @Override
        public String toString() {
            return "SYNC";
        }
    }

    /** Reads the text form of a script. */
    static List<Step> parse(List<String> lines) {
        List<Step> steps = new ArrayList<>();
        for (String line : lines)
            if (!line.isBlank() && !line.startsWith("#"))
                steps.add(parse(line.strip()));
        return steps;
    }

    private static Step parse(String line) {
        String[] words = line.split(" +");
        List<String> flags = List.of(words);
        int client = words.length > 1 ? Integer.parseInt(words[1]) : 0;
        return switch (words[0]) {
            case "CONNECT" -> new Connect(client, Integer.parseInt(words[2]), flags.contains("bound"),
                    !flags.contains("noecho"), flags.contains("verbose"), flags.contains("headers"));
            case "SUB" -> new Subscribe(client, words[2], words[3], words.length > 4 ? words[4] : "");
            case "UNSUB" -> new Unsubscribe(client, words[2], Integer.parseInt(words[3]));
            case "PUB" -> new Publish(client, words[2], flags.contains("headers"), Integer.parseInt(words[3]));
            case "REQUEST" -> new Request(client, words[2]);
            case "DRAIN" -> new Drain(client);
            case "RESET" -> new Reset(client);
            case "RELOAD" -> new Reload();
            case "SYNC" -> new Sync();
            default -> throw new IllegalArgumentException("expected a step but found '" + line + "'");
        };
    }
}
