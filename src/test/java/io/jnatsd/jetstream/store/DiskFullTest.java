package io.jnatsd.jetstream.store;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jnatsd.cli.ServerProcess;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server whose streams are on a disk that becomes full: a file system in memory that only this server sees. */
@Timeout(120)
class DiskFullTest {
    private static final int LARGE = 100_000, STORE_FAILED = 10077;

    @TempDir
    private Path folder;

    private ServerProcess start() throws IOException, InterruptedException {
        String mount = "mount -t tmpfs -o size=6m tmpfs " + folder;
        List<String> own = List.of("unshare", "-rm", "sh", "-c");
        List<String> probe = new ArrayList<>(own);
        probe.add(mount);
        Process tried = new ProcessBuilder(probe).redirectErrorStream(true).start();
        tried.getInputStream().readAllBytes();
        assumeTrue(tried.waitFor() == 0, "unshare cannot make a file system here");
        List<String> command = new ArrayList<>(own);
        command.add(mount + " && exec \"$@\"");
        command.add("sh");
        command.addAll(ServerProcess.java("-a", "127.0.0.1", "-p", "-1", "-js", "-sd", folder.toString()));
        return ServerProcess.launch(command);
    }

    private static void create(Connection nats, String stream, StorageType storage) throws Exception {
        nats.jetStreamManagement().addStream(StreamConfiguration.builder().name(stream).subjects(stream).storageType(storage).build());
    }

    /** Publishes until a message is refused; returns how many were stored. */
    private static int fill(Connection nats) throws Exception {
        for (int stored = 0;; stored++) {
            try {
                nats.jetStream().publish("F", new byte[LARGE]);
            } catch (JetStreamApiException e) {
                assertEquals(STORE_FAILED, e.getApiErrorCode());
                assertTrue(e.getMessage().contains("No space left"), e.getMessage());
                return stored;
            }
        }
    }

    @Test
    void aFullDiskRefusesMessagesUntilThereIsRoom() throws Exception {
        try (ServerProcess server = start(); Connection nats = CrashLoad.connect(server.port())) {
            create(nats, "F", StorageType.File);
            create(nats, "M", StorageType.Memory);
            int stored = fill(nats);
            assertTrue(stored > 30, "stored " + stored);
            assertEquals(stored, nats.jetStreamManagement().getStreamInfo("F").getStreamState().getMsgCount());
            nats.jetStream().publish("M", new byte[LARGE]);
            assertEquals(1, server.err().lines().filter(line -> line.contains("cannot be written and refuses messages")).count());
            assertThrows(JetStreamApiException.class, () -> nats.jetStream().publish("F", new byte[LARGE]));
            assertEquals(1, nats.jetStreamManagement().getMessage("F", 1).getSeq());
            nats.jetStreamManagement().purgeStream("F");
            await().atMost(Duration.ofSeconds(20)).ignoreExceptions().until(() -> nats.jetStream().publish("F", new byte[LARGE]).getSeqno() > 0);
            assertEquals(1, nats.jetStreamManagement().getStreamInfo("F").getStreamState().getMsgCount());
        }
    }
}
