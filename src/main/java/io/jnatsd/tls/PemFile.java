package io.jnatsd.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The certificates and the private key of a PEM file, which may contain several blocks and any text around them.
 * Threads: immutable. Parsed here, because the JDK's PEM API is still a preview.
 */
final class PemFile {
    private static final String BEGIN = "-----BEGIN ", END = "-----END ", DASHES = "-----";

    /** Header lines between label and data are only present in encrypted keys of the old form. */
    private record Block(String label, boolean encrypted, byte[] der) {
        boolean isCertificate() {
            return label.equals("CERTIFICATE") || label.equals("X509 CERTIFICATE");
        }

        boolean isPrivateKey() {
            return label.equals("PRIVATE KEY") || label.endsWith(" PRIVATE KEY");
        }
    }

    private final String name;
    private final List<Block> blocks;

    private PemFile(String name, List<Block> blocks) {
        this.name = name;
        this.blocks = blocks;
    }

    /** Reads the file. Missing and unreadable files are reported with the messages of Go. */
    static PemFile read(String file) throws TlsException {
        if (file.isEmpty())
            throw new TlsException("open : no such file or directory");
        String text;
        try {
            Path path = Path.of(file);
            if (Files.isDirectory(path))
                throw new TlsException("read " + file + ": is a directory");
            text = Files.readString(path, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            throw new TlsException("open " + file + ": no such file or directory", e);
        } catch (AccessDeniedException e) {
            throw new TlsException("open " + file + ": permission denied", e);
        } catch (IOException | InvalidPathException e) {
            throw new TlsException("open " + file + ": " + e.getMessage(), e);
        }
        return new PemFile(file, blocks(file, text));
    }

    private static List<Block> blocks(String file, String text) throws TlsException {
        List<Block> blocks = new ArrayList<>();
        String label = null;
        boolean encrypted = false;
        StringBuilder data = new StringBuilder();
        for (String untrimmed : text.lines().toList()) {
            String line = untrimmed.strip();
            if (line.startsWith(BEGIN) && line.endsWith(DASHES) && line.length() > BEGIN.length() + DASHES.length()) {
                label = line.substring(BEGIN.length(), line.length() - DASHES.length());
                encrypted = false;
                data.setLength(0);
            } else if (label != null && line.equals(END + label + DASHES)) {
                blocks.add(new Block(label, encrypted, decode(file, label, data)));
                label = null;
            } else if (label != null && line.contains(":")) {
                encrypted |= line.startsWith("Proc-Type:") && line.contains("ENCRYPTED");
            } else if (label != null) {
                data.append(line);
            }
        }
        if (label != null)
            throw new TlsException(file + " ends within the block " + label);
        return blocks;
    }

    private static byte[] decode(String file, String label, CharSequence data) throws TlsException {
        try {
            return Base64.getDecoder().decode(data.toString());
        } catch (IllegalArgumentException e) {
            throw new TlsException("the block " + label + " in " + file + " is not base64: " + e.getMessage(), e);
        }
    }

    /** Returns all certificates in the order of the file, at least one. */
    List<X509Certificate> certificates() throws TlsException {
        List<X509Certificate> certificates = new ArrayList<>();
        for (Block block : blocks)
            if (block.isCertificate())
                certificates.add(certificate(block));
        if (certificates.isEmpty())
            throw new TlsException("no certificate in " + name + found());
        return certificates;
    }

    /**
     * Returns the certificates that can be parsed, possibly none. As in Go, the others are skipped; a warning names
     * them.
     */
    List<X509Certificate> readableCertificates(List<String> warnings) {
        List<X509Certificate> certificates = new ArrayList<>();
        for (Block block : blocks) {
            if (!block.isCertificate())
                continue;
            try {
                certificates.add(certificate(block));
            } catch (TlsException e) {
                warnings.add(e.getMessage() + "; it is skipped");
            }
        }
        return certificates;
    }

    private X509Certificate certificate(Block block) throws TlsException {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(block.der()));
        } catch (CertificateException e) {
            throw new TlsException("certificate in " + name + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** Returns the first private key of the file. */
    PrivateKey privateKey() throws TlsException {
        for (int i = 0; i < blocks.size(); i++) {
            Block block = blocks.get(i);
            if (!block.isPrivateKey())
                continue;
            if (block.encrypted() || block.label().equals("ENCRYPTED PRIVATE KEY"))
                throw new TlsException("private key in " + name
                        + " is encrypted, which is not supported: decrypt it with openssl pkey");
            try {
                return PrivateKeys.fromDer(block.label(), block.der(), curveBefore(i));
            } catch (IllegalArgumentException e) {
                throw new TlsException("private key in " + name + " cannot be read: " + e.getMessage(), e);
            }
        }
        throw new TlsException("no private key in " + name + found());
    }

    /** Returns the content of an EC PARAMETERS block right before block {@code i}, or null. */
    private byte[] curveBefore(int i) {
        return i > 0 && blocks.get(i - 1).label().equals("EC PARAMETERS") ? blocks.get(i - 1).der() : null;
    }

    private String found() {
        return blocks.isEmpty() ? " (it holds no PEM block at all)"
                : blocks.stream().map(Block::label).distinct().collect(Collectors.joining(", ", " (it holds ", ")"));
    }
}
