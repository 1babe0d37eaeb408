package io.jnatsd.jetstream.api;

import io.jnatsd.delivery.Destination;
import io.jnatsd.jetstream.stream.Environment;
import io.jnatsd.jetstream.stream.Inbox;
import io.jnatsd.jetstream.stream.Output;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * The subjects of a domain: a message to {@code $JS.<domain>.API.X} is published again as {@code $JS.API.X}, and one to
 * {@code $JS.<domain>.API.$KV.X} as {@code $KV.X} (JetStream: domain).
 *
 * <p>Threads: a virtual thread publishes; all methods any thread.
 */
final class DomainSubjects implements Runnable {
    private static final String[] BUCKETS = {"$KV.", "$O.", "$OBJ."};

    private final Environment environment;
    /** {@code $JS.<domain>.API.}. */
    private final String prefix;
    private final Inbox inbox;
    private final Output output;
    private final ApiReports reports;

    DomainSubjects(Environment environment) {
        this.environment = environment;
        reports = new ApiReports(environment);
        prefix = "$JS." + environment.domain() + ".API.";
        inbox = new Inbox(environment.ids().getAsLong(), prefix, environment.subjects().announcedTable(), environment.inboxes(),
                Integer.MAX_VALUE, new Owner());
        // No actor waits for this one, so that it may wait for them.
        output = new Output(environment.traffic(), inbox, Long.MAX_VALUE);
    }

    private final class Owner implements Inbox.Owner {
        @Override
        public void refuse(Inbox.Kind kind, String reply) {
            reports.dropped(1);
            unanswered(reply);
        }

        @Override
        public void lost(long messages) {
            reports.dropped(messages);
        }
    }

    void start() {
        inbox.subscribe(Inbox.Kind.API, prefix + ">");
        if (!environment.threads().start("jetstream-domain", this))
            inbox.close();
    }

    void close() {
        inbox.close();
    }

    @Override
    public void run() {
        Queue<Runnable> refusals = new ArrayDeque<>();
        try {
            for (Inbox.Contents contents; (contents = inbox.take(refusals)) != null;) {
                for (Runnable refusal; (refusal = refusals.poll()) != null;)
                    environment.threads().run(inbox, "message for a domain", refusal::run);
                while (contents.next()) {
                    Inbox.Contents m = contents;
                    environment.threads().run(inbox, "message for a domain", () -> forward(m));
                }
                output.flush();
            }
        } catch (InterruptedException e) {
            environment.log().debug("JetStream was interrupted");
        } finally {
            inbox.close();
        }
    }

    private void forward(Inbox.Contents m) {
        if (!output.forward(target(m.subject().substring(prefix.length())), m) && m.hasReply())
            unanswered(m.reply());
    }

    private void unanswered(String reply) {
        output.status(new Destination(reply), "503", "", "");
    }

    private static String target(String rest) {
        for (String bucket : BUCKETS)
            if (rest.startsWith(bucket))
                return rest;
        return "$JS.API." + rest;
    }
}
