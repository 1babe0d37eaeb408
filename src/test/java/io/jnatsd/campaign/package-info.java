/**
 * Programs that look for faults with random scripts: what they promise, and how to run them, is said in
 * {@code src/site/markdown/reliability.md}. Short forms of them are tests.
 */
package io.jnatsd.campaign;
