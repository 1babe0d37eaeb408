package io.jnatsd.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mindrot.jbcrypt.BCrypt;

@Timeout(30)
class PasswordCheckTest {
    /** Takes a tenth of a second on most machines. */
    private static final String SLOW = BCrypt.hashpw("slow", BCrypt.gensalt(11));

    @AutoClose
    private final PasswordCheck passwords = new PasswordCheck(Duration.ofSeconds(20));

    private boolean matches(String secret, String password) throws Exception {
        return passwords.matches(secret, password, "127.0.0.1 joe");
    }

    private long nanos(String secret, String password) throws Exception {
        long start = System.nanoTime();
        matches(secret, password);
        return System.nanoTime() - start;
    }

    @Test
    void plainTextMustBeEqual() throws Exception {
        assertTrue(matches("secret", "secret"));
        assertTrue(matches("", ""));
        for (String wrong : List.of("", "secre", "secrets", "Secret"))
            assertFalse(matches("secret", wrong));
    }

    @Test
    void theHashItselfDoesNotMatch() throws Exception {
        assertTrue(matches(SLOW, "slow"));
        assertFalse(matches(SLOW, SLOW));
        assertFalse(matches(SLOW, ""));
    }

    @Test
    void aSuccessIsRememberedAndAFailureIsNot() throws Exception {
        long first = nanos(SLOW, "slow"), again = nanos(SLOW, "slow");
        long wrong = nanos(SLOW, "wrong"), wrongAgain = nanos(SLOW, "wrong");
        assertTrue(again < first / 10, () -> again + " of " + first);
        assertTrue(wrongAgain > wrong / 10, () -> wrongAgain + " of " + wrong);
    }

    @Test
    void aCachedSuccessIsForOneHashOnly() throws Exception {
        matches(SLOW, "slow");
        assertFalse(matches(BCrypt.hashpw("other", BCrypt.gensalt(4)), "slow"));
    }

    @Test
    void aStormOfOneLoginCostsOneCheck() throws Exception {
        long one = nanos(SLOW, "wrong");
        AtomicInteger right = new AtomicInteger();
        long start = System.nanoTime();
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < 500; i++)
            clients.add(Thread.startVirtualThread(() -> {
                try {
                    if (matches(SLOW, "slow"))
                        right.incrementAndGet();
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            }));
        for (Thread client : clients)
            client.join();
        assertEquals(500, right.get());
        long all = System.nanoTime() - start;
        assertTrue(all < 50 * one, () -> "500 logins took " + all + " ns, one takes " + one);
    }

    @Test
    void aCheckThatWaitsTooLongTimesOut() {
        try (PasswordCheck impatient = new PasswordCheck(Duration.ofMillis(1))) {
            String costly = BCrypt.hashpw("x", BCrypt.gensalt(4)).replace("$2a$04$", "$2a$12$");
            assertThrows(AuthenticationTimeout.class, () -> impatient.matches(costly, "y", "127.0.0.1 "));
        }
    }

    @Test
    void theDigestTellsPairsApart() {
        SecretDigest digest = new SecretDigest();
        assertEquals(digest.of("ab", "c"), digest.of("ab", "c"));
        assertNotEquals(digest.of("ab", "c"), digest.of("a", "bc"));
        assertNotEquals(digest.of("ab", "c"), new SecretDigest().of("ab", "c"));
    }
}
