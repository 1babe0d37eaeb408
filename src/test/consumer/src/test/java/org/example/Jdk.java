package org.example;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

/** A JDK of this machine. */
record Jdk(Path home, int feature) {
    private static final Path FOLDER = Path.of("/usr/lib/jvm");

    /** Those that variables such as {@code JAVA_HOME_21_X64} name, and those of Linux packages. */
    static List<Jdk> all() throws IOException {
        List<Path> homes = new ArrayList<>();
        System.getenv().forEach((name, value) -> {
            if (name.startsWith("JAVA") && name.contains("HOME"))
                homes.add(Path.of(value));
        });
        if (Files.isDirectory(FOLDER))
            try (Stream<Path> found = Files.list(FOLDER)) {
                found.forEach(homes::add);
            }
        List<Jdk> jdks = new ArrayList<>();
        for (Path home : homes)
            read(home).ifPresent(jdks::add);
        return jdks;
    }

    private static Optional<Jdk> read(Path home) throws IOException {
        Path release = home.resolve("release");
        if (!Files.isRegularFile(release) || !Files.isExecutable(home.resolve("bin/javac")))
            return Optional.empty();
        Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(release)) {
            properties.load(in);
        }
        String version = properties.getProperty("JAVA_VERSION", "").replace("\"", "");
        return version.matches("\\d\\d.*") ? Optional.of(new Jdk(home, Integer.parseInt(version.substring(0, 2))))
                : Optional.empty();
    }

    /** Returns the class path of the tests. */
    static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    String tool(String name) {
        return home.resolve("bin").resolve(name).toString();
    }
}
