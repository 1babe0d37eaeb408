package io.jnatsd.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.NatsServer;
import io.nats.client.Connection;
import io.nats.client.Nats;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@link NatsExtension} in a field. */
class NatsExtensionTest {
    static class InStaticField {
        @RegisterExtension
        static final NatsExtension NATS = NatsExtension.of(server -> server.user("joe", "secret"));
        static final List<NatsServer> SERVERS = new CopyOnWriteArrayList<>();

        @BeforeAll
        static void before(NatsServer server) {
            assertSame(NATS.server(), server);
        }

        @RepeatedTest(2)
        void connects(NatsServer server, @NatsLogin(user = "joe", password = "secret") Connection connection)
                throws Exception {
            SERVERS.add(server);
            assertSame(NATS.server(), server);
            assertEquals(List.of(server), NATS.servers());
            assertEquals(NATS.url(), connection.getConnectedUrl());
            Nats.connect(NATS.server().url("joe", "secret")).close();
        }

        @Nested
        class Inner {
            @Test
            void nested(NatsServer server) {
                SERVERS.add(server);
                assertSame(NATS.server(), server);
            }
        }
    }

    @Test
    void inAStaticFieldItsServerRunsForTheClass() throws Exception {
        TestRun.of(InStaticField.class).assertPassed();
        assertEquals(3, InStaticField.SERVERS.size());
        assertEquals(1, new HashSet<>(InStaticField.SERVERS).size());
        assertFalse(InStaticField.SERVERS.get(0).isRunning());
    }

    static class InInstanceField {
        static final List<NatsServer> SERVERS = new CopyOnWriteArrayList<>();
        @RegisterExtension
        final NatsExtension nats = NatsExtension.servers(2, server -> { });

        @RepeatedTest(2)
        void test(List<NatsServer> servers) {
            assertEquals(nats.servers(), servers);
            assertEquals(2, servers.size());
            SERVERS.addAll(servers);
        }
    }

    @Test
    void inAnInstanceFieldItsServersRunForOneTest() throws Exception {
        TestRun.of(InInstanceField.class).assertPassed();
        assertEquals(4, new HashSet<>(InInstanceField.SERVERS).size());
        InInstanceField.SERVERS.forEach(server -> assertFalse(server.isRunning()));
    }

    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    static class InTheFieldOfOneInstance {
        static final List<NatsServer> SERVERS = new CopyOnWriteArrayList<>();
        @RegisterExtension
        final NatsExtension nats = new NatsExtension();

        @RepeatedTest(2)
        void test() {
            SERVERS.add(nats.server());
        }
    }

    @Test
    void inTheFieldOfAnInstanceForTheClassItsServerRunsForTheClass() throws Exception {
        TestRun.of(InTheFieldOfOneInstance.class).assertPassed();
        assertEquals(1, new HashSet<>(InTheFieldOfOneInstance.SERVERS).size());
    }

    static class FourFields {
        @RegisterExtension
        static final NatsExtension ONE = NatsExtension.of(server -> server.name("one"));
        @RegisterExtension
        static final NatsExtension TWO = NatsExtension.of(server -> server.name("two"));

        @RegisterExtension
        static final NatsExtension THREE = new NatsExtension();
        @RegisterExtension
        static final NatsExtension FOUR = new NatsExtension();

        @Test
        void four() {
            assertNotEquals(THREE.url(), FOUR.url());
            assertEquals("one", ONE.server().name());
            assertEquals("two", TWO.server().name());
            assertNotEquals(ONE.url(), TWO.url());
        }
    }

    @Test
    void severalFieldsHaveTheirOwnServers() throws Exception {
        TestRun.of(FourFields.class).assertPassed();
    }

    abstract static class Shared {
        @RegisterExtension
        static final NatsExtension NATS = new NatsExtension();
        static final List<NatsServer> SERVERS = new CopyOnWriteArrayList<>();

        @Test
        void test() {
            SERVERS.add(NATS.server());
        }
    }

    static class SharedOne extends Shared {
    }

    static class SharedTwo extends Shared {
    }

    @Test
    void eachSubclassHasAServerOfItsOwn() throws Exception {
        TestRun.of(SharedOne.class).assertPassed();
        TestRun.of(SharedTwo.class).assertPassed();
        assertNotSame(Shared.SERVERS.get(0), Shared.SERVERS.get(1));
    }

    abstract static class SharedInParallel {
        @RegisterExtension
        static final NatsExtension NATS = new NatsExtension();
        static final List<NatsServer> SERVERS = new CopyOnWriteArrayList<>();
        private static final CyclicBarrier BOTH = new CyclicBarrier(2);

        @Test
        void test(NatsServer server) throws Exception {
            SERVERS.add(server);
            BOTH.await(60, TimeUnit.SECONDS);
            String message = assertThrows(IllegalStateException.class, NATS::server).getMessage();
            BOTH.await(60, TimeUnit.SECONDS);
            assertTrue(message.endsWith("take a parameter of type NatsServer instead"), message);
        }
    }

    static class ParallelOne extends SharedInParallel {
    }

    static class ParallelTwo extends SharedInParallel {
    }

    @Test
    void subclassesThatRunInParallelHaveTheirServersAsParameters() throws Exception {
        TestRun.parallel(2, ParallelOne.class, ParallelTwo.class).assertPassed();
        assertEquals(2, new HashSet<>(SharedInParallel.SERVERS).size());
        SharedInParallel.SERVERS.forEach(server -> assertFalse(server.isRunning()));
    }

    @ExtendWith(NatsExtension.class)
    static class Plain {
        @Test
        void test(Connection connection, NatsServer server) {
            assertEquals(server.url(), connection.getConnectedUrl());
        }
    }

    @Test
    void withoutTheAnnotationThereIsOneServer() throws Exception {
        TestRun.of(Plain.class).assertPassed();
    }

    @Test
    void anExtensionThatIsNotInUseHasNoServer() {
        NatsExtension extension = new NatsExtension();
        String message = assertThrows(IllegalStateException.class, extension::url).getMessage();
        assertTrue(message.startsWith("no NATS server runs yet, or no longer"), message);
    }

    @Test
    void anImpossibleNumberOfServersIsRefusedAtOnce() {
        assertEquals("the number of servers must be 1 or more, but is 0",
                assertThrows(IllegalArgumentException.class, () -> NatsExtension.servers(0, server -> { })).getMessage());
        assertThrows(IllegalArgumentException.class, () -> NatsExtension.cluster(-1, server -> { }));
        assertThrows(NullPointerException.class, () -> NatsExtension.of(null));
    }

    static class RefusedSetting {
        @RegisterExtension
        static final NatsExtension NATS = NatsExtension.of(server -> server.maxPayload(-5));

        @Test
        void test() {
        }
    }

    @Test
    void aSettingThatIsRefusedFailsTheClass() {
        Throwable failure = TestRun.of(RefusedSetting.class).failure("NatsExtensionTest$RefusedSetting");
        assertInstanceOf(IllegalArgumentException.class, failure);
        assertEquals("maxPayload must be 1 or more, but is -5", failure.getMessage());
    }
}
