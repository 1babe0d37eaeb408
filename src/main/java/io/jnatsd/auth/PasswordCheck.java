package io.jnatsd.auth;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Compares passwords with those of the configuration. Plain text is compared at once. A bcrypt hash costs a tenth of a
 * second of processor time, so these checks are queued for a small number of threads. A successful check is cached for
 * some time, and equal checks at the same time are done once. So a thousand clients that reconnect with the same login
 * cost one check.
 *
 * <p>Threads: any thread.
 */
public final class PasswordCheck implements AutoCloseable {
    private static final int MAX_REMEMBERED = 10_000;
    private static final Duration MEMORY = Duration.ofHours(1);

    private final SecretDigest digest = new SecretDigest();
    private final BcryptQueue queue;
    private final Duration patience;
    private final ReentrantLock lock = new ReentrantLock();
    /**
     * The expiry times of cached successes in nanoseconds, oldest first. A password that a reload removes from the
     * configuration is not found here, because the hash is part of the key. Guarded by {@code lock}.
     */
    private final Map<ByteBuffer, Long> remembered = new LinkedHashMap<>();

    /** @param patience the time that a login may wait for its check */
    public PasswordCheck(Duration patience) {
        this.patience = patience;
        this.queue = new BcryptQueue(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
    }

    /**
     * Returns whether a password is correct.
     *
     * @param secret plain text, or a bcrypt hash
     * @param asker the requester, whose checks must not delay those of others, see {@link Credentials#asker}
     */
    public boolean matches(String secret, String password, String asker)
            throws AuthenticationTimeout, InterruptedException {
        if (!BcryptHash.isHash(secret))
            return digest.equal(secret, password);
        ByteBuffer question = digest.of(secret, password);
        return isRemembered(question) || queue.ask(asker, question, () -> check(question, secret, password), patience);
    }

    /** The success is cached before it is returned, so that the next equal question is not checked again. */
    private boolean check(ByteBuffer question, String hash, String password) {
        boolean right = BcryptHash.matches(hash, password);
        if (right)
            remember(question);
        return right;
    }

    private boolean isRemembered(ByteBuffer question) {
        lock.lock();
        try {
            Long until = remembered.get(question);
            return until != null && until - System.nanoTime() > 0;
        } finally {
            lock.unlock();
        }
    }

    private void remember(ByteBuffer question) {
        lock.lock();
        try {
            remembered.remove(question);
            remembered.put(question, System.nanoTime() + MEMORY.toNanos());
            if (remembered.size() > MAX_REMEMBERED)
                remembered.remove(remembered.keySet().iterator().next());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        queue.close();
    }
}
