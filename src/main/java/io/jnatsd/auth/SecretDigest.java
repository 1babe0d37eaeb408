package io.jnatsd.auth;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Stands for secrets where they must be compared or remembered: a hash under a key that only this process has. Threads:
 * immutable.
 */
final class SecretDigest {
    private static final String ALGORITHM = "HmacSHA256";

    private final SecretKeySpec key;

    SecretDigest() {
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        key = new SecretKeySpec(random, ALGORITHM);
    }

    /** Equal for equal pairs, and tells nothing of them. */
    ByteBuffer of(String first, String second) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            byte[] bytes = first.getBytes(StandardCharsets.UTF_8);
            mac.update(ByteBuffer.allocate(4).putInt(0, bytes.length));
            mac.update(bytes);
            return ByteBuffer.wrap(mac.doFinal(second.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** In a time that depends on neither text but for its length. */
    boolean equal(String expected, String given) {
        return MessageDigest.isEqual(of("", expected).array(), of("", given).array());
    }
}
