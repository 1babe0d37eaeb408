package io.jnatsd.jetstream.store;

import io.jnatsd.cli.ServerProcess;
import io.jnatsd.jetstream.store.CrashModel.Body;
import io.jnatsd.jetstream.store.CrashModel.Kind;
import io.nats.client.Connection;
import io.nats.client.ConsumerContext;
import io.nats.client.FetchConsumeOptions;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.Message;
import io.nats.client.PurgeOptions;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.MessageInfo;
import io.nats.client.api.RetentionPolicy;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.StreamInfoOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Kills a server with SIGKILL at random moments while clients use its streams, damages its files in some rounds, and
 * compares what it has after its next start with what it must have. {@code java -cp
 * target/test-classes:target/classes:... io.jnatsd.jetstream.store.CrashCampaign /var/tmp/crash 1000 1} runs 1,000
 * rounds in that folder, from seed 1 on; in each third round bits are flipped, in each tenth the end of a file is cut.
 */
public final class CrashCampaign implements AutoCloseable {
    private static final int PUBLISHERS = 3, MOST_MESSAGES = 3000, BATCH = 500, READ_ONE_OF = 20, NO_MESSAGE = 10037;

    private final Path folder;
    private final Random random;
    private final List<CrashModel> models = List.of(new CrashModel("plain", Kind.PLAIN), new CrashModel("last", Kind.LAST_PER_SUBJECT),
            new CrashModel("ring", Kind.RING), new CrashModel("work", Kind.WORK));
    private final CrashConsumer consumer = new CrashConsumer(models.getFirst());
    private final long longest;
    private ServerProcess server;
    private long lost;
    private long refused;
    private int flips;
    private int cuts;

    /** @param longest the milliseconds that a server lives under load, at most */
    CrashCampaign(Path folder, long seed, long longest) throws Exception {
        this.folder = folder;
        this.random = new Random(seed);
        this.longest = longest;
        launch();
        try (Connection nats = CrashLoad.connect(server.port())) {
            create(nats.jetStreamManagement());
        }
    }

    private void create(JetStreamManagement management) throws Exception {
        for (CrashModel model : models) {
            StreamConfiguration.Builder stream = StreamConfiguration.builder().name(model.stream).subjects(model.stream + ".*")
                    .storageType(StorageType.File);
            switch (model.kind) {
                case LAST_PER_SUBJECT -> stream.maxMessagesPerSubject(1);
                case RING -> stream.maxMessages(CrashModel.RING);
                case WORK -> stream.retentionPolicy(RetentionPolicy.WorkQueue);
                case PLAIN -> { }
            }
            management.addStream(stream.build());
        }
        management.addOrUpdateConsumer("plain", ConsumerConfiguration.builder().durable("durable").ackWait(Duration.ofMillis(300)).build());
        management.addOrUpdateConsumer("work", ConsumerConfiguration.builder().durable("worker").ackWait(Duration.ofMillis(300)).build());
    }

    private void launch() throws IOException {
        server = ServerProcess.launch(ServerProcess.java("-a", "127.0.0.1", "-p", "-1", "-js", "-sd", folder.toString()));
    }

    /** Loads the server, kills it, damages files perhaps, and compares; returns what is wrong. */
    List<String> round(boolean flip, boolean cut) throws Exception {
        CrashLoad load = new CrashLoad(server.port(), models, consumer, random.nextLong());
        Thread[] clients = load.start(PUBLISHERS);
        // The moment is not chosen by what the server does.
        Thread.sleep(50 + random.nextLong(longest));
        long killed = System.nanoTime();
        server.signal("KILL");
        for (Thread each : clients)
            each.join();
        boolean full = server.err().contains("cannot be written");
        server.close();
        refused += load.refused();
        List<String> problems = new ArrayList<>(load.failures().values());
        Map<String, FileDamage> damages = damage(flip, cut);
        // On a full disk, neither acks nor the states of consumers can be kept.
        consumer.killed(killed, full || damages.get("plain").consumersDamaged);
        launch();
        try (Connection nats = CrashLoad.connect(server.port())) {
            for (CrashModel model : models)
                problems.addAll(compare(nats, model, damages.get(model.stream), full && model.kind == Kind.WORK));
            shrink(nats.jetStreamManagement(), full);
        } catch (IOException | JetStreamApiException e) {
            problems.add(e + ", expected to be lost: " + damages + "\n" + server.err());
        }
        server.err().lines().filter(line -> line.contains("Internal error") || line.contains("cannot be opened")
                || line.contains("cannot be restored")).forEach(problems::add);
        return problems;
    }

    private Map<String, FileDamage> damage(boolean flip, boolean cut) throws IOException {
        Map<String, FileDamage> damages = new TreeMap<>();
        for (CrashModel model : models)
            damages.put(model.stream, FileDamage.of(folder.resolve("jetstream/streams/" + model.stream), random));
        FileDamage victim = damages.get(models.get(random.nextInt(models.size())).stream);
        if (cut) {
            victim.cut();
            cuts++;
        }
        if (flip) {
            victim.flip();
            flips++;
        }
        return damages;
    }

    private List<String> compare(Connection nats, CrashModel model, FileDamage damage, boolean mayBeBack) throws Exception {
        TreeMap<Long, Body> found = read(nats, model, damage);
        String info = new String(nats.request("$JS.API.STREAM.INFO." + model.stream, null, Duration.ofSeconds(10)).getData(),
                StandardCharsets.UTF_8);
        Set<Long> missing = new TreeSet<>(damage.lost);
        missing.retainAll(model.sequences());
        missing.removeAll(found.keySet());
        lost += missing.size();
        List<String> problems = model.check(found, damage.lost, mayBeBack || damage.deletesDamaged);
        if (info.contains("\"lost\"") && damage.lost.isEmpty() && !damage.deletesDamaged && flips == 0)
            problems.add(model.stream + " counts lost messages, but nothing was damaged: " + info);
        return problems;
    }

