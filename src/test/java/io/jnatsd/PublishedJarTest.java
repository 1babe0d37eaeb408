package io.jnatsd;

import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.File;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Compares what the classes use with what {@code pom.xml} puts into the published jar and with what the module descriptor
 * names. The tests run before there is a jar, on a class path with all classes of all libraries and modules, where a class
 * or a module that is missing from the jar is not noticed.
 */
class PublishedJarTest {
    /** Of these libraries the jar contains classes. */
    private static final Pattern LIBRARY = Pattern.compile("(picocli|gson|tinylog-api|tinylog-impl|jbcrypt)-\\d.*\\.jar");
    /** Those of the JDK and ours, and those that a program with JUnit or jnats has itself. */
    private static final Pattern OTHER_CLASS =
            Pattern.compile("(javax?|jdk|sun|com\\.sun|io\\.jnatsd|org\\.junit|org\\.opentest4j|io\\.nats\\.client)\\..*");

    private static String pom;
    private static String descriptor;

    @BeforeAll
    static void read() throws Exception {
        Path home = Path.of(System.getProperty("jnatsd.home"));
        pom = Files.readString(home.resolve("pom.xml"));
        descriptor = Files.readString(home.resolve("src/main/module/module-info.java"));
    }

    @Test
    void everyLibraryClassThatIsUsedIsInTheJarUnderANewName() {
        List<String> included = group("<include>([^:<]+)</include>", pom).toList();
        List<String> relocated = group("<pattern>(.+?)</pattern>", pom).toList();
        Set<String> faults = new TreeSet<>();
        Set<String> used = librariesClasses();
        for (String type : used) {
            Path file = Path.of(type.replace('.', '/') + ".class");
            if (included.stream().noneMatch(glob -> FileSystems.getDefault().getPathMatcher("glob:" + glob).matches(file)))
                faults.add(type + " is not included");
            if (relocated.stream().noneMatch(name -> type.startsWith(name + ".")))
                faults.add(type + " is not relocated");
        }
        assertEquals(Set.of(), faults);
        assertFalse(used.isEmpty());
    }

    @Test
    void theDescriptorRequiresTheModulesThatAreUsedAndNoOthers() {
        Set<String> used = group("(?m)^classes -> (java\\.\\S+|jdk\\.\\S+)$", jdeps("-s", classes()))
                .collect(toCollection(TreeSet::new));
        used.remove("java.base");
        assertEquals(used, group("requires (?:transitive )?([\\w.]+);", descriptor).collect(toCollection(TreeSet::new)));
    }

    @Test
    void theDescriptorExportsThePublicApiAndNothingElse() {
        Set<String> api = Stream.of("io.jnatsd", "io.jnatsd.junit")
                .filter(name -> Files.exists(Path.of(classes(), name.replace('.', '/')))).collect(toSet());
        assertEquals(api, group("exports ([\\w. ]+);", descriptor).collect(toSet()));
    }

    /** The classes of the libraries that ours use, and those that these use. */
    private static Set<String> librariesClasses() {
        List<String> jars = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(path -> LIBRARY.matcher(Path.of(path).getFileName().toString()).matches()).toList();
        List<String> arguments = new ArrayList<>(List.of("-v", "--multi-release", "21", "--ignore-missing-deps", classes()));
        arguments.addAll(jars);
        Map<String, List<String>> edges = new HashMap<>();
        for (String line : jdeps(arguments.toArray(String[]::new)).lines().filter(line -> line.startsWith("   ")).toList()) {
            String[] words = line.strip().split("\\s+");
            boolean used = words[0].startsWith("io.jnatsd.") ? !OTHER_CLASS.matcher(words[2]).matches()
                    : LIBRARY.matcher(words[words.length - 1]).matches();
            if (used)
                edges.computeIfAbsent(words[0], from -> new ArrayList<>()).add(words[2]);
        }
        Deque<String> open = new ArrayDeque<>(edges.keySet().stream().filter(type -> type.startsWith("io.jnatsd.")).toList());
        Set<String> found = new HashSet<>();
        while (!open.isEmpty())
            for (String used : edges.getOrDefault(open.pop(), List.of()))
                if (found.add(used))
                    open.push(used);
        return found;
    }

    private static String classes() {
        return System.getProperty("jnatsd.classes");
    }

    private static String jdeps(String... arguments) {
        StringWriter text = new StringWriter();
        int code = ToolProvider.findFirst("jdeps").orElseThrow().run(new PrintWriter(text), new PrintWriter(text), arguments);
        assertEquals(0, code, text::toString);
        return text.toString();
    }

    private static Stream<String> group(String regex, String text) {
        return Pattern.compile(regex).matcher(text).results().map((MatchResult found) -> found.group(1));
    }
}
