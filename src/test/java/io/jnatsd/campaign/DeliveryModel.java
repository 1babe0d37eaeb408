package io.jnatsd.campaign;

import io.jnatsd.campaign.ScriptedClient.Received;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Who must, may and must not get a message. A part of a script lies between two syncs. A subscription that does not
 * change in a part must get every message of the part that it selects; one that changes may get them. What the client
 * of a subscription publishes itself is certain in both cases: it must get what it publishes between SUB and UNSUB, and
 * nothing else. No subscription gets a message twice, and the messages of a publisher arrive in the order in which they
 * were published.
 */
final class DeliveryModel {
    /** A client from its CONNECT to its end. */
    static final class Client {
        final String name;
        final Step.Connect options;
        private final Map<String, Subscription> subscriptions = new LinkedHashMap<>();
        /** It came or left in this part. */
        private boolean changing = true;
        private boolean left;
        /** It has reset its connection in this part: its messages may be lost, the last ones first. */
        private boolean reset;
        private int denied;

        Client(String name, Step.Connect options) {
            this.name = name;
            this.options = options;
        }

        /** Returns how many commands of this part are not permitted, and begins to count again. */
        int takeDenied() {
            int all = denied;
            denied = 0;
            return all;
        }
    }

    private static final class Subscription {
        final Client client;
        final String sid;
        final String subject;
        final String queue;
        /** Number of messages after which it ends, 0 if it does not. */
        int max;
        /** Number of messages up to the last sync. */
        int delivered;
        /** It began or changed in this part. */
        boolean changing = true;
        /** It ended in this part. */
        boolean ended;
        /** Number of the last message before it began. */
        final long after;
        /** Number of the last message before it ended. */
        long until = Long.MAX_VALUE;
        /** The messages of this part, in the order of their arrival. */
        final List<Message> got = new ArrayList<>();

        Subscription(Client client, String sid, String subject, String queue, long after) {
            this.client = client;
            this.sid = sid;
            this.subject = subject;
            this.queue = queue;
            this.after = after;
        }

        boolean sure() {
            return !changing && !ended && !client.changing;
        }

        boolean selects(Message message) {
            if (!matches(subject, message.subject))
                return false;
            return message.publisher != client
                    || client.options.echo() && message.number > after && message.number <= until;
        }

        /** Whether a message that it selects must arrive, if it is not limited. */
        boolean needs(Message message) {
            return !message.publisher.reset && !client.reset && (sure() || message.publisher == client);
        }

        @Override
        public String toString() {
            return client.name + " sid " + sid + " " + subject + (queue.isEmpty() ? "" : " queue " + queue)
                    + (max > 0 ? " max " + max : "") + (sure() ? "" : " (changing)");
        }
    }

    private record Message(long number, Client publisher, String subject, String reply, boolean headers) {
        @Override
        public String toString() {
            return "message " + number + " of " + publisher.name + " on " + subject;
        }
    }

    /** @param reply where the response goes */
    record Response(Client from, String reply) {
    }

    private final boolean mesh;
    private final List<Client> clients = new ArrayList<>();
    private final Map<Long, Message> messages = new LinkedHashMap<>();
    /** How often a message was delivered to a queue group. */
    private final Map<String, Integer> picked = new HashMap<>();
    /** How often a publisher was told that nobody gets its request. */
    private final Map<Long, Integer> answered = new HashMap<>();
    private long number;
    private boolean otherPermissions;

    DeliveryModel(boolean mesh) {
        this.mesh = mesh;
    }

    // ---- what clients do ---------------------------------------------------------------------------------------

    void connect(Client client) {
        clients.add(client);
    }

    void leave(Client client) {
        client.left = true;
        client.changing = true;
    }

    void reset(Client client) {
        leave(client);
        client.reset = true;
    }

    /** Notes a subscription; returns false if the command is not sent because its effect is not certain. */
    boolean subscribe(Client client, String sid, String subject, String queue) {
        boolean unlimited = subject.startsWith("*") || subject.startsWith(">");
        Subscription old = client.subscriptions.get(sid);
        if (unlimited && !queue.isEmpty() || old != null && (old.ended || old.max > 0))
            return false;
        if (!maySubscribe(client, subject))
            client.denied++;
        else if (old == null)
            client.subscriptions.put(sid, new Subscription(client, sid, subject, queue, number));
        return true;
    }

