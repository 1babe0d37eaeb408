package io.jnatsd.jetstream.config;

/**
 * The errors of JetStream: the number that clients compare, a code in the manner of HTTP, and the text that people
 * read. A {@code {}} in the text is replaced by what {@link JetStreamException} is given. Threads: immutable.
 */
public enum ErrorCode {
    BAD_REQUEST(10003, 400, "bad request"),
    CLUSTER_REQUIRED(10010, 503, "JetStream clustering support required"),
    CONSUMER_CREATE(10012, 500, "{}"),
    CONSUMER_NAME_IN_USE(10013, 400, "consumer name already in use"),
    CONSUMER_NOT_FOUND(10014, 404, "consumer not found"),
    DURABLE_NAME_NOT_IN_SUBJECT(10016, 400, "consumer expected to be durable but no durable name set in subject"),
    DURABLE_NAME_MISMATCH(10017, 400, "consumer name in subject does not match durable name in request"),
    DURABLE_NAME_NOT_SET(10018, 400, "consumer expected to be durable but a durable name was not set"),
    EPHEMERAL_WITH_DURABLE_NAME(10020, 400,
            "consumer expected to be ephemeral but a durable name was set in request"),
    INSUFFICIENT_RESOURCES(10023, 503, "insufficient resources"),
    INVALID_JSON(10025, 400, "invalid JSON"),
    MAX_CONSUMERS(10026, 400, "maximum consumers limit reached"),
    INSUFFICIENT_MEMORY(10028, 500, "insufficient memory resources available"),
    NO_MESSAGE(10037, 404, "no message found"),
    NOT_EMPTY(10038, 400, "expected an empty request payload"),
    SEQUENCE_NOT_FOUND(10043, 400, "sequence {} not found"),
    INSUFFICIENT_STORAGE(10047, 500, "insufficient storage resources available"),
    STREAM_INVALID_CONFIG(10052, 500, "{}"),
    MESSAGE_TOO_LARGE(10054, 400, "message size exceeds maximum allowed"),
    MIRROR_UPDATE(10055, 400, "stream mirror configuration can not be updated"),
    STREAM_NAME_MISMATCH(10056, 400, "stream name in subject does not match request"),
    MESSAGE_DELETE(10057, 500, "{}"),
    STREAM_NAME_IN_USE(10058, 400, "stream name already in use with a different configuration"),
    STREAM_NOT_FOUND(10059, 404, "stream not found"),
    STREAM_MISMATCH(10060, 400, "expected stream does not match"),
    SUBJECTS_OVERLAP(10065, 400, "subjects overlap with an existing stream"),
    WRONG_LAST_MSG_ID(10070, 400, "wrong last msg ID: {}"),
    WRONG_LAST_SEQUENCE(10071, 400, "wrong last sequence: {}"),
    REPLICAS_NOT_SUPPORTED(10074, 500, "replicas > 1 not supported in non-clustered mode"),
    STORE_FAILED(10077, 503, "{}"),
    DELIVER_SUBJECT_WILDCARDS(10079, 400, "consumer deliver subject has wildcards"),
    PUSH_MAX_WAITING(10080, 400, "consumer in push mode can not set max waiting"),
    DELIVER_SUBJECT_CYCLE(10081, 400, "consumer deliver subject forms a cycle"),
    MAX_ACK_PENDING_WITHOUT_ACKS(10082, 400, "consumer requires ack policy for max ack pending"),
    HEARTBEAT_TOO_SHORT(10083, 400, "consumer idle heartbeat needs to be >= 100ms"),
    PULL_WITHOUT_ACKS(10084, 400, "consumer in pull mode requires ack policy"),
    PULL_RATE_LIMIT(10086, 400, "consumer in pull mode can not have rate limit set"),
    MAX_WAITING_NEGATIVE(10087, 400, "consumer max waiting needs to be positive"),
    PULL_HEARTBEAT(10088, 400, "consumer idle heartbeat requires a push based consumer"),
    PULL_FLOW_CONTROL(10089, 400, "consumer flow control requires a push based consumer"),
    DIRECT_PULL(10090, 400, "consumer direct requires a push based consumer"),
    DIRECT_DURABLE(10091, 400, "consumer direct requires an ephemeral consumer"),
    START_POSITION(10094, 400, "{}"),
    SAMPLING(10095, 400, "failed to parse consumer sampling configuration: {}"),
    HEADERS_TOO_LARGE(10097, 400, "header size exceeds maximum allowed of 64k"),
    WORKQUEUE_ACKS(10098, 400, "workqueue stream requires explicit ack"),
    WORKQUEUE_NO_FILTER(10099, 400, "multiple non-filtered consumers not allowed on workqueue stream"),
    WORKQUEUE_SAME_FILTER(10100, 400, "filtered consumer not unique on workqueue stream"),
    WORKQUEUE_DELIVER_ALL(10101, 400, "consumer must be deliver all on workqueue stream"),
    CONSUMER_NAME_TOO_LONG(10102, 400, "consumer name is too long, maximum allowed is {}"),
    CONSUMER_DESCRIPTION_TOO_LONG(10107, 400, "consumer description is too long, maximum allowed is {}"),
    FLOW_CONTROL_HEARTBEAT(10108, 400, "consumer with flow control also needs heartbeats"),
    SEALED(10109, 400, "invalid operation on sealed stream"),
    PURGE(10110, 500, "{}"),
    ROLLUP(10111, 500, "{}"),
    DELIVER_SUBJECT_INVALID(10112, 400, "invalid push consumer deliver subject"),
    MAX_BATCH_NEGATIVE(10114, 400, "consumer max request batch needs to be > 0"),
    MAX_EXPIRES_TOO_SHORT(10115, 400, "consumer max request expires needs to be >= 1ms"),
    MAX_DELIVER_BACKOFF(10116, 400, "max deliver is required to be > length of backoff values"),
    MAX_ACK_PENDING_EXCESS(10121, 400, "consumer max ack pending exceeds system limit of {}"),
    MAX_BATCH_EXCESS(10125, 400, "consumer max request batch exceeds server limit of {}"),
    CONSUMER_REPLICAS(10126, 400, "consumer config replica count exceeds parent stream"),
    CONSUMER_NAME_PATH(10127, 400, "Consumer name can not contain path separators"),
    STREAM_NAME_PATH(10128, 400, "Stream name can not contain path separators"),
    FILTER_MISMATCH(10131, 400, "Consumer create request did not match filtered subject from create subject"),
    NAME_AND_DURABLE_DIFFER(10132, 400, "Consumer Durable and Name have to be equal if both are provided"),
    REPLICAS_NEGATIVE(10133, 400, "replicas count cannot be negative"),
    CONSUMER_METADATA_TOO_LARGE(10135, 400, "consumer metadata exceeds maximum size of {}"),
    BOTH_FILTERS(10136, 400, "consumer cannot have both FilterSubject and FilterSubjects specified"),
    FILTERS_IN_SUBJECT(10137, 400, "consumer with multiple subject filters cannot use subject based API"),
    FILTERS_OVERLAP(10138, 400, "consumer subject filters cannot overlap"),
    FILTER_EMPTY(10139, 400, "consumer filter in FilterSubjects cannot be empty"),
    CONSUMER_EXISTS(10148, 400, "consumer already exists"),
    CONSUMER_DOES_NOT_EXIST(10149, 400, "consumer does not exist"),
    INACTIVE_THRESHOLD_EXCESS(10153, 400, "consumer inactive threshold exceeds system limit of {}"),
    TRANSFORM_SOURCE(10155, 400, "stream transform source: {}"),
    TRANSFORM_DESTINATION(10156, 400, "stream transform: {}"),
    TOO_MANY_REQUESTS(10167, 429, "too many requests"),
    ACK_WAIT_NEGATIVE(10183, 400, "consumer ack wait needs to be positive"),
    BACKOFF_NEGATIVE(10184, 400, "consumer backoff needs to be positive"),
    API_LEVEL(10185, 412, "JetStream minimum api level required");

    private final int number;
    private final int code;
    private final String text;

    ErrorCode(int number, int code, String text) {
        this.number = number;
        this.code = code;
        this.text = text;
    }

    /** Returns {@code err_code}. */
    public int number() {
        return number;
    }

    /** Returns {@code code}. */
    public int code() {
        return code;
    }

    String text(String detail) {
        return text.replace("{}", detail);
    }
}
