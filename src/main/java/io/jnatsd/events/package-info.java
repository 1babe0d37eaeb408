/**
 * The events that a server writes to a Flight Recording: connections opened and closed, failed logins, slow consumers,
 * routes up and down, reloads. They take plain values, so that this package uses nothing but the JDK; the classes that
 * notice what has happened create them, after they have asked
 * {@link io.jnatsd.events.EventRecording} whether that is of any use.
 */
package io.jnatsd.events;
