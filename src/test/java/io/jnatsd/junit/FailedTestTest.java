package io.jnatsd.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jnatsd.NatsServer;
import io.jnatsd.NatsServerBuilder;
import io.nats.client.Nats;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** What a test that fails shows of the server's log. */
class FailedTestTest {
    private static void loginFails(NatsServer server, String user) throws Exception {
        try {
            Nats.connect(server.url(user, "x")).close();
        } catch (io.nats.client.AuthenticationException e) {
            return;
        }
        fail("the login did not fail");
    }

    @NatsTest(configText = "authorization { user: joe, password: secret }")
    @TestMethodOrder(MethodOrderer.MethodName.class)
    static class Failing {
        @Test
        void a(NatsServer server) throws Exception {
            loginFails(server, "ann");
            throw new IllegalStateException("this is a");
        }

        @Test
        void b(NatsServer server) throws Exception {
            loginFails(server, "bob");
            assertEquals(1, 2);
        }

        @Test
        void c() {
            fail("this is c");
        }

        @Test
        void d(NatsServer server) {
            server.close();
            fail("this is d");
        }

        @Test
        void e() {
            assumeTrue(false);
        }
    }

    @Test
    void theStackTraceHasWhatTheServerLoggedDuringTheTest() {
        TestRun run = TestRun.of(Failing.class);
        String a = run.stackTrace("a(NatsServer)"), b = run.stackTrace("b(NatsServer)");
        assertTrue(a.startsWith("java.lang.IllegalStateException: this is a"), a);
        assertTrue(a.contains("Suppressed: io.jnatsd.junit.NatsServerLog: NATS server nats://127.0.0.1:"), a);
        assertTrue(a.matches("(?s).*\\[ERR\\] \\S+ - cid:1 - Authorization Error.*"), a);
        assertTrue(b.matches("(?s).*\\[ERR\\] \\S+ - cid:2 - Authorization Error.*"), b);
        assertFalse(b.contains("cid:1"), b);
        assertFalse((a + b).contains("secret"), a + b);
        assertTrue(run.stackTrace("c()").contains("logged nothing during the test; NatsServerBuilder.debug()"));
        assertTrue(run.stackTrace("d(NatsServer)").contains("[INF] Server Exiting.."));
        assertEquals(0, run.failure("e()").getSuppressed().length);
    }

    @NatsTest(perMethod = true)
    static class FailingPerMethod {
        @Test
        void a() {
            fail();
        }
    }

    @Test
    void theLogOfAServerForOneTestBeginsWithItsStart() {
        String trace = TestRun.of(FailingPerMethod.class).stackTrace("a()");
        assertTrue(trace.contains("[INF] Server is ready"), trace);
    }

    @NatsTest(servers = 2)
    static class FailingClass {
        @BeforeAll
        static void before() {
            fail("this is before");
        }

        @Test
        void test() {
        }
    }

    @Test
    void aClassThatFailsShowsTheLogOfEachServer() {
        String trace = TestRun.of(FailingClass.class).stackTrace("FailedTestTest$FailingClass");
        assertTrue(trace.contains("this is before"), trace);
        assertEquals(2, trace.split("NATS server nats://127.0.0.1:", -1).length - 1, trace);
        assertEquals(2, trace.split("Server is ready", -1).length - 1, trace);
    }

    @NatsTest(perMethod = true)
    static class FailingDynamicTest {
        @TestFactory
        List<DynamicTest> tests() {
            return List.of(DynamicTest.dynamicTest("dynamic", () -> fail("this is dynamic")));
        }
    }

    @NatsTest
    static class FailingConstructor {
        FailingConstructor() {
            fail("this is a constructor");
        }

        @Test
        void test() {
        }
    }

    @NatsTest
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    static class FailingConstructorOfOneInstance {
        FailingConstructorOfOneInstance(NatsServer server) {
            fail("this is a constructor");
        }

        @Test
        void test() {
        }
    }

    @Test
    void dynamicTestsAndConstructorsShowTheLogOnce() {
        for (String trace : List.of(TestRun.of(FailingDynamicTest.class).stackTrace("dynamic"),
                TestRun.of(FailingConstructor.class).stackTrace("test()"),
                TestRun.of(FailingConstructorOfOneInstance.class)
                        .stackTrace("FailedTestTest$FailingConstructorOfOneInstance")))
            assertEquals(2, trace.split("Server is ready", -1).length, trace);
    }

    @NatsTest
    static class LogElsewhere {
        static final List<String> LINES = new CopyOnWriteArrayList<>();

        @NatsSettings
        static void settings(NatsServerBuilder server) {
            server.logTo(LINES::add);
        }

        @Test
        void test() {
            fail();
        }
    }

    @Test
    void aLogThatTheSettingsSendElsewhereIsNotShown() {
        assertEquals(0, TestRun.of(LogElsewhere.class).failure("test()").getSuppressed().length);
        assertTrue(LogElsewhere.LINES.toString().contains("Server is ready"));
    }

    @Test
    void onlyTheLastLinesAreKept() {
        RecentLog log = new RecentLog();
        for (int i = 0; i < 1000; i++)
            log.add("line " + i + " " + "x".repeat(100));
        log.add("long " + "y".repeat(1_000_000));
        String kept = log.since(0);
        assertTrue(kept.length() < 40_000, () -> kept.length() + " chars");
        assertTrue(kept.matches("(?s)\n    \\(\\d+ earlier lines are left out\\)"
                + "\n    line \\d+ x+\n.*\n    line 999 x+\n    long y+\\.\\.\\."), kept);
        assertEquals("\n    next", add(log, "next").since(1001));
        assertEquals("", log.since(1002));
    }

    private static RecentLog add(RecentLog log, String line) {
        log.add(line);
        return log;
    }
}
