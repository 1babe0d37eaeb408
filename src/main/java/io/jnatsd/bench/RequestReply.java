package io.jnatsd.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures requests and replies: every requester waits for its reply before it sends the next request. Threads: one.
 */
final class RequestReply {
    private final Workload load;
    private final Crew crew;
    private final List<Requester> requesters = new ArrayList<>();
    private final List<Responder> responders = new ArrayList<>();

    /** @param load must name a queue group, otherwise all responders would answer each request */
    RequestReply(Workload load, Crew crew) {
        this.load = load;
        this.crew = crew;
    }

    Outcome run(Progress progress) throws IOException, InterruptedException {
        for (int i = 1; i <= load.subscribers(); i++) {
            Peer peer = crew.connect("responder " + i);
            Responder responder = new Responder(crew, peer, load);
            responders.add(responder);
            crew.follow(peer.name(), responder::answer);
        }
        byte[][] heads = EncodedBatch.heads(load);
        String version = "";
        for (int i = 0; i < load.publishers(); i++) {
            Peer peer = crew.connect("requester " + (i + 1));
            Throughput.check(load, peer);
            version = peer.serverVersion();
            Requester requester = new Requester(crew, peer, load, heads, load.share(i));
            requesters.add(requester);
            crew.lead(peer.name(), requester::ask);
        }

        boolean ended = crew.run(progress, false);

        List<Group> groups = new ArrayList<>();
        groups.add(Group.of("requesters", requesters.stream().map(Requester::sample).toList(), load.size()));
        if (!responders.isEmpty())
            groups.add(Group.of("responders", responders.stream().map(Responder::sample).toList(), load.size()));
        return new Outcome(version, groups, ended);
    }
}
