package io.jnatsd.junit;

import io.jnatsd.NatsServer;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The running servers of a test class or a test. The store of the class or the test closes it: since JUnit 5.13 because
 * it is an {@link AutoCloseable}, before that because it is a {@code CloseableResource}. Threads: any thread.
 */
@SuppressWarnings("deprecation")
final class TestServers implements ExtensionContext.Store.CloseableResource, AutoCloseable {
    private final String owner;
    private final List<Node> nodes;
    private volatile boolean closed;

    /** A server and its log. */
    record Node(NatsServer server, RecentLog log, String url) {
        Node(NatsServer server, RecentLog log) {
            this(server, log, server.url());
        }

        private String logSince(long mark) {
            log.awaitQuiet();
            if (log.total() == 0)
                return null; // the settings send the log elsewhere
            String lines = log.since(mark);
            return "NATS server " + url + " logged" + (lines.isEmpty()
                    ? " nothing during the test; NatsServerBuilder.debug() has it log what clients do" : ":" + lines);
        }
    }

    /**
     * Takes over what runs.
     *
     * @param owner the unique id of the context that the servers belong to
     */
    TestServers(String owner, List<Node> nodes) {
        this.owner = owner;
        this.nodes = List.copyOf(nodes);
    }

    String owner() {
        return owner;
    }

    List<NatsServer> all() {
        return nodes.stream().map(Node::server).toList();
    }

    boolean isClosed() {
        return closed;
    }

    /** Returns how many lines each log has now, for {@link #logSince}. */
    List<Long> mark() {
        return nodes.stream().map(node -> node.log.total()).toList();
    }

    /** Returns what the servers have logged since then, or since their start; null if their logs go elsewhere. */
    NatsServerLog logSince(List<Long> mark) {
        String text = IntStream.range(0, nodes.size())
                .mapToObj(i -> nodes.get(i).logSince(mark == null ? 0 : mark.get(i)))
                .filter(Objects::nonNull).collect(Collectors.joining("\n"));
        return text.isEmpty() ? null : new NatsServerLog(text);
    }

    @Override
    public void close() {
        closed = true;
        closeFrom(0);
    }

    /** Closes the others, too, if one of them throws something. */
    private void closeFrom(int index) {
        if (index == nodes.size())
            return;
        try {
            nodes.get(index).server.close();
        } finally {
            closeFrom(index + 1);
        }
    }
}
