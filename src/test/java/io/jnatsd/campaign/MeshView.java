package io.jnatsd.campaign;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** What the monitoring pages of a mesh say about routes and subscriptions. Threads: one. */
final class MeshView {
    private final List<MeshMember> members;

    MeshView(List<MeshMember> members) {
        this.members = members;
    }

    /** Something that must become true. */
    interface Condition {
        /** Returns why it does not hold, empty if it does. */
        String lacks() throws IOException;
    }

    /** Waits until the condition holds, and returns after how many milliseconds it did. */
    static long await(Duration limit, String what, Condition condition) throws InterruptedException {
        long begin = System.nanoTime();
        while (true) {
            String lack;
            try {
                lack = condition.lacks();
            } catch (IOException e) {
                lack = e.toString();
            }
            long took = System.nanoTime() - begin;
            if (lack.isEmpty())
                return took / 1_000_000;
            if (took > limit.toNanos())
                throw new Violation("no " + what + " after " + limit.toMillis() + " ms: " + lack);
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    /** Compares the routes with a full mesh: exactly one from each server to each other one. */
    String lacksRoutes() throws IOException {
        for (int i = 0; i < members.size(); i++) {
            Set<String> remotes = new HashSet<>();
            JsonArray routes = json(i, "/routez").getAsJsonArray("routes");
            for (JsonElement route : routes)
                remotes.add(route.getAsJsonObject().get("remote_id").getAsString());
            if (remotes.size() != members.size() - 1 || routes.size() != remotes.size())
                return "server " + i + " has " + routes.size() + " routes to " + remotes.size() + " servers";
        }
        return "";
    }

    /**
     * Compares the subscriptions that each server has of its clients with what these clients hold, and those that it has
     * of each other server with what that one has of its clients.
     *
     * @param held the subjects that begin with {@link HeldInterest#PREFIX}, for each server
     */
    String lacksInterest(List<List<String>> held) throws IOException {
        Map<String, List<String>> own = new HashMap<>();
        long all = 0;
        long[] counts = new long[members.size()];
        for (int i = 0; i < members.size(); i++) {
            JsonObject page = json(i, "/subsz?subs=1&limit=100000");
            List<String> subjects = new ArrayList<>();
            for (JsonElement sub : page.getAsJsonArray("subscriptions_list"))
                subjects.add(sub.getAsJsonObject().get("subject").getAsString());
            subjects.sort(null);
            List<String> known = subjects.stream().filter(subject -> subject.startsWith(HeldInterest.PREFIX)).toList();
            if (!known.equals(held.get(i)))
                return "server " + i + " has " + known + " of its clients, which have " + held.get(i);
            own.put(page.get("server_id").getAsString(), subjects);
            counts[i] = page.get("num_subscriptions").getAsLong();
            all += subjects.size();
        }
        for (int i = 0; i < members.size(); i++) {
            if (counts[i] != all)
                return "server " + i + " counts " + counts[i] + " subscriptions, the clients have " + all;
            String lack = lacksRemoteInterest(i, own);
            if (!lack.isEmpty())
                return lack;
        }
        return "";
    }

    private String lacksRemoteInterest(int server, Map<String, List<String>> own) throws IOException {
        for (JsonElement each : json(server, "/routez?subs=1").getAsJsonArray("routes")) {
            JsonObject route = each.getAsJsonObject();
            List<String> subjects = new ArrayList<>();
            if (route.has("subscriptions_list"))
                for (JsonElement subject : route.getAsJsonArray("subscriptions_list"))
                    subjects.add(subject.getAsString());
            subjects.sort(null);
            List<String> expected = own.get(route.get("remote_id").getAsString());
            if (!subjects.equals(expected))
                return "server " + server + " has " + subjects + " of another server, whose clients have " + expected;
        }
        return "";
    }

    private JsonObject json(int server, String path) throws IOException {
        return JsonParser.parseString(members.get(server).page(path)).getAsJsonObject();
    }
}
