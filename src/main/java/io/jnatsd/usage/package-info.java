/**
 * Code that the command lines and the configuration share: {@link io.jnatsd.usage.Spelling} finds the name that was
 * probably meant, {@link io.jnatsd.usage.FlagHint} suggests a flag, and {@link io.jnatsd.usage.SecretFlags} keeps the
 * values of secret flags, such as those marked with {@link io.jnatsd.usage.Secret}, out of error messages.
 *
 * <p>It uses picocli and no other package of this project.
 */
package io.jnatsd.usage;
