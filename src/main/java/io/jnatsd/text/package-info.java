/**
 * Text formats that several packages read or write: {@link io.jnatsd.text.HostPort}, {@link io.jnatsd.text.Quoted}
 * strings, {@link io.jnatsd.text.IpText} for addresses, {@link io.jnatsd.text.GoDuration}, and
 * {@link io.jnatsd.text.OsError} for the errors of failed system calls. All are stateless classes and records.
 *
 * <p>It uses no other package of this project.
 */
package io.jnatsd.text;
