package io.jnatsd.protocol;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.Base64;

/** The user in the NATS documentation, which signs as a client does. */
public final class TestNkey {
    public static final String PUBLIC = "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4";
    public static final String SEED = "SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY";
    private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    private TestNkey() {
    }

    public static String sign(String nonce) throws GeneralSecurityException {
        byte[] seed = new byte[SEED.length() * 5 / 8];
        for (int bit = 0; bit < seed.length * 8; bit++)
            seed[bit / 8] |= (byte) ((BASE32.indexOf(SEED.charAt(bit / 5)) >> 4 - bit % 5 & 1) << 7 - bit % 8);
        // The first two bytes mark it as a user's seed.
        PrivateKey key = KeyFactory.getInstance("Ed25519").generatePrivate(
                new EdECPrivateKeySpec(NamedParameterSpec.ED25519, Arrays.copyOfRange(seed, 2, 34)));
        Signature signer = Signature.getInstance("Ed25519");
        signer.initSign(key);
        signer.update(nonce.getBytes(StandardCharsets.US_ASCII));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(signer.sign());
    }
}
