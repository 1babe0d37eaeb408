package io.jnatsd.auth;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds the user that a certificate names, for {@code verify_and_map}. The user's name is an email address, a DNS name
 * or a URI among the certificate's alternative names, or its whole subject. Threads: immutable.
 */
public final class CertificateUsers {
    /** The kinds of alternative names by their numbers in RFC 5280, in the order of the search. */
    private static final List<Integer> KINDS = List.of(1, 2, 6);
    /** Marks a subject that several users have. */
    private static final String SEVERAL = "";

    private final Set<String> names;
    private final Map<DistinguishedName, String> subjects = new HashMap<>();
    /** The same with the parts of the subject sorted, because tools write them in either order. */
    private final Map<DistinguishedName, String> sorted = new HashMap<>();

    public CertificateUsers(Collection<String> names) {
        this.names = Set.copyOf(names);
        for (String name : this.names)
            DistinguishedName.parse(name).ifPresent(subject -> {
                subjects.merge(subject, name, (one, other) -> SEVERAL);
                sorted.merge(subject.sorted(), name, (one, other) -> SEVERAL);
            });
    }

    /** Returns the user, or null if the certificate names no user, or its subject names several. */
    public String userOf(X509Certificate certificate) {
        try {
            String user = among(certificate.getSubjectAlternativeNames());
            return user != null ? user : bySubject(certificate);
        } catch (CertificateParsingException | IllegalArgumentException e) {
            // A name that cannot be parsed matches no user.
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
