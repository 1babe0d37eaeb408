package io.jnatsd.campaign;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;

/** Two certificates for routes, each signed by itself and trusted by all; created by the JDK's keytool. */
final class RouteCertificates {
    private static final String PASSWORD = "password";
    private static final List<String> NAMES = List.of("first", "second");

    private final Path dir;

    RouteCertificates(Path dir) throws IOException, InterruptedException, GeneralSecurityException {
        this.dir = Files.createDirectories(dir);
        StringBuilder trusted = new StringBuilder();
        for (String name : NAMES)
            trusted.append(create(name));
        Files.writeString(dir.resolve("trusted.pem"), trusted);
    }

    private String create(String name) throws IOException, InterruptedException, GeneralSecurityException {
        Path store = dir.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair", "-alias", name, "-keyalg", "EC", "-dname", "CN=" + name, "-ext", "san=ip:127.0.0.1", "-validity",
                "10", "-startdate", "-1d", "-storetype", "PKCS12", "-storepass", PASSWORD, "-keystore", store.toString())
                .redirectErrorStream(true).start();
        String output = new String(keytool.getInputStream().readAllBytes());
        if (keytool.waitFor() != 0)
            throw new IOException(output);
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        String certificate = pem("CERTIFICATE", keys.getCertificate(name).getEncoded());
        Files.writeString(dir.resolve(name + ".pem"), certificate);
        Files.writeString(dir.resolve(name + "-key.pem"),
                pem("PRIVATE KEY", keys.getKey(name, PASSWORD.toCharArray()).getEncoded()));
        return certificate;
    }

    private static String pem(String type, byte[] content) {
        return "-----BEGIN " + type + "-----\n" + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content)
                + "\n-----END " + type + "-----\n";
    }

    /** Returns a tls block with one of the certificates. */
    String block(int number) {
        String name = NAMES.get(number % NAMES.size());
        return "tls { cert_file: \"" + dir.resolve(name + ".pem") + "\", key_file: \"" + dir.resolve(name + "-key.pem")
                + "\", ca_file: \"" + dir.resolve("trusted.pem") + "\", timeout: 5 }";
    }
}
