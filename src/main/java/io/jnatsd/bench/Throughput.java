package io.jnatsd.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Measures publishers, subscribers, or both, as fast as the workload allows. Threads: one. */
final class Throughput {
    private final Workload load;
    private final Crew crew;
    private final List<Publisher> publishers = new ArrayList<>();
    private final List<Subscriber> subscribers = new ArrayList<>();

    Throughput(Workload load, Crew crew) {
        this.load = load;
        this.crew = crew;
    }

    Outcome run(Progress progress) throws IOException, InterruptedException {
        List<Peer> receiving = connect("subscriber", load.subscribers());
        List<Peer> sending = connect("publisher", load.publishers());
        Peer any = receiving.isEmpty() ? sending.getFirst() : receiving.getFirst();
        if (!sending.isEmpty())
            check(load, any);
        Quota group = new Quota(load.messages(), receiving);
        for (Peer peer : receiving)
            subscribe(peer, load.sharesDeliveries() ? group : new Quota(load.messages(), List.of(peer)));
        publish(sending);

        // A run without publishers starts before the publishers of another process, so it waits for them.
        boolean ended = crew.run(progress, sending.isEmpty());

        List<Group> groups = new ArrayList<>();
        if (!publishers.isEmpty())
            groups.add(Group.of("publishers", publishers.stream().map(Publisher::sample).toList(), load.size()));
        if (!subscribers.isEmpty())
            groups.add(received(group));
        return new Outcome(any.serverVersion(), groups, ended);
    }

    static void check(Workload load, Peer peer) throws BenchFailure {
        if (load.headers() > 0 && !peer.takesHeaders())
            throw new BenchFailure("the server does not know of headers");
        if (load.size() > peer.maxPayload())
            throw new BenchFailure("the server takes payloads of up to " + peer.maxPayload() + " bytes, not of "
                    + load.size());
    }

    private List<Peer> connect(String name, int count) throws BenchFailure {
        List<Peer> peers = new ArrayList<>();
        for (int i = 1; i <= count; i++)
            peers.add(crew.connect(name + " " + i));
        return peers;
    }

    private void subscribe(Peer peer, Quota quota) throws IOException {
        Subscriber subscriber = new Subscriber(crew, peer, load, quota, load.publishers() == 0);
        subscribers.add(subscriber);
        crew.lead(peer.name(), subscriber::receive);
    }

    private void publish(List<Peer> peers) {
        byte[][] heads = EncodedBatch.heads(load);
        byte[] tail = EncodedBatch.tail(load);
        for (int i = 0; i < peers.size(); i++) {
            // Publishers start at different subjects, so that they do not all use the same one at the same time.
            EncodedBatch batch = new EncodedBatch(heads, (int) ((long) i * heads.length / peers.size()), tail);
            Peer peer = peers.get(i);
            Publisher publisher = new Publisher(crew, peer, batch, new Pace(load.ratePerPublisher()), load.share(i));
            publishers.add(publisher);
            crew.lead(peer.name(), publisher::publish);
            crew.follow(peer.name() + " listening", publisher::listen);
        }
    }

    private Group received(Quota group) {
        List<Sample> samples = subscribers.stream().map(Subscriber::sample).toList();
        if (load.sharesDeliveries())
            return new Group("queue members", samples, group.missing(), load.size());
        return Group.of("subscribers", samples, load.size());
    }
}
