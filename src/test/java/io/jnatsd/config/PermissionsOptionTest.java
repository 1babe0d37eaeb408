package io.jnatsd.config;

import static io.jnatsd.config.Config.error;
import static io.jnatsd.config.Config.readAll;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jnatsd.config.ServerOptions.PermissionOptions;
import io.jnatsd.config.ServerOptions.ResponseRules;
import io.jnatsd.config.ServerOptions.SubjectRules;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Configuration reference, 2.6 and 6.3: what a user may do. */
class PermissionsOptionTest {
    private static final SubjectRules NOTHING = new SubjectRules(List.of(), List.of());
    private static final SubjectRules EVERYTHING = new SubjectRules(null, List.of());

    private static PermissionOptions permissions(String map) {
        OptionsReader.ReadResult result = readAll(
                "authorization { users [ {user: u, password: $2a$x, permissions: " + map + "} ] }");
        assertEquals(List.of(), result.warnings());
        return result.options().users.getFirst().permissions();
    }

    private static SubjectRules allow(String... subjects) {
        return new SubjectRules(List.of(subjects), List.of());
    }

    private static SubjectRules deny(String... subjects) {
        return new SubjectRules(null, List.of(subjects));
    }

    @Test
    void aSideIsASubjectOrAnArrayOfThem() {
        assertEquals(new PermissionOptions(allow("a"), allow("b", "c.*", ">"), null),
                permissions("{publish: a, subscribe: [b, c.*, '>']}"));
        assertEquals(new PermissionOptions(allow("foo*"), allow(">a", "$JS.x"), null),
                permissions("{PUB: 'foo*', Sub: ['>a', '$JS.x']}"));
    }

    @Test
    void inTheNotationOfGnatsdAMissingOrEmptySideAllowsNothing() {
        assertEquals(new PermissionOptions(NOTHING, allow(">"), null), permissions("{subscribe: >}"));
        assertEquals(new PermissionOptions(allow(">"), NOTHING, null), permissions("{publish: [>]}"));
        assertEquals(new PermissionOptions(NOTHING, allow(">"), null), permissions("{publish: [], subscribe: >}"));
        assertEquals(new PermissionOptions(NOTHING, NOTHING, null), permissions("{}"));
    }

    @Test
    void inTheNewerNotationAMissingSideAllowsEverything() {
        assertEquals(new PermissionOptions(EVERYTHING, deny("a"), null), permissions("{subscribe: {deny: a}}"));
        assertEquals(new PermissionOptions(new SubjectRules(List.of("a"), List.of("a.b", "a.c")), EVERYTHING, null),
                permissions("{publish: {allow: a, deny: [a.b, a.c]}}"));
        assertEquals(new PermissionOptions(EVERYTHING, allow("a"), null), permissions("{publish: {}, subscribe: a}"));
        assertEquals(new PermissionOptions(NOTHING, EVERYTHING, null), permissions("{publish: {ALLOW: []}}"));
        assertEquals(new PermissionOptions(NOTHING, deny("x"), null),
                permissions("{publish: [], subscribe: {deny: x}}"));
    }

    @Test
    void responsesAllowOnlyRepliesUnlessMoreIsAllowed() {
        ResponseRules one = new ResponseRules(1, Duration.ofMinutes(2));
        assertEquals(new PermissionOptions(NOTHING, EVERYTHING, one), permissions("{allow_responses: true}"));
        assertEquals(new PermissionOptions(allow("a"), EVERYTHING, one),
                permissions("{publish: a, publish_allow_responses: true}"));
        assertEquals(new PermissionOptions(new SubjectRules(List.of(), List.of("x")), allow("q"), one),
                permissions("{publish: {deny: x}, subscribe: q, allow_responses: {}}"));
        assertEquals(new PermissionOptions(EVERYTHING, EVERYTHING, null), permissions("{allow_responses: false}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            {max: 5, expires: "1m"}     ~ 5  ~ 60
            {max_msgs: -1}              ~ -1 ~ 120
            {max_responses: 0, ttl: 30} ~ 1  ~ 30
            {expiration: "0s"}          ~ 1  ~ 120
            """)
    void responsesHaveALimitAndATime(String value, int max, long seconds) {
        assertEquals(new ResponseRules(max, Duration.ofSeconds(seconds)),
                permissions("{allow_responses: " + value + "}").responses());
    }

    @Test
    void subscriptionsMayBeLimitedToAQueueGroup() {
        assertEquals(allow("foo q", "bar.> *.v1"), permissions("{subscribe: ['foo q', ' bar.>   *.v1 ']}").subscribe());
        assertEquals(deny("foo q"), permissions("{subscribe: {deny: 'foo q'}}").subscribe());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            {publisher: a}          ~ Unknown field publisher parsing permissions
            {publish: a..b}         ~ Subject "a..b" is not a valid subject
            {publish: ""}           ~ Subject "" is not a valid subject
            {publish: [a, '.b']}     ~ Subject ".b" is not a valid subject
            {subscribe: '>.a'}      ~ Subject ">.a" is not a valid subject
            {subscribe: 'a b c'}    ~ Subject "a b c" is not a valid subject
            {publish: 'a b'}        ~ Subject "a b" is not a valid subject
            {publish: 5}            ~ Expected subject permissions to be a subject, or array of subjects, got the integer 5
            {publish: true}         ~ Expected subject permissions to be a subject, or array of subjects, got the boolean true
            {publish: [5]}          ~ Subject in permissions array cannot be cast to string, got the integer 5
            {publish: [{}]}         ~ Subject in permissions array cannot be cast to string, got a map
            {publish: {allowed: a}} ~ Unknown field allowed parsing subject permissions, only 'allow' or 'deny' are permitted
            {allow_responses: 5}    ~ expected a boolean or a map for "allow_responses", but got the integer 5
            {allow_responses: {n: 1}} ~ Unknown field n parsing permissions
            {allow_responses: {expires: x}} ~ error parsing expires: time: invalid duration "x"
            """)
    void mistakesAreErrors(String map, String expected) {
        String error = error("authorization { users [ {user: u, password: p, permissions: " + map + "} ] }");
        assertEquals(expected, error.substring(error.indexOf(": ") + 2));
    }
}
