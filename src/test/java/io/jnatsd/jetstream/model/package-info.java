/**
 * A random test of JetStream: the same steps on a server and on a slow and simple model of a stream, which says what
 * each answer must be. Start reading at {@link io.jnatsd.jetstream.model.Play}.
 */
package io.jnatsd.jetstream.model;
