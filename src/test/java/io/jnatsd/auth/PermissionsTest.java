package io.jnatsd.auth;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.jnatsd.config.ServerOptions.PermissionOptions;
import io.jnatsd.config.ServerOptions.SubjectRules;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests permissions (protocol.md, section 14). */
class PermissionsTest {
    private static final SubjectRules EVERYTHING = new SubjectRules(null, List.of());

    private static List<String> list(String blanks) {
        return blanks == null ? List.of() : List.of(blanks.split(" \\| "));
    }

    private static Permissions publish(String allow, String deny) {
        return Permissions.of(new PermissionOptions(rules(allow, deny), EVERYTHING, null));
    }

    private static Permissions subscribe(String allow, String deny) {
        return Permissions.of(new PermissionOptions(EVERYTHING, rules(allow, deny), null));
    }

    /** {@code all}: there is no allow list. */
    private static SubjectRules rules(String allow, String deny) {
        return new SubjectRules("all".equals(allow) ? null : list(allow), list(deny));
    }

    @ParameterizedTest
    @CsvSource({
        "sandbox.*, , sandbox.foo, true", "sandbox.*, , sandbox.foo.bar, false", "sandbox.*, , sandbox, false",
        ">, , any.thing, true", "a | b.>, , b.c.d, true", "a | b.>, , c, false", ", , a, false",
        "all, , a, true", "all, a.*, a.b, false", "all, a.*, a.b.c, true",
        "a.>, a.secret, a.b, true", "a.>, a.secret, a.secret, false", "a.secret, >, a.secret, false",
    })
    void publishing(String allow, String deny, String subject, boolean allowed) {
        assertEquals(allowed, publish(allow, deny).mayPublish(subject.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * gnatsd 1.0 compares the pattern as a literal, so that foo.* allows "foo.>" and * allows ">"; this server does
     * not, because the permission would not limit anything.
     */
    @ParameterizedTest
    @CsvSource({
        "foo.>, , foo.*, true", "foo.>, , foo.>, true", "foo.>, , foo.bar.baz, true", "foo.*, , foo.*, true",
        "foo.*, , foo.bar, true", "foo.*, , foo.>, false", "*, , >, false", "foo.bar, , foo.*, false",
        "foo.*, , foo.*.*, false", ">, , >, true", ", , foo, false", "all, , >, true",
        "all, foo.bar, foo.bar, false", "all, foo.bar, foo.*, true", "all, foo.>, foo.bar, false",
        "all, foo.*, foo.>, true", "foo.>, foo.bar.>, foo.bar.*, false",
    })
    void subscribing(String allow, String deny, String pattern, boolean allowed) {
        assertEquals(allowed, subscribe(allow, deny).maySubscribe(pattern, null));
    }

    @ParameterizedTest
    @CsvSource({
        "foo, , , true", "foo, , any, true", "foo v1, , , false", "foo v1, , v1, true", "foo v1, , v2, false",
        "foo | foo v1, , , true", "foo | foo v1, , v1, true", "foo | foo v1, , v2, false",
        "foo v1.>, , v1.prod, true", "foo *.prod, , v2.prod, true", "foo *.prod, , v2.test, false",
        "all, foo v1, , true", "all, foo v1, v1, false", "all, foo v1, v2, true", "all, foo, v1, false",
    })
    void subscribingInAQueueGroup(String allow, String deny, String queue, boolean allowed) {
        assertEquals(allowed, subscribe(allow, deny).maySubscribe("foo", queue));
    }

    @Test
    void denialsAreThoseThatAPatternOverlaps() {
        Permissions permissions = subscribe("all", "a.b | a.*.c | x.>");
        assertArrayEquals(bytes("a.b", "a.*.c"), permissions.denials("a.>").toArray());
        assertArrayEquals(bytes("a.b", "x.>"), permissions.denials("*.b").toArray());
        assertArrayEquals(bytes("a.b", "a.*.c", "x.>"), permissions.denials(">").toArray());
        assertNull(permissions.denials("y.>"));
        assertNull(permissions.denials("a.x"));
    }

    private static Object[] bytes(String... subjects) {
        return List.of(subjects).stream().map(s -> s.getBytes(StandardCharsets.UTF_8)).toArray();
    }

    @Test
    void subjectsOutsideAsciiAreTheBytesOfTheFile() {
        assertEquals(true, publish("caf\u00e9", null).mayPublish("caf\u00e9".getBytes(StandardCharsets.UTF_8)));
        String wire = new String("caf\u00e9".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        assertEquals(true, subscribe("caf\u00e9", null).maySubscribe(wire, null));
    }

    @Test
    void noOptionsAreNoRestrictions() {
        assertSame(Permissions.UNRESTRICTED, Permissions.of(null));
    }
}
