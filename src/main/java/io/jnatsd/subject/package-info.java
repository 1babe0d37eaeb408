/**
 * Subscriptions, and the receivers of a message on a subject. {@link io.jnatsd.subject.SubscriptionIndex} matches
 * subjects, with a cache of results. {@link io.jnatsd.subject.SidTable} lists the subscriptions of one connection by
 * sid and keeps the index consistent with it. {@link io.jnatsd.subject.Receiver} is the destination of messages. Start
 * reading at {@link io.jnatsd.subject.SubjectSpace}.
 *
 * <p>It uses {@code protocol} for messages and subjects, {@code auth} for reply permissions, and the interface of
 * {@code log} that names the origin of a line. It does no I/O.
 *
 * <p><b>Lock order</b>, for this package and all packages that use it. A thread that holds a lock may only take locks
 * that come later in this list, and does no I/O:
 * <ol>
 * <li>{@code NatsServer}: held while an embedded server is reloaded, restarted or closed, all of which may take time;
 * <li>{@code Server}: the reload lock;
 * <li>{@code FaultInjection}: held while the faults of a client are computed;
 * <li>{@code ConnectUrls}, then {@code RouteTable}, of the cluster;
 * <li>{@code ClientLogin}, {@code RouteLogin}: the end of a login;
 * <li>{@code SidTable}: held while the index is changed and routes are informed of a subscription;
 * <li>a stripe of {@code SubscriptionIndex} or a branch of {@code WildcardTree}, one at a time;
 * <li>{@code Receiver}: the counters of its subscriptions and its pending output.
 * </ol>
 * All other locks are leaves; no other lock is taken under them: {@code LogQueue}, {@code PasswordCheck},
 * {@code BcryptQueue}, {@code ReplySubjects}, {@code TopSubjects}, {@code InputBudget}, {@code Quotas},
 * {@code ClosedClients}, {@code MessageLog}, {@code IncidentLog}, {@code DepartedMembers}, {@code Dialers},
 * {@code InfoPublisher}, {@code RecentLog}, {@code FaultyClient}, {@code SyncThread}, and the lock of {@code ServerState}, which only its
 * stop waits for.
 */
package io.jnatsd.subject;
