package io.jnatsd.jetstream.api;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.jnatsd.jetstream.config.ErrorCode;
import io.jnatsd.jetstream.config.JetStreamException;
import java.util.Arrays;
import java.util.List;

/**
 * The endpoints of the API: the subjects behind {@code $JS.API}, the types of the answers, and what answers (JetStream:
 * subjects). Pulls and direct gets are not among them: they are subscriptions of the streams.
 */
final class Endpoints {
    /** Answers the requests of an endpoint. */
    interface Operation {
        JsonObject run(Request request) throws JetStreamException, InterruptedException;
    }

    /**
     * One endpoint.
     *
     * @param subject the subject behind {@code $JS.API}, in which {@code *} is the name of a stream or consumer
     * @param type the type of the answer, without its prefix and suffix
     * @param page what an answer with an error has beside the error
     */
    record Endpoint(String subject, String type, Page page, Operation operation) {
        private boolean matches(String[] tokens) {
            String[] own = subject.split("\\.");
            boolean open = own[own.length - 1].equals(">");
            if (open ? tokens.length < own.length : tokens.length != own.length)
                return false;
            for (int i = 0; i < (open ? own.length - 1 : own.length); i++)
                if (!own[i].equals("*") && !own[i].equals(tokens[i]))
                    return false;
            return true;
        }

        /** Returns the fields of an answer with an error. */
        JsonObject empty() {
            JsonObject empty = page == Page.NONE || page == Page.PURGED ? new JsonObject() : StreamRequests.paging(0, 0, 0);
            if (page == Page.PURGED)
                empty.addProperty("purged", 0);
            if (page == Page.STREAMS || page == Page.CONSUMERS)
                empty.add(page == Page.STREAMS ? "streams" : "consumers", new JsonArray());
            return empty;
        }
    }

    /** The list of which an answer is one page, or another field that also an error has. */
    enum Page { NONE, SUBJECTS, STREAMS, CONSUMERS, PURGED }

    private static final Endpoint UNKNOWN = refused(">", "system", ErrorCode.BAD_REQUEST);

    private final StreamRequests streams;
    private final ConsumerRequests consumers;
    private final Advisories advisories;
    private final List<Endpoint> all;

    /** @param accountInfo answers {@code INFO} */
    Endpoints(StreamRequests streams, ConsumerRequests consumers, Advisories advisories, Operation accountInfo) {
        this.streams = streams;
        this.consumers = consumers;
        this.advisories = advisories;
        this.all = List.of(
                one("INFO", "account_info", accountInfo),
                one("STREAM.CREATE.*", "stream_create", this::createStream),
                one("STREAM.UPDATE.*", "stream_update", this::updateStream),
                new Endpoint("STREAM.NAMES", "stream_names", Page.STREAMS, r -> streams.names(r.body())),
                new Endpoint("STREAM.LIST", "stream_list", Page.STREAMS, r -> streams.list(r.body())),
                new Endpoint("STREAM.INFO.*", "stream_info", Page.SUBJECTS, r -> streams.info(r.token(2), r.body())),
                one("STREAM.DELETE.*", "stream_delete", this::deleteStream),
                new Endpoint("STREAM.PURGE.*", "stream_purge", Page.PURGED, r -> streams.purge(r.token(2), r.body())),
                one("STREAM.MSG.GET.*", "stream_msg_get", r -> streams.messageGet(r.token(3), r.body())),
                one("STREAM.MSG.DELETE.*", "stream_msg_delete", r -> streams.messageDelete(r.token(3), r.body())),
                one("CONSUMER.CREATE.*", "consumer_create",
                        r -> created(r, r.token(2), consumers.createEphemeral(r.token(2), r.body()))),
                one("CONSUMER.CREATE.*.*", "consumer_create", r -> createNamed(r, null)),
                one("CONSUMER.CREATE.*.*.>", "consumer_create",
                        r -> createNamed(r, String.join(".", Arrays.asList(r.tokens()).subList(4, r.tokens().length)))),
                one("CONSUMER.DURABLE.CREATE.*.*", "consumer_create",
                        r -> created(r, r.token(3), consumers.createDurable(r.token(3), r.token(4), r.body()))),
                refused("CONSUMER.DURABLE.CREATE.>", "consumer_create", ErrorCode.DURABLE_NAME_NOT_IN_SUBJECT),
                new Endpoint("CONSUMER.NAMES.*", "consumer_names", Page.CONSUMERS, r -> consumers.names(r.token(2), r.body())),
                new Endpoint("CONSUMER.LIST.*", "consumer_list", Page.CONSUMERS, r -> consumers.list(r.token(2), r.body())),
                one("CONSUMER.INFO.*.*", "consumer_info", r -> consumers.info(r.token(2), r.token(3), r.body())),
                one("CONSUMER.DELETE.*.*", "consumer_delete", this::deleteConsumer),
                clustered("STREAM.LEADER.STEPDOWN.*", "stream_leader_stepdown"),
                clustered("STREAM.PEER.REMOVE.*", "stream_remove_peer"),
                clustered("CONSUMER.LEADER.STEPDOWN.*.*", "consumer_leader_stepdown"),
                clustered("META.LEADER.STEPDOWN", "meta_leader_stepdown"),
                clustered("SERVER.REMOVE", "meta_server_remove"));
    }

    private static Endpoint one(String subject, String type, Operation operation) {
        return new Endpoint(subject, type, Page.NONE, operation);
    }

    private static Endpoint clustered(String subject, String type) {
        return refused(subject, type, ErrorCode.CLUSTER_REQUIRED);
    }

    private static Endpoint refused(String subject, String type, ErrorCode error) {
        return one(subject, type, r -> {
            throw new JetStreamException(error);
        });
    }

    /** Returns the endpoint of a subject; there is one that refuses what no other answers. */
    Endpoint find(String[] tokens) {
        return all.stream().filter(endpoint -> endpoint.matches(tokens)).findFirst().orElse(UNKNOWN);
    }

    private JsonObject createStream(Request r) throws JetStreamException, InterruptedException {
        boolean isNew = !streams.exists(r.token(2));
        JsonObject answer = streams.create(r.token(2), r.body());
        if (isNew)
            r.announce(advisories.stream(r.token(2), "create"));
        return answer;
    }

    private JsonObject updateStream(Request r) throws JetStreamException, InterruptedException {
        JsonObject answer = streams.update(r.token(2), r.body());
        r.announce(advisories.stream(r.token(2), "modify"));
        return answer;
    }

    private JsonObject deleteStream(Request r) throws JetStreamException, InterruptedException {
        JsonObject answer = streams.delete(r.token(2), r.body());
        r.announce(advisories.stream(r.token(2), "delete"));
        return answer;
    }

    private JsonObject createNamed(Request r, String filter) throws JetStreamException, InterruptedException {
        return created(r, r.token(2), consumers.createNamed(r.token(2), r.token(3), filter, r.body()));
    }

    private JsonObject created(Request r, String stream, ConsumerRequests.Created created) {
        if (created.isNew())
            r.announce(advisories.consumer(stream, created.info().name(), "create"));
        return Json.object(created.info());
    }

    private JsonObject deleteConsumer(Request r) throws JetStreamException, InterruptedException {
        JsonObject answer = consumers.delete(r.token(2), r.token(3), r.body());
        r.announce(advisories.consumer(r.token(2), r.token(3), "delete"));
        return answer;
    }
}