    /** Notes the end of a subscription; returns false if the command is not sent. */
    boolean unsubscribe(Client client, String sid, int max) {
        Subscription sub = client.subscriptions.get(sid);
        if (sub == null)
            return true;
        // The markers at the end of a part count for such a subscription, too.
        if (max > 0 && (sub.subject.startsWith("*") || sub.subject.startsWith(">")))
            return false;
        // It may have reached its maximum in this part; then a greater one has no effect.
        if (sub.max > 0 && max > sub.max)
            return false;
        sub.changing = true;
        sub.max = max;
        if (max == 0 && !sub.ended) {
            sub.ended = true;
            sub.until = number;
        }
        return true;
    }

    /** Notes the end of all subscriptions of a client, and returns their sids. */
    List<String> drain(Client client) {
        List<String> sids = List.copyOf(client.subscriptions.keySet());
        sids.forEach(sid -> unsubscribe(client, sid, 0));
        return sids;
    }

    /** Notes a message and returns its number. */
    long publish(Client client, String subject, boolean request, boolean headers) {
        long next = ++number;
        String reply = request ? "_INBOX." + client.options.client() + "." + next : "";
        if (mayPublish(client, subject))
            messages.put(next, new Message(next, client, subject, reply, headers));
        else
            client.denied++;
        return next;
    }

    /** Gives the bound user the other permissions. Returns how many subscriptions of each client end because of it. */
    Map<Client, Integer> changePermissions() {
        otherPermissions = !otherPermissions;
        Map<Client, Integer> ended = new HashMap<>();
        for (Client client : clients) {
            int before = client.subscriptions.size();
            client.subscriptions.values().removeIf(sub -> !maySubscribe(client, sub.subject));
            ended.put(client, before - client.subscriptions.size());
        }
        return ended;
    }

    private boolean mayPublish(Client client, String subject) {
        return !client.options.bound() || subject.startsWith("_") || subject.startsWith(granted() + ".");
    }

    private boolean maySubscribe(Client client, String subject) {
        return mayPublish(client, subject);
    }

    /** Returns the first token of the subjects that the bound user may use now. */
    String granted() {
        return otherPermissions ? "b" : "a";
    }

    // ---- what clients get --------------------------------------------------------------------------------------

    /** Notes what a client has got in this part. Returns the responses that it owes. */
    List<Response> received(Client client, List<Received> all) {
        List<Response> responses = new ArrayList<>();
        Map<String, Long> newest = new HashMap<>();
        for (Received r : all) {
            Message message = messages.get(r.message());
            Subscription sub = client.subscriptions.get(r.sid());
            if (r.status()) {
                checkStatus(client, r, message);
                continue;
            }
            if (message == null || sub == null || !sub.selects(message) && !mayBeHandedBack(message, sub)
                    || !r.subject().equals(message.subject) || !r.reply().equals(message.reply) || r.headers() != (message.headers && client.options.headers()))
                throw new Violation(client.name + " got " + r + ", which is none of the messages for " + sub + ": " + message);
            Long before = newest.put(r.sid() + " " + message.publisher.name, r.message());
            if (before != null && (before == r.message() || before > r.message() && !mayBeSentOn(message, sub)))
                throw new Violation(sub + " got " + message + " after message " + before);
            sub.got.add(message);
            if (!sub.queue.isEmpty())
                picked.merge(message.number + " " + sub.queue, 1, Integer::sum);
            if (!message.reply.isEmpty() && !client.left)
                responses.add(new Response(client, message.reply));
        }
        return responses;
    }

    /**
     * A message that one server sends to a queue member of another one, which has left, is sent on to another member of
     * the group, which may have got later messages already.
     */
    private boolean mayBeSentOn(Message message, Subscription sub) {
        return mesh && !sub.queue.isEmpty() && subscriptions().stream().anyMatch(other -> other.queue.equals(sub.queue)
                && matches(other.subject, message.subject) && (!other.sure() || other.max > 0));
    }

    /**
     * If such a message comes back to the first server, this one does not know any more who has published it: the member
     * may be of the publisher, although this one wants no echo, or has subscribed later.
     */
    private boolean mayBeHandedBack(Message message, Subscription sub) {
        return message.publisher == sub.client && message.number <= sub.until && matches(sub.subject, message.subject)
                && mayBeSentOn(message, sub);
    }

    /** The status goes to one of the requester's subscriptions for the reply subject. */
    private void checkStatus(Client client, Received r, Message request) {
        Subscription sub = client.subscriptions.get(r.sid());
        if (request == null || request.publisher != client || sub == null || !matches(sub.subject, request.reply))
            throw new Violation(client.name + " got a status for a request that is not its own: " + r);
        if (subscriptions().stream().anyMatch(other -> other.selects(request) && other.sure() && other.max == 0))
            throw new Violation(client.name + " was told that nobody is there for " + request);
        answered.merge(request.number, 1, Integer::sum);
    }

