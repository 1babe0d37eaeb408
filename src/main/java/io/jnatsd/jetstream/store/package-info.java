/**
 * The messages of a stream. {@link io.jnatsd.jetstream.store.MessageStore} is what a stream needs of its store, and
 * {@link io.jnatsd.jetstream.store.MemoryStore} the one in memory: an {@code Arena} of bytes, {@code Page}s with what is
 * known of each message, and a {@code SubjectTree} that counts the messages of each subject. Start reading at
 * {@code MemoryStore.append}.
 *
 * <p>It uses nothing but the JDK. All of a store belongs to the actor of its stream, so that it has no locks.
 */
package io.jnatsd.jetstream.store;
