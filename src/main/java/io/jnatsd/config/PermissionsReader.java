package io.jnatsd.config;

import io.jnatsd.config.ConfigValue.Array;
import io.jnatsd.config.ConfigValue.Block;
import io.jnatsd.config.ConfigValue.Bool;
import io.jnatsd.config.ConfigValue.Text;
import io.jnatsd.config.ServerOptions.PermissionOptions;
import io.jnatsd.config.ServerOptions.ResponseRules;
import io.jnatsd.config.ServerOptions.SubjectRules;
import io.jnatsd.protocol.Subject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a {@code permissions} map. Threads: one, and one instance for each map.
 */
final class PermissionsReader {
    private static final SubjectRules NOTHING = new SubjectRules(List.of(), List.of());
    private static final SubjectRules EVERYTHING = new SubjectRules(null, List.of());

    private final Problems problems;
    SubjectRules publish;
    SubjectRules subscribe;
    private ResponseRules responses;
    /** Whether something is used that gnatsd 1.0.x does not know. */
    private boolean newer;

    /** {@code { allow: ..., deny: ... }}. */
    static final class Side {
        private final boolean mayHaveQueues;
        List<String> allow;
        List<String> deny = List.of();

        private Side(boolean mayHaveQueues) {
            this.mayHaveQueues = mayHaveQueues;
        }

        List<String> subjects(Entry entry) throws MismatchException {
            return PermissionsReader.subjects(entry, mayHaveQueues);
        }
    }

    /** {@code allow_responses}, with the defaults of newer servers. */
    static final class Responses {
        int max = 1;
        Duration expires = Duration.ofMinutes(2);
    }

    private PermissionsReader(Problems problems) {
        this.problems = problems;
    }

    static PermissionOptions read(Block block, Problems problems) {
        PermissionsReader r = new PermissionsReader(problems);
        Options.PERMISSIONS.read(block, r, problems);
        // gnatsd: a side that is not mentioned is denied. Newer servers allow it, and newer notation shows that one
        // of those is meant.
        SubjectRules missing = r.newer ? EVERYTHING : NOTHING;
        SubjectRules publish = r.publish == null ? missing : r.publish;
        if (r.responses != null && publish.allow() == null)
            publish = new SubjectRules(List.of(), publish.deny());
        return new PermissionOptions(publish, r.subscribe == null ? missing : r.subscribe, r.responses);
    }

    SubjectRules side(Entry entry, boolean mayHaveQueues) throws MismatchException {
        if (!(entry.value() instanceof Block block))
            return new SubjectRules(subjects(entry, mayHaveQueues), List.of());
        newer = true;
        Side side = new Side(mayHaveQueues);
        Options.SUBJECT_RULES.read(block, side, problems);
        return new SubjectRules(side.allow, side.deny);
    }

    /** One subject or an array of them. */
    private static List<String> subjects(Entry entry, boolean mayHaveQueues) throws MismatchException {
        ConfigValue value = entry.value();
        boolean many = value instanceof Array;
        List<ConfigValue> values = many ? entry.array() : List.of(value);
        List<String> subjects = new ArrayList<>(values.size());
        for (ConfigValue one : values) {
            if (one instanceof Text text)
                subjects.add(subject(text, mayHaveQueues));
            else
                throw new MismatchException(one, (many
                        ? "Subject in permissions array cannot be cast to string"
                        : "Expected subject permissions to be a subject, or array of subjects")
                        + ", got " + one.describe());
        }
        return subjects;
    }

    private static String subject(Text text, boolean mayHaveQueue) throws MismatchException {
        String entry = Subject.permissionEntry(text.value(), mayHaveQueue);
        if (entry == null)
            throw new MismatchException(text, "Subject \"" + text.value() + "\" is not a valid subject");
        return entry;
    }

    void responses(Entry entry) throws MismatchException {
        newer = true;
        Responses given = new Responses();
        if (entry.value() instanceof Block block)
            Options.RESPONSES.read(block, given, problems);
        else if (!(entry.value() instanceof Bool))
            throw entry.mismatch("a boolean or a map");
        boolean off = entry.value() instanceof Bool bool && !bool.value();
        Responses otherwise = new Responses();
        responses = off ? null : new ResponseRules(given.max == 0 ? otherwise.max : given.max,
                given.expires.isZero() ? otherwise.expires : given.expires);
    }
}
