package io.jnatsd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nats.client.Nats;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.commons.annotation.Testable;

/** The examples in the Javadoc of the public API compile. */
class JavadocExamplesTest {
    private static final Pattern EXAMPLE = Pattern.compile("<pre>\\{@code\n(.*?)\n *\\* *}</pre>", Pattern.DOTALL);
    private static final Pattern STAR = Pattern.compile("(?m)^ *\\* ?");
    /** Dots that stand for code of the reader. */
    private static final Pattern OMITTED = Pattern.compile("(?<=[{\\s])\\.\\.\\.(?=[}\\s])");
    private static final Pattern MEMBERS = Pattern.compile("(?m)^(@Test|@NatsTest|@NatsSettings|@RegisterExtension|class )");

    private static final String IMPORTS = """
            import static org.junit.jupiter.api.Assertions.*;
            import io.jnatsd.*;
            import io.jnatsd.junit.*;
            import io.nats.client.*;
            import java.io.*;
            import java.nio.file.Path;
            import java.security.KeyStore;
            import java.time.Duration;
            import java.util.*;
            import javax.net.ssl.SSLContext;
            import org.junit.jupiter.api.Test;
            import org.junit.jupiter.api.extension.RegisterExtension;
            """;
    /** What an example may use without declaring it. */
    private static final String READER = IMPORTS + """
            class Reader {
                interface Application {
                    void start();
                    void placeOrder(String what);
                }
                static NatsServer server, one, two;
                static Connection nats;
                static Application application;
                static byte[] order;
                static KeyStore keys;
                static char[] password;
                static SSLContext contextThatTrustsTheServer;
            }
            """;

    private static List<Path> sources() throws IOException {
        Path api = Path.of(System.getProperty("jnatsd.home", "."), "src/main/java/io/jnatsd");
        List<Path> sources = new ArrayList<>();
        for (Path folder : List.of(api, api.resolve("junit")))
            try (Stream<Path> files = Files.list(folder)) {
                files.filter(file -> file.toString().endsWith(".java")).sorted().forEach(sources::add);
            }
        return sources;
    }

    private static String unit(String name, String example) {
        String code = OMITTED.matcher(STAR.matcher(example).replaceAll("")).replaceAll("");
        String body = MEMBERS.matcher(code).find() ? code : "void example() throws Exception {\n" + code + "\n}";
        return IMPORTS + "class " + name + " extends Reader {\n" + body + "\n}\n";
    }

    private static String jar(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    }

    @Test
    void theyCompile(@TempDir Path folder) throws Exception {
        List<Path> units = new ArrayList<>();
        for (Path source : sources()) {
            String text = Files.readString(source);
            List<String> examples = EXAMPLE.matcher(text).results().map((MatchResult found) -> found.group(1)).toList();
            assertEquals(text.split("<pre>\\{@code", -1).length - 1, examples.size(), source::toString);
            for (String example : examples) {
                String name = source.getFileName().toString().replaceAll("\\.java$|-", "") + "Example" + units.size();
                units.add(Files.writeString(folder.resolve(name + ".java"), unit(name, example)));
            }
        }
        assertTrue(units.size() > 20, units::toString);
        units.add(Files.writeString(folder.resolve("Reader.java"), READER));
        String classPath = Stream.of(System.getProperty("jnatsd.classes"), jar(Nats.class), jar(Assertions.class),
                jar(Testable.class)).collect(Collectors.joining(System.getProperty("path.separator")));
        StringWriter errors = new StringWriter();
        JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = javac.getStandardFileManager(null, null, null)) {
            boolean compiled = javac.getTask(errors, files, null,
                    List.of("-proc:none", "-nowarn", "-d", folder.toString(), "-cp", classPath), null,
                    files.getJavaFileObjectsFromPaths(units)).call();
            assertTrue(compiled, errors::toString);
        }
    }
}
