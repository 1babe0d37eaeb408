/**
 * The events that a server writes to a Flight Recording: connections opened and closed, failed logins, slow consumers,
 * routes up and down, reloads. The classes where these things happen create them, after a check of
 * {@link io.jnatsd.events.EventRecording}.
 *
 * <p>The events take plain values, so that this package uses the JDK only.
 */
package io.jnatsd.events;
