package io.jnatsd.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.log.Log;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ControlSocketTest {
    private static final long PID = ProcessHandle.current().pid();

    private final List<String> commands = new CopyOnWriteArrayList<>();
    private final CountDownLatch slow = new CountDownLatch(1);
    private ControlSocket control;

    @BeforeEach
    void open() throws IOException {
        control = ControlSocket.open(command -> {
            commands.add(command);
            if (command.equals("fail"))
                throw new IOException("line one\nline two");
            if (command.equals("slow"))
                slow.await();
        }, Log.silent());
    }

    @AfterEach
    void close() {
        control.close();
    }

    @Test
    void commandsAreDoneAndAnswered() throws IOException {
        assertEquals("ok", ControlSocket.ask(PID, "reload"));
        assertEquals("line one\nline two", ControlSocket.ask(PID, "fail"));
        assertEquals("ok", ControlSocket.ask(PID, "reopen"));
        assertEquals(List.of("reload", "fail", "reopen"), commands);
    }

    @Test
    void whoeverSaysNothingHoldsNobodyUp() throws IOException {
        try (SocketChannel silent = SocketChannel.open(UnixDomainSocketAddress.of(ControlSocket.file(PID)))) {
            assertTrue(silent.isConnected());
            assertEquals("ok", ControlSocket.ask(PID, "reload"));
            assertEquals(-1, silent.read(ByteBuffer.allocate(1)), "and is hung up on");
        }
        assertEquals("ok", ControlSocket.ask(PID, "reload"));
    }

    @Test
    void onlyTheUserHimselfMayEnter() throws IOException {
        Path folder = ControlSocket.file(PID).getParent();
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)));
    }

    @Test
    void theSocketGoesWithTheServer() throws IOException {
        control.close();
        assertFalse(Files.exists(ControlSocket.file(PID)));
        assertNull(ControlSocket.ask(PID, "reload"));
    }

    @Test
    void filesOfKilledServersAreRemovedAndThoseOfOthersAreNot() throws IOException {
        control.close();
        // No process has these pids on Linux. One of them has a listener all the same, like a server in another
        // container.
        Path killed = ControlSocket.file(99_999_998), elsewhere = ControlSocket.file(99_999_999);
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(killed));
        }
        try (ServerSocketChannel alive = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            alive.bind(UnixDomainSocketAddress.of(elsewhere));
            open();
            assertFalse(Files.exists(killed));
            assertTrue(Files.exists(elsewhere));
        } finally {
            Files.deleteIfExists(elsewhere);
        }
    }

    /** A connection to a full backlog blocks without limit; a server out of memory may have such a backlog. */
    @Test
    void neitherAStartNorACommandWaitsForAnotherServerThatDoesNotAccept() throws IOException {
        control.close();
        List<SocketChannel> queued = new ArrayList<>();
        for (long pid : new long[] {99_999_997, PID})
            try (ServerSocketChannel deaf = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                UnixDomainSocketAddress address = UnixDomainSocketAddress.of(ControlSocket.file(pid));
                deaf.bind(address, 1);
                fill(address, queued);
                if (pid == PID) {
                    assertDoesNotAnswer();
                } else {
                    open();
                    assertTrue(Files.exists(address.getPath()), "it may only be busy");
                    control.close();
                }
            } finally {
                Files.deleteIfExists(ControlSocket.file(pid));
            }
        for (SocketChannel channel : queued)
            channel.close();
    }

    private static void fill(UnixDomainSocketAddress address, List<SocketChannel> queued) throws IOException {
        for (boolean room = true; room;) {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            queued.add(channel);
            channel.configureBlocking(false);
            try {
                room = channel.connect(address);
            } catch (IOException e) {
                room = false;
            }
        }
    }

    @Test
    void aServerThatAcceptsAndDoesNotAnswerIsWaitedForWithALimit() throws IOException {
        control.close();
        try (ServerSocketChannel mute = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            mute.bind(UnixDomainSocketAddress.of(ControlSocket.file(PID)));
            assertDoesNotAnswer();
        } finally {
            Files.deleteIfExists(ControlSocket.file(PID));
        }
    }

    /** The limit is one second; three more seconds are for a busy machine. */
    private static void assertDoesNotAnswer() {
        long asked = System.nanoTime();
        assertEquals("server " + PID + " does not answer", assertThrows(SocketTimeoutException.class,
                () -> ControlSocket.ask(PID, "reload")).getMessage());
        assertTrue(System.nanoTime() - asked < TimeUnit.SECONDS.toNanos(4));
    }

    /** A reload may take long. Each empty line gives the server another second. */
    @Test
    void aServerThatIsAtWorkSaysSoUntilItHasFinished() throws Exception {
        CompletableFuture<String> answer = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
            try {
                answer.complete(ControlSocket.ask(PID, "slow"));
            } catch (Throwable e) {
                answer.completeExceptionally(e);
            }
        });
        try (SocketChannel peer = SocketChannel.open(UnixDomainSocketAddress.of(ControlSocket.file(PID)))) {
            peer.write(ByteBuffer.wrap("slow\n".getBytes(StandardCharsets.UTF_8)));
            InputStream in = Channels.newInputStream(peer);
            for (int signs = 0; signs < 8; signs++)
                assertEquals('\n', in.read(), "no answer yet");
            assertFalse(answer.isDone());
            slow.countDown();
            assertEquals("ok", new String(in.readAllBytes(), StandardCharsets.UTF_8).strip(),
                    "a peer that reads the answer as a whole and strips it, as older ones do");
        }
        assertEquals("ok", answer.get(10, TimeUnit.SECONDS));
    }

    @Test
    void theAnswerOfAnOlderServerIsUnderstood() throws Exception {
        control.close();
        try (ServerSocketChannel older = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            older.bind(UnixDomainSocketAddress.of(ControlSocket.file(PID)));
            Thread answers = Thread.startVirtualThread(() -> {
                try (SocketChannel peer = older.accept()) {
                    assertTrue(peer.read(ByteBuffer.allocate(100)) > 0);
                    peer.write(ByteBuffer.wrap("line one\nline two\n".getBytes(StandardCharsets.UTF_8)));
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            assertEquals("line one\nline two", ControlSocket.ask(PID, "reload"));
            answers.join();
        } finally {
            Files.deleteIfExists(ControlSocket.file(PID));
        }
    }

    @Test
    void aSocketThatWasLeftBehindIsNobody() throws IOException {
        control.close();
        Path file = ControlSocket.file(PID);
        ServerSocketChannel left = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        left.bind(UnixDomainSocketAddress.of(file));
        left.close();
        assertTrue(Files.exists(file));
        assertNull(ControlSocket.ask(PID, "reload"));
        open();
        assertEquals("ok", ControlSocket.ask(PID, "reload"), "and taken over");
    }

    @Test
    void aServerThatEndsBeforeItAnswersIsToldFromOneThatIsNotThere() throws Exception {
        control.close();
        try (ServerSocketChannel mute = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            mute.bind(UnixDomainSocketAddress.of(ControlSocket.file(PID)));
            Thread ends = Thread.startVirtualThread(() -> {
                try {
                    mute.accept().close();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            assertEquals("", ControlSocket.ask(PID, "reload"));
            ends.join();
        } finally {
            Files.deleteIfExists(ControlSocket.file(PID));
        }
    }
}
