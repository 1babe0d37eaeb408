package io.jnatsd.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class NkeyTest {
    private static final byte[] NONCE = "PXoWU7zWAMt75FY".getBytes(StandardCharsets.US_ASCII);
    private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final int USER = 20 << 3;
    /** An nkey user and its seed from the documentation of NATS. */
    private static final String DOCUMENTED = "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4";
    private static final String DOCUMENTED_SEED = "SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY";

    private final KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();

    NkeyTest() throws Exception {
    }

    /** Encodes prefix, key and CRC in base32, as clients do. */
    private static String encode(int prefix, byte[] key, int crcError) {
        byte[] bytes = new byte[35];
        bytes[0] = (byte) prefix;
        System.arraycopy(key, 0, bytes, 1, 32);
        int crc = crcError;
        for (int i = 0; i < 33; i++)
            for (int bit = 7, in = bytes[i]; bit >= 0; bit--)
                crc = (crc >> 15 & 1) == (in >> bit & 1) ? crc << 1 & 0xffff : (crc << 1 ^ 0x1021) & 0xffff;
        bytes[33] = (byte) crc;
        bytes[34] = (byte) (crc >> 8);
        StringBuilder text = new StringBuilder();
        for (int bit = 0; bit < 280; bit += 5) {
            int value = 0;
            for (int i = bit; i < bit + 5; i++)
                value = value << 1 | bytes[i / 8] >> 7 - i % 8 & 1;
            text.append(BASE32.charAt(value));
        }
        return text.toString();
    }

    private byte[] publicKey() {
        byte[] x509 = pair.getPublic().getEncoded();
        return Arrays.copyOfRange(x509, x509.length - 32, x509.length);
    }

    private byte[] sign(byte[] nonce) throws Exception {
        Signature signer = Signature.getInstance("Ed25519");
        signer.initSign(pair.getPrivate());
        signer.update(nonce);
        return signer.sign();
    }

    private static String error(String text) {
        return assertThrows(IllegalArgumentException.class, () -> Nkey.ofUser(text)).getMessage();
    }

    @Test
    void aSignatureOfTheNonceIsAcceptedInEveryBase64() throws Exception {
        Nkey nkey = Nkey.ofUser(encode(USER, publicKey(), 0));
        byte[] signature = sign(NONCE);
        for (Base64.Encoder form : new Base64.Encoder[] {Base64.getEncoder(), Base64.getUrlEncoder(),
                Base64.getEncoder().withoutPadding(), Base64.getUrlEncoder().withoutPadding()})
            assertTrue(nkey.verify(NONCE, form.encodeToString(signature)));
    }

    @Test
    void anythingElseIsRefused() throws Exception {
        Nkey nkey = Nkey.ofUser(encode(USER, publicKey(), 0));
        byte[] signature = sign(NONCE);
        String good = Base64.getEncoder().encodeToString(signature);
        assertFalse(nkey.verify("another nonce".getBytes(StandardCharsets.US_ASCII), good));
        assertFalse(Nkey.ofUser(DOCUMENTED).verify(NONCE, good));
        for (String bad : new String[] {"", "A", "!!!!", "AAAA", good + "AAAA", "\u00e4".repeat(88),
                "/".repeat(86) + "=="})
            assertFalse(nkey.verify(NONCE, bad), bad);
        for (int i = 0; i < signature.length; i++) {
            byte[] flipped = signature.clone();
            flipped[i] ^= 1;
            assertFalse(nkey.verify(NONCE, Base64.getEncoder().encodeToString(flipped)), "byte " + i);
        }
    }

    @Test
    void theDocumentedUserVerifiesWhatItsSeedSigns() throws Exception {
        BigInteger bits = BigInteger.ZERO;
        for (char c : DOCUMENTED_SEED.toCharArray())
            bits = bits.shiftLeft(5).or(BigInteger.valueOf(BASE32.indexOf(c)));
        // After two bytes of prefix and before the checksum; the 58 characters have 2 bits more than the 36 bytes.
        byte[] seed = Arrays.copyOfRange(bits.shiftRight(2).toByteArray(), 3, 35);
        Signature signer = Signature.getInstance("Ed25519");
        signer.initSign(KeyFactory.getInstance("Ed25519")
                .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed)));
        signer.update(NONCE);
        assertTrue(Nkey.ofUser(DOCUMENTED).verify(NONCE, Base64.getUrlEncoder().encodeToString(signer.sign())));
    }

    @Test
    void badKeysSayWhy() {
        String good = encode(USER, publicKey(), 0);
        assertEquals("nkey is not valid: it has 0 characters instead of 56", error(""));
        assertEquals("nkey is not valid: it has 55 characters instead of 56", error(good.substring(1)));
        assertEquals("nkey is not valid: its character 3 is not base32", error("UA1" + good.substring(3)));
        assertEquals("nkey is not valid: its character 2 is not base32", error("Ua" + good.substring(2)));
        assertEquals("nkey is not valid: its checksum is wrong", error(encode(USER, publicKey(), 1)));
        assertEquals("nkey is not valid: it is not a user's public key, which begins with U",
                error(encode(0, publicKey(), 0)));
        byte[] beyond = new byte[32];
        Arrays.fill(beyond, (byte) 0xff);
        assertEquals("nkey is not valid: it is no Ed25519 key", error(encode(USER, beyond, 0)));
        assertFalse(error(DOCUMENTED_SEED).contains("SUAC"), "seeds stay secret");
    }

    @Test
    void nkeysAreEqualByTheirText() {
        assertEquals(Nkey.ofUser(DOCUMENTED), Nkey.ofUser(DOCUMENTED));
        assertEquals(Nkey.ofUser(DOCUMENTED).hashCode(), Nkey.ofUser(DOCUMENTED).hashCode());
        assertNotEquals(Nkey.ofUser(DOCUMENTED), Nkey.ofUser(encode(USER, publicKey(), 0)));
        assertEquals(DOCUMENTED, Nkey.ofUser(DOCUMENTED).toString());
    }
}
