package io.jnatsd.campaign;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Makes scripts from a seed. The same seed gives the same script. */
final class RandomScript {
    private static final String[] TOKENS = {"a", "b", "c"};
    private static final int MOST_SUBSCRIPTIONS = 30;

    private final Random random;
    private final int clients;
    private final int servers;
    /** The last sid that each client has used. */
    private final int[] lastSid;
    private final List<Step> steps = new ArrayList<>();

    private RandomScript(long seed, int clients, int servers) {
        this.random = new Random(seed);
        this.clients = clients;
        this.servers = servers;
        this.lastSid = new int[clients];
    }

    /** Returns a script of about this number of commands. */
    static List<Step> of(long seed, int clients, int servers, int commands) {
        return new RandomScript(seed, clients, servers).make(commands);
    }

    private List<Step> make(int commands) {
        for (int client = 0; client < clients; client++)
            connect(client);
        sync();
        while (steps.size() < commands) {
            switch (random.nextInt(4)) {
                case 0 -> segment(30, 1, 0);
                case 1 -> segment(80, 1, 12);
                default -> segment(120, 0, 1);
            }
            if (random.nextInt(40) == 0)
                steps.add(new Step.Reload());
        }
        sync();
        return steps;
    }

    /** Changes and messages in these shares, up to the next sync. */
    private void segment(int length, int changes, int messages) {
        int number = 1 + random.nextInt(length);
        for (int i = 0; i < number; i++) {
            int client = random.nextInt(clients);
            if (random.nextInt(changes + messages) < changes)
                change(client);
            else
                message(client);
        }
        sync();
    }

    private void sync() {
        steps.add(new Step.Sync());
    }

    private void connect(int client) {
        lastSid[client] = 0;
        steps.add(new Step.Connect(client, random.nextInt(servers), random.nextInt(3) == 0, random.nextInt(4) > 0,
                random.nextInt(3) == 0, random.nextInt(3) > 0));
    }

    private void change(int client) {
        int choice = random.nextInt(100);
        if (choice < 3) {
            connect(client);
        } else if (choice < 4) {
            steps.add(new Step.Reset(client));
            connect(client);
        } else if (choice < 6) {
            steps.add(new Step.Drain(client));
            connect(client);
        } else if (choice < 55 && lastSid[client] < MOST_SUBSCRIPTIONS) {
            int sid = random.nextInt(20) == 0 ? 1 + random.nextInt(lastSid[client] + 1) : ++lastSid[client];
            steps.add(new Step.Subscribe(client, String.valueOf(sid), pattern(), queue()));
        } else {
            String sid = String.valueOf(1 + random.nextInt(lastSid[client] + 1));
            steps.add(new Step.Unsubscribe(client, sid, random.nextBoolean() ? 0 : 1 + random.nextInt(40)));
        }
    }

    private String queue() {
        return random.nextInt(3) == 0 ? "q" + random.nextInt(2) : "";
    }

    private void message(int client) {
        if (random.nextInt(6) == 0)
            steps.add(new Step.Request(client, subject()));
        else
            steps.add(new Step.Publish(client, subject(), random.nextInt(3) == 0, size()));
    }

    private int size() {
        return switch (random.nextInt(20)) {
            case 0 -> random.nextInt(100_000);
            case 1, 2 -> random.nextInt(5_000);
            default -> random.nextInt(100);
        };
    }

    private String subject() {
        StringBuilder text = new StringBuilder(token());
        for (int more = random.nextInt(3); more > 0; more--)
            text.append('.').append(token());
        return text.toString();
    }

    private String pattern() {
        StringBuilder text = new StringBuilder(random.nextInt(12) == 0 ? "*" : token());
        for (int more = random.nextInt(3); more > 0; more--)
            text.append('.').append(random.nextInt(3) == 0 ? "*" : token());
        if (random.nextInt(5) == 0)
            text.append(".>");
        return random.nextInt(60) == 0 ? ">" : text.toString();
    }

    private String token() {
        return TOKENS[random.nextInt(TOKENS.length)];
    }
}
