package io.jnatsd.tls;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Parses private keys in the forms that openssl writes. The JDK reads PKCS#8 only, so the older forms are converted to
 * it.
 */
final class PrivateKeys {
    private static final byte[] RSA = oid("2a864886f70d010101");
    private static final byte[] RSA_PSS = oid("2a864886f70d01010a");
    private static final byte[] EC = oid("2a8648ce3d0201");
    private static final byte[] ED25519 = oid("2b6570");
    private static final byte[] NULL = {5, 0};

    private PrivateKeys() {
    }

    /**
     * Parses the key in a PEM block.
     *
     * @param curve the OID of an EC key's curve as a DER element, if a preceding block contained it, else null
     * @throws IllegalArgumentException with the reason if the key cannot be used for TLS
     */
    static PrivateKey fromDer(String label, byte[] der, byte[] curve) {
        byte[] pkcs8 = switch (label) {
            case "PRIVATE KEY" -> der;
            case "RSA PRIVATE KEY" -> wrap(RSA, NULL, der);
            case "EC PRIVATE KEY" -> fromSec1(der, curve);
            default -> throw new IllegalArgumentException("unsupported kind of key: " + label);
        };
        try {
            return KeyFactory.getInstance(algorithm(pkcs8)).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** Returns whether the keys are a pair. */
    static boolean match(PrivateKey privateKey, PublicKey publicKey) throws GeneralSecurityException {
        if (!privateKey.getAlgorithm().equals(publicKey.getAlgorithm()))
            return false;
        if (privateKey instanceof RSAKey secret && publicKey instanceof RSAKey open)
            return secret.getModulus().equals(open.getModulus());
        byte[] text = "jnatsd".getBytes(StandardCharsets.US_ASCII);
        Signature signer = Signature.getInstance(privateKey instanceof ECKey ? "SHA256withECDSA" : "EdDSA");
        signer.initSign(privateKey);
        signer.update(text);
        byte[] signature = signer.sign();
        signer.initVerify(publicKey);
        signer.update(text);
        return signer.verify(signature);
    }

    /** SEC1 is a SEQUENCE of version 1, the private number, and optionally [0] the curve and [1] the public key. */
    private static byte[] fromSec1(byte[] der, byte[] curveBefore) {
        Der key = new Der(new Der(der).content(Der.SEQUENCE));
        key.content(Der.INTEGER);
        byte[] number = key.content(Der.OCTET_STRING);
        byte[] curve = key.tag() == 0xa0 ? key.content(0xa0) : curveBefore;
        if (curve == null)
            throw new IllegalArgumentException("it does not name its curve");
        if (new Der(curve).tag() != Der.OBJECT_ID)
            throw new IllegalArgumentException("it spells its curve out instead of naming it:"
                    + " convert it with openssl ec -param_enc named_curve");
        return wrap(EC, curve, Der.encode(Der.SEQUENCE, Der.integer(1), Der.encode(Der.OCTET_STRING, number)));
    }

    private static byte[] wrap(byte[] algorithm, byte[] parameters, byte[] key) {
        return Der.encode(Der.SEQUENCE, Der.integer(0), Der.encode(Der.SEQUENCE, algorithm, parameters),
                Der.encode(Der.OCTET_STRING, key));
    }

    /** PKCS#8 is a SEQUENCE of version, algorithm and key. */
    private static String algorithm(byte[] pkcs8) {
        Der key = new Der(new Der(pkcs8).content(Der.SEQUENCE));
        key.content(Der.INTEGER);
        byte[] id = new Der(key.content(Der.SEQUENCE)).content(Der.OBJECT_ID);
        byte[] element = Der.encode(Der.OBJECT_ID, id);
        if (Arrays.equals(element, RSA))
            return "RSA";
        if (Arrays.equals(element, RSA_PSS))
            return "RSASSA-PSS";
        if (Arrays.equals(element, EC))
            return "EC";
        if (Arrays.equals(element, ED25519))
            return "Ed25519";
        throw new IllegalArgumentException("it is neither RSA nor EC nor Ed25519 (OID " + HexFormat.of().formatHex(id)
                + ")");
    }

    private static byte[] oid(String hex) {
        return Der.encode(Der.OBJECT_ID, HexFormat.of().parseHex(hex));
    }
}
