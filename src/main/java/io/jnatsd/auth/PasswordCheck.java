package io.jnatsd.auth;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Compares passwords with what the configuration has for them. Plain text is compared at once. bcrypt hashes cost a
 * tenth of a second of a processor each, so those checks queue for a few threads of their own; a success is
 * remembered for a while, and those who ask the same at the same time share one check. A thousand clients that
 * reconnect at once cost one check that way.
 *
 * <p>Threads: anybody's.
 */
public final class PasswordCheck implements AutoCloseable {
    private static final int MAX_REMEMBERED = 10_000;
    private static final Duration MEMORY = Duration.ofHours(1);

    private final SecretDigest digest = new SecretDigest();
    private final BcryptQueue queue;
    private final Duration patience;
    private final ReentrantLock lock = new ReentrantLock();
    /**
     * When successes are forgotten, in nanoseconds; oldest first. What a reload takes out of the configuration is not
     * asked for any more, since the hash is part of the question. guarded by {@code lock}.
     */
    private final Map<ByteBuffer, Long> remembered = new LinkedHashMap<>();

    /** @param patience how long a login may wait for its check */
    public PasswordCheck(Duration patience) {
        this.patience = patience;
        this.queue = new BcryptQueue(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
    }

    /**
     * Whether a password is right.
     *
     * @param secret plain text, or a bcrypt hash
     * @param asker who waits, so that nobody's checks keep another's waiting, see {@link Credentials#asker}
     */
    public boolean matches(String secret, String password, String asker)
            throws AuthenticationTimeout, InterruptedException {
        if (!BcryptHash.isHash(secret))
            return digest.equal(secret, password);
        ByteBuffer question = digest.of(secret, password);
        return isRemembered(question) || queue.ask(asker, question, () -> check(question, secret, password), patience);
    }

    /** A success is remembered before anybody hears of it, so that who asks next need not have it checked again. */
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
