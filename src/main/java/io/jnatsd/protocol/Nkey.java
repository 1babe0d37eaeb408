package io.jnatsd.protocol;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;

/**
 * The public nkey of a user: an Ed25519 key as 56 characters of base32, the first of which is U. The server sends a
 * nonce in INFO. The client signs it in CONNECT, which proves that it has the private key. Threads: immutable.
 */
public final class Nkey {
    private static final int TEXT_LENGTH = 56;
    /** Precedes the key of a user, so that base32 begins with U. */
    private static final byte USER_PREFIX = (byte) (20 << 3);
    private static final int KEY_LENGTH = 32;
    private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    /** Precedes the 32 bytes of an Ed25519 key in X.509. */
    private static final byte[] X509_HEADER = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0};

    private final String text;
    private final PublicKey key;

    private Nkey(String text, PublicKey key) {
        this.text = text;
        this.key = key;
    }

    /**
     * Decodes a public nkey.
     *
     * @throws IllegalArgumentException with the reason if it is not a user's public nkey
     */
    public static Nkey ofUser(String text) {
        byte[] bytes = decode(text);
        if (bytes[0] != USER_PREFIX)
            throw bad("it is not a user's public key, which begins with U", null);
        int checksum = bytes[KEY_LENGTH + 1] & 0xff | (bytes[KEY_LENGTH + 2] & 0xff) << 8;
        if (checksum != crc16(bytes, KEY_LENGTH + 1))
            throw bad("its checksum is wrong", null);
        byte[] x509 = Arrays.copyOf(X509_HEADER, X509_HEADER.length + KEY_LENGTH);
        System.arraycopy(bytes, 1, x509, X509_HEADER.length, KEY_LENGTH);
        try {
            PublicKey key = KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(x509));
            verifier(key);
            return new Nkey(text, key);
        } catch (GeneralSecurityException e) {
            throw bad("it is no Ed25519 key", e);
        }
    }

    /**
     * Returns whether the signature, in base64url or base64, is that of the nonce by this key; false if it is
     * malformed.
     */
    public boolean verify(byte[] nonce, String signature) {
        // Base64 and base64url differ in two characters only.
        String standard = signature.replace('-', '+').replace('_', '/');
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(standard);
        } catch (IllegalArgumentException e) {
            return false;
        }
        try {
            Signature verifier = verifier(key);
            verifier.update(nonce);
            return verifier.verify(bytes);
        } catch (SignatureException e) {
            // The JDK throws this for a signature with a wrong length or outside the curve.
            return false;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Ed25519 worked when the key was read", e);
        }
    }

    private static Signature verifier(PublicKey key) throws GeneralSecurityException {
        Signature verifier = Signature.getInstance("Ed25519");
        verifier.initVerify(key);
        return verifier;
    }

    private static byte[] decode(String text) {
        if (text.length() != TEXT_LENGTH)
            throw bad("it has " + text.length() + " characters instead of " + TEXT_LENGTH, null);
        byte[] bytes = new byte[TEXT_LENGTH * 5 / 8];
        int bits = 0, count = 0, next = 0;
        for (int i = 0; i < TEXT_LENGTH; i++) {
            int value = BASE32.indexOf(text.charAt(i));
            if (value < 0)
                throw bad("its character " + (i + 1) + " is not base32", null);
            bits = bits << 5 | value;
            count += 5;
            if (count >= 8) {
                count -= 8;
                bytes[next++] = (byte) (bits >> count);
            }
        }
        return bytes;
    }

    /** Computes CRC-16/XMODEM. */
    private static int crc16(byte[] bytes, int length) {
        int crc = 0;
        for (int i = 0; i < length; i++) {
            crc ^= (bytes[i] & 0xff) << 8;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 0x8000) != 0 ? crc << 1 ^ 0x1021 : crc << 1;
            crc &= 0xffff;
        }
        return crc;
    }

    /** The message does not contain the text, because users may have pasted a seed, which is secret. */
    private static IllegalArgumentException bad(String reason, Exception cause) {
        return new IllegalArgumentException("nkey is not valid: " + reason, cause);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Nkey nkey && nkey.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
