package io.jnatsd.auth;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Represents secrets where they must be compared or cached, by a hash with a random key of this process. Threads:
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

    /** Returns a value that is equal for equal pairs and does not reveal them. */
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

    /** Compares in a time that depends only on the lengths. */
    boolean equal(String expected, String given) {
        return MessageDigest.isEqual(of("", expected).array(), of("", given).array());
    }
}
