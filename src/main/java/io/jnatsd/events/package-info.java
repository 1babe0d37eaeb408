/**
 * The events that a server writes to a Flight Recording: connections opened and closed, failed logins, slow consumers,
 * routes up and down, reloads; streams and consumers that come and go, messages that limits refuse, consumers that
 * stall, requests that fail. The classes where these things happen create them, after a check of
 * {@link io.jnatsd.events.EventRecording}.
 *
 * <p>The events take plain values, so that this package uses the JDK only.
 */
package io.jnatsd.events;
