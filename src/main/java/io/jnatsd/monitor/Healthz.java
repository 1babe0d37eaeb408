package io.jnatsd.monitor;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;

/**
 * {@code /healthz}: the health of the server, for probes, and of one stream or consumer if the parameters name it.
 * Threads: any thread.
 */
final class Healthz implements Page, JsonView {
    private static final int WELL = 200, BAD_REQUEST = 400, NOT_FOUND = 404, UNAVAILABLE = 503;

    private final MonitoredServer watched;

    Healthz(MonitoredServer watched) {
        this.watched = watched;
    }

    /**
     * The parameters.
     *
     * @param details whether an answer has a list of errors
     * @param serverOnly whether streams and consumers are not looked at
     */
    private record Check(boolean details, boolean serverOnly, String account, String stream, String consumer) {
        static Check of(Query query) throws BadQuery {
            boolean enabledOnly = query.flag("js-enabled-only") | query.flag("js-enabled");
            return new Check(query.flag("details"), enabledOnly | query.flag("js-server-only"), query.text("account"),
                    query.text("stream"), query.text("consumer"));
        }
    }

    /** What is wrong; {@link #WELL} for nothing. @param type of newer servers, for {@code details} */
    private record Problem(int status, String type, String text) {
        static final Problem NONE = new Problem(WELL, "", "");

        String word(boolean details) {
            if (status == WELL)
                return "ok";
            return details || status == BAD_REQUEST ? "error" : "unavailable";
        }
    }

    @Override
    public void answer(Query query, Response answer) throws IOException, BadQuery {
        Check check = Check.of(query);
        Problem problem = problem(check);
        StringWriter text = new StringWriter();
        GoJson json = GoJson.compact(text);
        write(check, problem, json);
        json.flush();
        answer.send(problem.status, Response.JSON, out -> out.write(text.toString().getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public void write(Query query, GoJson json) throws IOException, BadQuery {
        Check check = Check.of(query);
        write(check, problem(check), json);
    }

    private static void write(Check check, Problem problem, GoJson json) throws IOException {
        json.beginObject().put("status", problem.word(check.details));
        if (!check.details) {
            json.putUnlessEmpty("error", problem.text);
        } else if (problem.status != WELL) {
            json.beginArray("errors").beginObject().put("type", problem.type);
            if (problem.status == NOT_FOUND)
                json.put("account", check.account).putUnlessEmpty("stream", check.stream).putUnlessEmpty("consumer", check.consumer);
            json.put("error", problem.text).endObject().endArray();
        }
        json.endObject();
    }

    private Problem problem(Check check) {
        if (check.account.isEmpty() && !check.stream.isEmpty())
            return new Problem(BAD_REQUEST, "BAD_REQUEST", "\"account\" must not be empty when checking stream health");
        if (check.stream.isEmpty() && !check.consumer.isEmpty())
            return new Problem(BAD_REQUEST, "BAD_REQUEST", "\"stream\" must not be empty when checking consumer health");
        String unwell = watched.healthProblem().get();
        if (!unwell.isEmpty())
            return new Problem(UNAVAILABLE, "CONNECTION", unwell);
        JetStreamSource source = watched.jetStream().get();
        // As in nats-server, a server that is to have no JetStream is well without.
        if (source == null || check.serverOnly)
            return Problem.NONE;
        JetStreamSource.Files files = source.files();
        if (files != null && !files.failed().isEmpty())
            return new Problem(UNAVAILABLE, "STREAM", "JetStream stream '" + ConnzQuery.ACCOUNT + " > "
                    + files.failed().keySet().iterator().next() + "' could not be recovered");
        return check.account.isEmpty() ? Problem.NONE : problem(check, source);
    }

    private static Problem problem(Check check, JetStreamSource source) {
        if (!check.account.equals(ConnzQuery.ACCOUNT))
            return new Problem(NOT_FOUND, "ACCOUNT", "JetStream account " + quoted(check.account) + " not found");
        if (check.stream.isEmpty())
            return Problem.NONE;
        if (!source.has(check.stream, ""))
            return new Problem(NOT_FOUND, "STREAM", "JetStream stream " + quoted(check.stream) + " not found on account "
                    + quoted(check.account));
        if (!check.consumer.isEmpty() && !source.has(check.stream, check.consumer))
            return new Problem(NOT_FOUND, "CONSUMER", "JetStream consumer " + quoted(check.consumer) + " not found for stream "
                    + quoted(check.stream) + " on account " + quoted(check.account));
        return Problem.NONE;
    }

    private static String quoted(String name) {
        return '"' + Query.shown(name) + '"';
    }
}
