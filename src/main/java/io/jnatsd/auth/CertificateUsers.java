package io.jnatsd.auth;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds the user that a certificate names, for {@code verify_and_map}. The user's name is a mail address, a DNS name or
 * a URI among the certificate's alternative names, or its whole subject. Threads: immutable.
 */
public final class CertificateUsers {
    /** The kinds of alternative names by their numbers in RFC 5280, in the order in which they are looked for. */
    private static final List<Integer> KINDS = List.of(1, 2, 6);
    /** Stands for a subject that several users have. */
    private static final String SEVERAL = "";

    private final Set<String> names;
    private final Map<DistinguishedName, String> subjects = new HashMap<>();
    /** The same where the order of the parts makes no difference, since tools write it from either end. */
    private final Map<DistinguishedName, String> sorted = new HashMap<>();

    public CertificateUsers(Collection<String> names) {
        this.names = Set.copyOf(names);
        for (String name : this.names)
            DistinguishedName.parse(name).ifPresent(subject -> {
                subjects.merge(subject, name, (one, other) -> SEVERAL);
                sorted.merge(subject.sorted(), name, (one, other) -> SEVERAL);
            });
    }

    /** The user; null if the certificate names none, or its subject more than one. */
    public String userOf(X509Certificate certificate) {
        try {
            String user = among(certificate.getSubjectAlternativeNames());
            return user != null ? user : bySubject(certificate);
        } catch (CertificateParsingException | IllegalArgumentException e) {
            // A name that cannot be read names nobody.
            return null;
        }
    }

    /** @param alternatives kind and name of each, null if there are none */
    private String among(Collection<List<?>> alternatives) {
        if (alternatives == null)
            return null;
        for (Integer kind : KINDS)
            for (List<?> each : alternatives)
                if (kind.equals(each.get(0)) && each.get(1) instanceof String name && names.contains(name))
                    return name;
        return null;
    }

    private String bySubject(X509Certificate certificate) {
        DistinguishedName subject = DistinguishedName.of(certificate.getSubjectX500Principal());
        String user = subjects.get(subject);
        if (user == null)
            user = sorted.get(subject.sorted());
        return SEVERAL.equals(user) ? null : user;
    }
}
