/**
 * Who may connect and what they may do. An {@link io.jnatsd.auth.Authenticator} gets the
 * {@link io.jnatsd.auth.Credentials} of a client and returns a {@link io.jnatsd.auth.Login}, with
 * {@link io.jnatsd.auth.Permissions}, or null for a refusal; {@link io.jnatsd.auth.ConfiguredAuthenticator} does so for
 * the users of the configuration. {@link io.jnatsd.auth.PasswordCheck} compares passwords and limits the time that
 * bcrypt takes. Begin with {@code ConfiguredAuthenticator.authenticate}.
 *
 * <p>It uses {@code config} for the users, {@code protocol} for subjects and keys, {@code text}, and jbcrypt. It knows no
 * connections: {@code client} and {@code monitor} ask it.
 */
package io.jnatsd.auth;
