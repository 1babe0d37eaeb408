package io.jnatsd.auth;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.security.auth.x500.X500Principal;

/**
 * The subject of a certificate, {@code CN=joe,OU=dev,O=acme}. Two names are equal if all their attributes are equal, in
 * the same order and with the same case of values. Differences in notation do not matter: spaces around commas,
 * escapes, case and synonyms of attribute types.
 *
 * @param parts the parts as text, the most significant one first
 */
public record DistinguishedName(List<String> parts) {
    /** Attribute types that have no name in RFC 2253. */
    private static final Map<String, String> TYPES = new TreeMap<>(Map.of(
            "1.2.840.113549.1.9.1", "EMAILADDRESS",
            "2.5.4.5", "SERIALNUMBER",
            "2.5.4.4", "SURNAME",
            "2.5.4.42", "GIVENNAME",
            "2.5.4.12", "TITLE",
            "2.5.4.17", "POSTALCODE"));
    private static final Map<String, String> OIDS = oids();

    private static Map<String, String> oids() {
        Map<String, String> oids = TYPES.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getValue, Map.Entry::getKey));
        oids.put("E", "1.2.840.113549.1.9.1");
        return Map.copyOf(oids);
    }

    /** Parses a name in the order of RFC 2253 or any other; returns empty if it is not a distinguished name. */
    public static Optional<DistinguishedName> parse(String text) {
        try {
            DistinguishedName name = of(new X500Principal(text, OIDS));
            return name.parts.isEmpty() ? Optional.empty() : Optional.of(name);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    public static DistinguishedName of(X500Principal principal) {
        // The encoding sorts the attributes of a part that has several.
        X500Principal sorted = new X500Principal(principal.getEncoded());
        try {
            List<Rdn> rdns = new LdapName(sorted.getName(X500Principal.RFC2253, TYPES)).getRdns();
            return new DistinguishedName(rdns.reversed().stream().map(Rdn::toString).toList());
        } catch (InvalidNameException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** Returns the name with sorted parts, which is equal for all names with these parts. */
    DistinguishedName sorted() {
        return new DistinguishedName(parts.stream().sorted().toList());
    }

    /** Returns the name in the notation of RFC 2253. */
    @Override
    public String toString() {
        return String.join(",", parts);
    }
}
