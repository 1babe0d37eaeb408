package io.jnatsd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The public API is what {@code src/test/api/public-api.txt} says, so that no program of a user stops to compile or to link
 * by accident. Whoever changes the API on purpose copies the file that a failed test writes into {@code target}.
 */
class PublicApiTest {
    private static final Path HOME = Path.of(System.getProperty("jnatsd.home", "."));
    private static final Path RECORDED = HOME.resolve("src/test/api/public-api.txt");
    private static final Path ACTUAL = HOME.resolve("target/public-api.txt");
    private static final List<String> PACKAGES = List.of("io.jnatsd", "io.jnatsd.junit");
    /** A type of the project in another package than those two. */
    private static final Pattern INTERNAL = Pattern.compile("\\bio\\.jnatsd\\.(?!junit\\.[A-Z])[a-z]");

    @Test
    void thePublicApiIsAsRecorded() throws Exception {
        List<String> actual = publicApi(), recorded = Files.readAllLines(RECORDED);
        Set<String> removed = new LinkedHashSet<>(recorded), added = new LinkedHashSet<>(actual);
        removed.removeAll(actual);
        added.removeAll(recorded);
        if (!actual.equals(recorded)) {
            Files.createDirectories(ACTUAL.getParent());
            Files.write(ACTUAL, actual);
        }
        assertEquals("", String.join("\n", removed),
                () -> "removed or changed, which breaks programs that use it; new are " + added);
        assertEquals("", String.join("\n", added), "new: if it is meant so, copy target/public-api.txt to src/test/api");
        assertEquals(recorded, actual, "copy target/public-api.txt to src/test/api");
    }

    @Test
    void nothingPublicRefersToAnInternalType() throws Exception {
        assertEquals("", publicApi().stream().filter(line -> INTERNAL.matcher(line).find()).collect(Collectors.joining("\n")));
    }

    /** Each public type with what it is made of, and below it each member that is not private to the package. */
    private static List<String> publicApi() throws IOException, ClassNotFoundException {
        List<String> lines = new ArrayList<>();
        for (String name : PACKAGES) {
            Path folder = Path.of(System.getProperty("jnatsd.classes"), name.split("\\."));
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.filter(file -> file.toString().endsWith(".class")).sorted().toList()) {
                    String type = file.getFileName().toString().replace(".class", "");
                    if (!type.equals("package-info"))
                        add(lines, Class.forName(name + "." + type, false, PublicApiTest.class.getClassLoader()));
                }
            }
        }
        return lines;
    }

    private static boolean isVisible(Class<?> type) {
        return isVisible(type.getModifiers())
                && (type.getEnclosingClass() == null || !type.isAnonymousClass() && isVisible(type.getEnclosingClass()));
    }

    private static boolean isVisible(int modifiers) {
        return (modifiers & (Modifier.PUBLIC | Modifier.PROTECTED)) != 0;
    }

    private static void add(List<String> lines, Class<?> type) {
        if (!isVisible(type))
            return;
        String extended = type.getGenericSuperclass() == null || type.getGenericSuperclass() == Object.class ? ""
                : " extends " + type.getGenericSuperclass().getTypeName();
        String implemented = Arrays.stream(type.getGenericInterfaces()).map(Type::getTypeName)
                .collect(Collectors.joining(", "));
        String components = !type.isRecord() ? "" : Arrays.stream(type.getRecordComponents()).map(RecordComponent::getName)
                .collect(Collectors.joining(", ", "(", ")"));
        lines.add(annotations(type) + type.toGenericString() + components + extended
                + (implemented.isEmpty() ? "" : (type.isInterface() ? " extends " : " implements ") + implemented));
        Stream.of(type.getDeclaredFields(), type.getDeclaredConstructors(), type.getDeclaredMethods()).flatMap(Arrays::stream)
                .filter(member -> isVisible(((Member) member).getModifiers()) && !((Member) member).isSynthetic())
                .map(member -> "    " + annotations((AnnotatedElement) member) + text((Member) member)).sorted()
                .forEach(lines::add);
    }

    private static String annotations(AnnotatedElement element) {
        return Arrays.stream(element.getDeclaredAnnotations()).map(annotation -> annotation + " ").sorted()
                .collect(Collectors.joining());
    }

    private static String text(Member member) {
        return switch (member) {
            case Field field -> field.toGenericString();
            case Constructor<?> constructor -> constructor.toGenericString();
            case Method method -> method.toGenericString()
                    + (method.getDefaultValue() == null ? "" : " default \"" + method.getDefaultValue() + "\"");
            default -> throw new IllegalStateException(member.toString());
        };
    }
}