    /** Compares what all have got with what they must get, and begins the next part. */
    void check() {
        for (Subscription sub : subscriptions())
            if (sub.queue.isEmpty())
                checkPlain(sub);
            else if (sub.max > 0 && !sub.changing && sub.delivered + sub.got.size() > sub.max)
                throw new Violation(sub + " got " + (sub.delivered + sub.got.size()) + " messages");
        for (Message message : messages.values()) {
            checkQueues(message);
            checkAnswered(message);
        }
        next();
    }

    private List<Subscription> subscriptions() {
        return clients.stream().flatMap(client -> client.subscriptions.values().stream()).toList();
    }

    private void checkPlain(Subscription sub) {
        List<Message> selected = messages.values().stream().filter(sub::selects).toList();
        if (sub.max > 0 && !sub.changing) {
            int most = sub.max - sub.delivered, least = Math.min(most, (int) selected.stream().filter(sub::needs).count());
            if (sub.got.size() > most || sub.sure() && sub.got.size() < least)
                throw new Violation(sub + " had got " + sub.delivered + " messages and gets " + sub.got.size() + " of "
                        + selected.size());
            checkNoGap(sub, selected);
        } else if (sub.max == 0) {
            List<Message> lost = new ArrayList<>(selected.stream().filter(sub::needs).toList());
            lost.removeAll(sub.got);
            if (!lost.isEmpty())
                throw new Violation(sub + " did not get " + lost);
            if (sub.sure())
                checkNoGap(sub, selected);
        }
    }

    /** A subscription that does not change gets the first messages of each publisher. */
    private static void checkNoGap(Subscription sub, List<Message> selected) {
        Map<Client, Integer> position = new HashMap<>();
        Map<Client, List<Message>> sent = new HashMap<>();
        for (Message message : selected)
            sent.computeIfAbsent(message.publisher, p -> new ArrayList<>()).add(message);
        for (Message message : sub.got) {
            int at = position.merge(message.publisher, 1, Integer::sum) - 1;
            if (sent.get(message.publisher).get(at) != message)
                throw new Violation(sub + " got " + message + " without an earlier one of the same publisher");
        }
    }

    private void checkQueues(Message message) {
        Map<String, List<Subscription>> groups = new HashMap<>();
        for (Subscription sub : subscriptions())
            if (!sub.queue.isEmpty() && sub.selects(message))
                groups.computeIfAbsent(sub.queue, q -> new ArrayList<>()).add(sub);
        groups.forEach((queue, members) -> {
            int got = picked.getOrDefault(message.number + " " + queue, 0);
            // What was picked for a member whose client has left without an UNSUB is lost.
            boolean certain = !message.publisher.reset && members.stream().noneMatch(sub -> sub.client.left && !sub.ended)
                    && members.stream().anyMatch(sub -> sub.sure() && sub.max == 0)
                    && (!mesh || members.stream().allMatch(sub -> sub.sure() && sub.max == 0));
            if (got > 1 || got == 0 && certain)
                throw new Violation(message + " was delivered " + got + " times to queue group " + queue + ": " + members);
        });
    }

    private void checkAnswered(Message message) {
        boolean told = message.publisher.options.headers() && !message.reply.isEmpty() && !message.publisher.changing;
        int statuses = answered.getOrDefault(message.number, 0);
        boolean lonely = subscriptions().stream().noneMatch(sub -> matches(sub.subject, message.subject));
        if (statuses > 1 || told && lonely && statuses == 0)
            throw new Violation(message + " is a request that nobody gets; the publisher was told so " + statuses + " times");
    }

    private void next() {
        clients.removeIf(client -> client.left);
        for (Client client : clients) {
            client.changing = false;
            client.subscriptions.values().removeIf(sub -> {
                sub.delivered += sub.got.size();
                sub.got.clear();
                sub.changing = false;
                return sub.ended || sub.max > 0 && sub.delivered >= sub.max;
            });
        }
        messages.clear();
        picked.clear();
        answered.clear();
    }

    List<Client> clients() {
        return clients;
    }

    static boolean matches(String pattern, String subject) {
        String[] p = pattern.split("\\."), s = subject.split("\\.");
        for (int i = 0; i < p.length; i++) {
            if (p[i].equals(">"))
                return s.length > i;
            if (i >= s.length || !p[i].equals("*") && !p[i].equals(s[i]))
                return false;
        }
        return p.length == s.length;
    }
}
