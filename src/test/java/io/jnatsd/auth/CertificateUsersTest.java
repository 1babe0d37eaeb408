package io.jnatsd.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.jnatsd.tls.TestCerts;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Compares with the observed behaviour of nats-server 2.9.10, except for subjects of which it evaluates only a part.
 */
class CertificateUsersTest {
    private static final String LONG_SUBJECT = "EMAILADDRESS=joe@example.org,CN=José Müller,OU=dev+UID=42,"
            + "O=Acme  Inc\\, Ltd.,DC=example,DC=org";

    static X509Certificate certificate(String name) throws Exception {
        try (InputStream in = Files.newInputStream(Path.of(TestCerts.file(name + "-cert.pem")))) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    private static String user(String certificate, String... users) throws Exception {
        return new CertificateUsers(List.of(users)).userOf(certificate(certificate));
    }

    @Test
    void emailPrecedesDnsPrecedesUriPrecedesTheSubject() throws Exception {
        List<String> users = new ArrayList<>(List.of("joe@example.org", "joe.two@example.org", "joe.example.org",
                "two.example.org", "spiffe://example.org/joe", LONG_SUBJECT));
        while (!users.isEmpty()) {
            assertEquals(users.getFirst(), user("named", users.toArray(String[]::new)));
            users.removeFirst();
        }
        assertNull(user("named"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"joe", "JOE@example.org", "Joe.example.org", "example.org", "*.example.org",
            "spiffe://example.org", "CN=José Müller", "José Müller", "42"})
    void aNameMatchesInFullAndWithItsCase(String user) throws Exception {
        assertNull(user("named", user));
    }

    @ParameterizedTest
    @ValueSource(strings = {"CN=joe,OU=dev,O=Acme,C=US", "cn=joe, ou=dev, o=Acme, c=US", "CN=joe;OU=dev;O=Acme;C=US",
            "CN=\"joe\",OU=dev,O=Acme,C=US", "CN=\\6aoe,OU=dev,O=Acme,C=US", "2.5.4.3=joe,OU=dev,O=Acme,C=US",
            "C=US, O=Acme, OU=dev, CN=joe", "OU=dev,CN=joe,O=Acme,C=US"})
    void aSubjectMayBeWrittenInAnyWay(String user) throws Exception {
        assertEquals(user, user("subject", user));
    }

    @ParameterizedTest
    @ValueSource(strings = {"CN=joe", "CN=joe,OU=dev,O=Acme", "CN=Joe,OU=dev,O=Acme,C=US", "CN=joe,OU=dev,O=ACME,C=US",
            "CN=joe,OU=dev,OU=dev,O=Acme,C=US", "CN=joe+OU=dev,O=Acme,C=US", "/C=US/O=Acme/OU=dev/CN=joe", "joe", " ",
            "CN=joe\\,OU\\=dev,O=Acme,C=US", "UID=1,CN=joe,OU=dev,O=Acme,C=US"})
    void anotherSubjectIsNotTaken(String user) throws Exception {
        assertNull(user("subject", user));
    }

    @ParameterizedTest
    @ValueSource(strings = {LONG_SUBJECT, "emailAddress=joe@example.org, CN=Jos\\C3\\A9 M\\C3\\BCller, UID=42+OU=dev, "
            + "O=\"Acme  Inc, Ltd.\", DC=example, DC=org", "DC=org,DC=example,O=Acme  Inc\\, Ltd.,OU=dev+UID=42,"
            + "CN=José Müller,E=joe@example.org"})
    void attributesOfAllKindsCount(String user) throws Exception {
        assertEquals(user, user("named", user));
    }

    /**
     * nats-server does not know these attributes, and accepts certificates whose subject has more attributes than the
     * user's name.
     */
    @ParameterizedTest
    @ValueSource(strings = {"CN=José Müller,OU=dev+UID=42,O=Acme  Inc\\, Ltd.,DC=example,DC=org",
            "EMAILADDRESS=joe@example.org,CN=José Müller,OU=dev,O=Acme  Inc\\, Ltd.,DC=example,DC=org",
            "EMAILADDRESS=joe@example.org,CN=José Müller,OU=dev+UID=42,O=Acme  Inc\\, Ltd.",
            "EMAILADDRESS=joe@example.org,CN=José Müller,OU=dev+UID=42,O=Acme Inc\\, Ltd.,DC=example,DC=org"})
    void noAttributeIsIgnored(String user) throws Exception {
        assertNull(user("named", user));
    }

    @Test
    void theOrderOfTheCertificateWinsAndNoneOfSeveralOthers() throws Exception {
        String exact = "CN=joe,OU=dev,O=Acme,C=US", reversed = "C=US,O=Acme,OU=dev,CN=joe",
                mixed = "OU=dev,CN=joe,O=Acme,C=US";
        assertEquals(exact, user("subject", reversed, exact, mixed));
        assertNull(user("subject", reversed, mixed));
        assertNull(user("subject", exact, "cn=joe,ou=dev,o=Acme,c=US"));
    }
}
