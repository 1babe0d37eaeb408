/**
 * Logins and permissions of clients. An {@link io.jnatsd.auth.Authenticator} receives the {@link
 * io.jnatsd.auth.Credentials} of a client and returns a {@link io.jnatsd.auth.Login} with {@link
 * io.jnatsd.auth.Permissions}, or null to refuse the client. {@link io.jnatsd.auth.ConfiguredAuthenticator} does this
 * for the users of the configuration, {@link io.jnatsd.auth.ProgramAuthenticator} by the authenticator of a program.
 * {@link io.jnatsd.auth.PasswordCheck} compares passwords and limits the processor
 * time of bcrypt. Start reading at {@code ConfiguredAuthenticator.authenticate}.
 *
 * <p>It uses {@code config} for the users, {@code protocol} for subjects and keys, {@code text}, jbcrypt, and the
 * types of the public API that state what a program wants. It does not use connections; {@code client} and
 * {@code monitor} call it.
 */
package io.jnatsd.auth;
