/**
 * The messages of a stream. {@link io.jnatsd.jetstream.store.MessageStore} is what a stream needs of its store. The index
 * ({@code IndexedStore}) is in memory for every stream: {@code Page}s with what is known of each message, and a
 * {@code SubjectTree} that counts the messages of each subject. {@link io.jnatsd.jetstream.store.MemoryStore} has the
 * bytes in an {@code Arena}, {@link io.jnatsd.jetstream.store.FileStore} in {@code Segment}s on the disk, which
 * {@code SegmentRecovery} reads at a start. Start reading at {@code IndexedStore.append}.
 *
 * <p>It uses nothing but the JDK. All of a store belongs to the actor of its stream, so that it has no locks; only the
 * {@link io.jnatsd.jetstream.store.SyncThread} forces files from outside.
 */
package io.jnatsd.jetstream.store;
