/**
 * Answers the requests of the system user under {@code $SYS.REQ.SERVER}. {@link io.jnatsd.system.SystemRequests}
 * subscribes by an {@link io.jnatsd.delivery.InternalClient} and answers with the views of {@code monitor};
 * {@link io.jnatsd.system.Controls} are the actions of the server on request. Start reading at
 * {@code SystemRequests.start}.
 *
 * <p>It uses {@code delivery}, {@code connection}, {@code monitor}, {@code protocol}, {@code log} and gson.
 */
package io.jnatsd.system;
