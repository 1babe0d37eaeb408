/**
 * Small notations that several packages read or write: {@link io.jnatsd.text.HostPort}, {@link io.jnatsd.text.Quoted}
 * strings, {@link io.jnatsd.text.IpText} for addresses, {@link io.jnatsd.text.GoDuration}, and
 * {@link io.jnatsd.text.OsError} for the words of failed system calls. Pure functions and records; it uses nothing of
 * this project.
 */
package io.jnatsd.text;