    /** Reads all messages. */
    private TreeMap<Long, Body> read(Connection nats, CrashModel model, FileDamage damage) throws Exception {
        TreeMap<Long, Body> found = new TreeMap<>();
        String stream = model.stream;
        if (model.kind == Kind.WORK) {
            readByGet(nats, model, damage, found);
            return found;
        }
        nats.jetStreamManagement().addOrUpdateConsumer(stream, ConsumerConfiguration.builder().name("reader")
                .ackPolicy(AckPolicy.None).memStorage(true).build());
        ConsumerContext reader = nats.getStreamContext(stream).getConsumerContext("reader");
        for (long left = nats.jetStreamManagement().getConsumerInfo(stream, "reader").getNumPending(); left > 0;) {
            try (var fetched = reader.fetch(FetchConsumeOptions.builder().maxMessages((int) Math.min(left, BATCH)).expiresIn(30_000).build())) {
                for (Message m; (m = fetched.nextMessage()) != null;) {
                    add(model, found, m.metaData().streamSequence(), m.getSubject(), m.getData());
                    left = m.metaData().pendingCount();
                }
            }
        }
        nats.jetStreamManagement().deleteConsumer(stream, "reader");
        return found;
    }

    /** A work queue has only one consumer for a message: what is known is read only in part. */
    private void readByGet(Connection nats, CrashModel model, FileDamage damage, TreeMap<Long, Body> found) throws Exception {
        var state = nats.jetStreamManagement().getStreamInfo(model.stream, StreamInfoOptions.deletedDetails()).getStreamState();
        if (state.getMsgCount() == 0)
            return;
        Set<Long> gaps = Set.copyOf(state.getDeleted());
        for (long sequence = state.getFirstSequence(); sequence <= state.getLastSequence(); sequence++) {
            if (gaps.contains(sequence))
                continue;
            Body known = model.body(sequence);
            if (known != null && !damage.lost.contains(sequence) && random.nextInt(READ_ONE_OF) > 0) {
                found.put(sequence, known);
                continue;
            }
            try {
                MessageInfo message = nats.jetStreamManagement().getMessage(model.stream, sequence);
                add(model, found, sequence, message.getSubject(), message.getData());
            } catch (JetStreamApiException e) {
                // The model says whether it may be gone.
                if (e.getApiErrorCode() != NO_MESSAGE)
                    throw e;
            }
        }
    }

    private static void add(CrashModel model, TreeMap<Long, Body> found, long sequence, String subject, byte[] payload) {
        String id = CrashLoad.id(payload);
        if (id == null)
            model.violation("message " + sequence + " has a wrong payload");
        else if (found.put(sequence, new Body(subject, id)) != null)
            model.violation("message " + sequence + " came twice");
    }

    /** Keeps the rounds equally long; makes room when the disk was full. */
    private void shrink(JetStreamManagement management, boolean full) throws Exception {
        for (CrashModel model : full ? models : List.of(models.getFirst(), models.getLast())) {
            List<Long> sequences = model.sequences();
            if (sequences.isEmpty() || sequences.size() < MOST_MESSAGES && !full)
                continue;
            long below = full ? sequences.getLast() : sequences.get(sequences.size() - MOST_MESSAGES / 4);
            if (model.kind == Kind.PLAIN)
                receiveBelow(below);
            model.purging(below);
            try {
                management.purgeStream(model.stream, PurgeOptions.builder().sequence(below).build());
            } catch (JetStreamApiException e) {
                // The disk is full, so that the removal may not be kept.
                continue;
            }
            model.purged(below);
        }
    }

    /** Receives what is about to be purged, so that it can be seen that no message was skipped. */
    private void receiveBelow(long below) throws Exception {
        try (Connection nats = CrashLoad.connect(server.port())) {
            while (consumer.take(nats, BATCH, 1) > 0)
                ;
        }
        for (long sequence : models.getFirst().sequences())
            if (sequence < below && !consumer.hasReceived(sequence))
                models.getFirst().violation("message " + sequence + " was never delivered to the consumer");
    }

    /** Receives everything, and returns which messages the consumer has skipped. */
    List<String> end() throws Exception {
        receiveBelow(Long.MAX_VALUE);
        try (Connection nats = CrashLoad.connect(server.port())) {
            CrashModel plain = models.getFirst();
            return plain.check(read(nats, plain, FileDamage.of(folder.resolve("jetstream/streams/plain"), random)), Set.of(), false);
        }
    }

    String figures() {
        long acknowledged = models.stream().mapToLong(CrashModel::acknowledged).sum();
        return acknowledged + " messages were acknowledged, " + refused + " refused; " + flips + " rounds with flipped bits, " + cuts
                + " with cut files, which cost " + lost + " messages";
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        int rounds = Integer.parseInt(args[1]);
        long seed = Long.parseLong(args[2]);
        Files.createDirectories(folder);
        try (CrashCampaign campaign = new CrashCampaign(Files.createTempDirectory(folder, "crash"), seed, 1000)) {
            for (int round = 1; round <= rounds; round++) {
                List<String> problems = campaign.round(round % 3 == 0, round % 10 == 0);
                if (!problems.isEmpty()) {
                    System.out.println("Round " + round + " in " + campaign.folder + ":");
                    problems.stream().limit(20).forEach(System.out::println);
                    System.exit(1);
                }
                if (round % 10 == 0)
                    System.out.println(round + " rounds: " + campaign.figures());
            }
            List<String> problems = campaign.end();
            problems.forEach(System.out::println);
            System.exit(problems.isEmpty() ? 0 : 1);
        }
    }
}
