package io.jnatsd.tls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PemFileTest {
    @TempDir
    Path folder;

    private String written(String text) throws Exception {
        return Files.writeString(folder.resolve("file.pem"), text).toString();
    }

    private PrivateKey key(String text) throws Exception {
        return PemFile.read(written(text)).privateKey();
    }

    private String keyError(String text) {
        return assertThrows(TlsException.class, () -> key(text)).getMessage().replace(folder.toString(), "DIR");
    }

    private static String pem(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n" + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
                + "\n-----END " + label + "-----\n";
    }

    @ParameterizedTest
    @CsvSource({
            "server-cert.pem, server-key.pem, RSA",
            "server-cert.pem, server-key-pkcs1.pem, RSA",
            "server-ec-cert.pem, server-ec-key.pem, EC",
            "server-ed25519-cert.pem, server-ed25519-key.pem, EdDSA"})
    void everyFormOfKeyFitsItsCertificate(String cert, String key, String algorithm) throws Exception {
        OwnCertificate own = OwnCertificate.read(TestCerts.file(cert), TestCerts.file(key));
        assertEquals(algorithm, own.getPrivateKey("own").getAlgorithm());
    }

    @Test
    void pkcs1AndPkcs8GiveTheSameKey() throws Exception {
        assertArrayEquals(PemFile.read(TestCerts.file("server-key.pem")).privateKey().getEncoded(),
                PemFile.read(TestCerts.file("server-key-pkcs1.pem")).privateKey().getEncoded());
    }

    @ParameterizedTest
    @CsvSource({"secp256r1, 2a8648ce3d030107, 32", "secp384r1, 2b81040022, 48", "secp521r1, 2b81040023, 66"})
    void sec1KeysNameTheirCurveInsideOrInTheBlockBefore(String curve, String oid, int size) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec(curve));
        KeyPair pair = generator.generateKeyPair();
        byte[] s = ((ECPrivateKey) pair.getPrivate()).getS().toByteArray(), number = new byte[size];
        int length = Math.min(s.length, size);
        System.arraycopy(s, s.length - length, number, size - length, length);
        byte[] name = Der.encode(Der.OBJECT_ID, HexFormat.of().parseHex(oid));
        byte[] start = Der.encode(Der.OCTET_STRING, number);
        String whole = pem("EC PRIVATE KEY",
                Der.encode(Der.SEQUENCE, Der.integer(1), start, Der.encode(0xa0, name)));
        String bare = pem("EC PRIVATE KEY", Der.encode(Der.SEQUENCE, Der.integer(1), start));

        assertTrue(PrivateKeys.match(key(whole), pair.getPublic()));
        assertTrue(PrivateKeys.match(key(pem("EC PARAMETERS", name) + bare), pair.getPublic()));
        assertTrue(PrivateKeys.match(key(pem("PRIVATE KEY", pair.getPrivate().getEncoded())), pair.getPublic()));
        assertEquals("private key in DIR/file.pem cannot be read: it does not name its curve", keyError(bare));
    }

    @Test
    void explicitCurveParametersAreRefusedWithTheRemedy() {
        byte[] key = Der.encode(Der.SEQUENCE, Der.integer(1), Der.encode(Der.OCTET_STRING, new byte[32]),
                Der.encode(0xa0, Der.encode(Der.SEQUENCE, Der.integer(1))));
        assertTrue(keyError(pem("EC PRIVATE KEY", key)).endsWith("openssl ec -param_enc named_curve"));
    }

    @Test
    void oneFileMayHoldEverythingWithTextBetweenAndAnyLineEnds() throws Exception {
        String text = "Bag Attributes: none\n  friendlyName: x\n" + TestCerts.text("server-key-pkcs1.pem")
                + "subject=CN = localhost\n\n" + TestCerts.text("chain-cert.pem") + "the end";
        for (String variant : List.of(text, text.replace("\n", "\r\n"), text.replace("\n", " \n\t"))) {
            PemFile file = PemFile.read(written(variant));
            assertEquals(2, file.certificates().size());
            assertEquals("RSA", file.privateKey().getAlgorithm());
        }
    }

    @Test
    void chainsKeepTheirOrder() throws Exception {
        List<String> subjects = PemFile.read(TestCerts.file("chain-cert.pem")).certificates().stream()
                .map(c -> c.getSubjectX500Principal().getName().replaceAll(".*CN=", "")).toList();
        assertEquals(List.of("localhost", "jnatsd test intermediate CA"), subjects);
    }

    @Test
    void encryptedKeysAreRefusedWithTheRemedy() throws Exception {
        String remedy = "private key in DIR/file.pem is encrypted, which is not supported:"
                + " decrypt it with openssl pkey";
        assertEquals(remedy, keyError(TestCerts.text("encrypted-key.pem")));
        assertEquals(remedy, keyError("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"
                + "DEK-Info: AES-256-CBC,6AB3\n\nAAAA\n-----END RSA PRIVATE KEY-----\n"));
    }

    @Test
    void missingAndUnreadableFilesAreToldInGosWords() {
        Path missing = folder.resolve("none.pem");
        assertEquals("open " + missing + ": no such file or directory",
                assertThrows(TlsException.class, () -> PemFile.read(missing.toString())).getMessage());
        assertEquals("open : no such file or directory",
                assertThrows(TlsException.class, () -> PemFile.read("")).getMessage());
        assertEquals("read " + folder + ": is a directory",
                assertThrows(TlsException.class, () -> PemFile.read(folder.toString())).getMessage());
        assertTrue(assertThrows(TlsException.class, () -> PemFile.read("a\0b")).getMessage().startsWith("open "));
    }

    @Test
    void anErrorNamesTheBlocksThatAFileContains() throws Exception {
        assertEquals("no private key in DIR/file.pem (it holds CERTIFICATE)", keyError(TestCerts.text("ca.pem")));
        assertEquals("no private key in DIR/file.pem (it holds no PEM block at all)", keyError("hello\n"));
        String keyOnly = written(TestCerts.text("server-key.pem"));
        assertEquals("no certificate in " + keyOnly + " (it holds PRIVATE KEY)",
                assertThrows(TlsException.class, () -> PemFile.read(keyOnly).certificates()).getMessage());
    }

    @Test
    void brokenBlocksAreErrorsThatNameTheFile() throws Exception {
        assertEquals("DIR/file.pem ends within the block PRIVATE KEY", keyError("-----BEGIN PRIVATE KEY-----\nAAAA\n"));
        assertTrue(keyError("-----BEGIN PRIVATE KEY-----\n!!!!\n-----END PRIVATE KEY-----\n")
                .startsWith("the block PRIVATE KEY in DIR/file.pem is not base64: "));
        assertEquals("private key in DIR/file.pem cannot be read: unsupported kind of key: OPENSSH PRIVATE KEY",
                keyError(pem("OPENSSH PRIVATE KEY", new byte[8])));
        String certificate = written(pem("CERTIFICATE", new byte[8]));
        assertTrue(assertThrows(TlsException.class, () -> PemFile.read(certificate).certificates()).getMessage()
                .startsWith("certificate in " + certificate + " cannot be read: "));
    }

    @ParameterizedTest
    @CsvSource({"PRIVATE KEY, server-ed25519-key.pem", "RSA PRIVATE KEY, server-key-pkcs1.pem",
            "EC PRIVATE KEY, server-ec-key.pem"})
    void everyCutOfAKeyIsAnErrorAndNothingElse(String label, String file) throws Exception {
        String text = TestCerts.text(file);
        String begin = "-----BEGIN " + label + "-----";
        String data = text.substring(text.indexOf(begin) + begin.length(), text.indexOf("-----END " + label));
        byte[] der = Base64.getMimeDecoder().decode(data);
        for (int length = 0; length < der.length; length += 1 + length / 20) {
            String cut = pem(label, Arrays.copyOf(der, length));
            assertTrue(keyError(cut).startsWith("private key in DIR/file.pem cannot be read: "), "cut at " + length);
        }
    }

    @Test
    void keysThatCannotSignAreRefused() throws Exception {
        byte[] x25519 = KeyPairGenerator.getInstance("X25519").generateKeyPair().getPrivate().getEncoded();
        assertEquals("private key in DIR/file.pem cannot be read: it is neither RSA nor EC nor Ed25519 (OID 2b656e)",
                keyError(pem("PRIVATE KEY", x25519)));
    }
}
