/**
 * What the command lines and the configuration have in common: {@link io.jnatsd.usage.Spelling} finds the name that was
 * probably meant, {@link io.jnatsd.usage.FlagHint} says so for flags, and {@link io.jnatsd.usage.SecretFlags} keeps the
 * values of flags marked with {@link io.jnatsd.usage.Secret} out of error messages.
 *
 * <p>It uses picocli and nothing of this project.
 */
package io.jnatsd.usage;
