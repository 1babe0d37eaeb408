package io.jnatsd.jetstream.api;

import io.jnatsd.jetstream.config.StreamConfig;
import io.jnatsd.jetstream.store.MessageStore;
import io.jnatsd.jetstream.stream.Stream;
import io.jnatsd.jetstream.stream.Times;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** A stream as answers show it. A component that is null is not in the JSON. Threads: immutable. */
record StreamInfo(StreamConfig config, Instant created, State state, String domain, Cluster cluster,
        Instant ts) {
    /** The state of a stream. */
    record State(long messages, long bytes, long firstSeq, String firstTs, long lastSeq, String lastTs,
            Integer numSubjects, Map<String, Long> subjects, Long numDeleted, long[] deleted, Lost lost, int consumerCount) {
    }

    /** Messages that were damaged; those whose sequence is not known count in the bytes only. */
    record Lost(List<Long> msgs, long bytes) {
        static Lost of(MessageStore.Lost lost) {
            return lost.messages() == 0 ? null : new Lost(lost.sequences(), lost.bytes());
        }
    }

    /** Which server has it. */
    record Cluster(String leader) {
    }

    private static final int MOST_DELETED = 1_000_000;

    /**
     * Called by the actor of the stream.
     *
     * @param server the name of the server; null if the answer does not have it
     * @param subjects the messages of each subject, null if there are none or they were not asked for
     * @param deleted whether to list the sequences without a message
     */
    static StreamInfo of(Stream stream, String server, Map<String, Long> subjects, boolean deleted) {
        MessageStore.State s = stream.store().state();
        long gaps = s.messages() == 0 ? 0 : s.last() - s.first() + 1 - s.messages();
        boolean fresh = s.lastTime() == 0 && s.messages() == 0 && stream.config().firstSeq() == null;
        State state = new State(s.messages(), s.bytes(), fresh ? 0 : s.first(), time(s.firstTime()), s.last(), time(s.lastTime()),
                s.subjects() == 0 ? null : s.subjects(), subjects, gaps == 0 ? null : gaps,
                deleted && gaps > 0 ? stream.store().gaps(MOST_DELETED) : null,
                Lost.of(stream.store().lost()), stream.consumers().counted());
        String domain = stream.domain();
        return new StreamInfo(stream.config(), stream.created(), state, domain.isEmpty() ? null : domain,
                server == null ? null : new Cluster(server), Instant.now());
    }

    private static String time(long nanos) {
        return nanos == 0 ? Times.NEVER : Times.text(nanos);
    }
}
