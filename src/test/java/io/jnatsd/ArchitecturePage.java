package io.jnatsd;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The text of {@code architecture.md}, compared with the sources: each class and method that it names must exist, and the
 * packages must be as it draws them.
 */
final class ArchitecturePage {
    private static final Pattern FENCE = Pattern.compile("(?ms)^```(\\w*)\n(.*?)^```$");
    private static final Pattern CODE = Pattern.compile("`([^`\n]+)`");
    /** A class, perhaps with its package before it and a member or a nested class behind it. */
    private static final Pattern CLASS =
            Pattern.compile("(?:([a-z]+)\\.)?([A-Z]\\w*[a-z]\\w*)(?:\\.(\\w+))?(?:\\.(\\w+))?(?:\\(\\))?");
    /** The same in a drawing, where only a name with a member is certainly one. */
    private static final Pattern DRAWN = Pattern.compile("\\b([A-Z]\\w*[a-z]\\w*)\\.([a-z]\\w+)");
    private static final Pattern STEP = Pattern.compile("\\s*(\\d+)\\s+([a-z.]+)\\s+\\S.*");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| ([^|\n]+) \\| `([a-z.]+)` \\| ([^|\n]+) \\|$");
    private static final Pattern FILE = Pattern.compile("(?:src|etc|bin)/[\\w./-]+");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]*)(?:#([\\w-]+))?\\)");
    private static final String ROOT = "io.jnatsd";
    private static final List<String> JDK =
            List.of("java.lang.", "java.io.", "java.net.", "java.util.", "java.util.concurrent.",
                    "java.util.concurrent.atomic.", "java.util.concurrent.locks.");

    private final Path file;
    private final String text;
    private final String prose;
    private final List<Type> types = new ArrayList<>();
    private final Set<String> packages = new HashSet<>();

    /** A class of the sources, with the names of everything in it. */
    private record Type(String layer, String name, Set<String> members) {
    }

    ArchitecturePage(Path file, String text) {
        this.file = file;
        this.text = text;
        this.prose = FENCE.matcher(text).replaceAll("");
    }

    static ArchitecturePage read(Path file) throws IOException {
        return new ArchitecturePage(file, Files.readString(file));
    }

    /** Adds the classes of one file to those that may be named. */
    void know(String layer, CompilationUnitTree source) {
        packages.add(layer);
        new TreeScanner<Void, Void>() {
            @Override
            public Void visitClass(ClassTree type, Void nothing) {
                Set<String> members = new HashSet<>();
                for (Tree member : type.getMembers())
                    if (member instanceof MethodTree method)
                        members.add(method.getName().toString());
                    else if (member instanceof VariableTree variable)
                        members.add(variable.getName().toString());
                    else if (member instanceof ClassTree nested)
                        members.add(nested.getSimpleName().toString());
                types.add(new Type(layer, type.getSimpleName().toString(), members));
                return super.visitClass(type, nothing);
            }
        }.scan(source, null);
    }

    /** Names, files and links on the page that lead nowhere. */
    Set<String> unknown() {
        Set<String> faults = new TreeSet<>();
        CODE.matcher(prose).results().map(m -> m.group(1)).forEach(code -> {
            var named = CLASS.matcher(code);
            if (named.matches() && !exists(named.toMatchResult()))
                faults.add("no " + code);
            else if (FILE.matcher(code).matches() && !Files.exists(home().resolve(code)))
                faults.add("no file " + code);
            else if (code.startsWith(ROOT + ".") && !packages.contains(code.substring(ROOT.length() + 1)))
                faults.add("no package " + code);
        });
        FENCE.matcher(text).results().flatMap(fence -> DRAWN.matcher(fence.group(2)).results())
                .filter(m -> !exists(null, m.group(1), m.group(2))).forEach(m -> faults.add("no " + m.group()));
        LINK.matcher(prose).results().filter(m -> !leads(m)).forEach(m -> faults.add("no link " + m.group()));
        return faults;
    }

    private Path home() {
        return file.toAbsolutePath().getParent().resolve("../../..").normalize();
    }

    private boolean leads(MatchResult link) {
        try {
            Path target = link.group(1).isEmpty() ? file : file.resolveSibling(link.group(1));
            String content = link.group(1).isEmpty() ? text : Files.readString(target);
            return link.group(2) == null || content.contains("<a id=\"" + link.group(2) + "\"></a>");
        } catch (IOException e) {
            return false;
        }
    }

    private boolean exists(MatchResult named) {
        String layer = named.group(1), name = named.group(2), member = named.group(3), nested = named.group(4);
        return exists(layer, name, member) && (nested == null || exists(layer, member, nested));
    }

    /** @param layer null for any; {@code member} null for the class itself */
    private boolean exists(String layer, String name, String member) {
        return types.stream().anyMatch(type -> type.name.equals(name) && (layer == null || type.layer.equals(layer))
                && (member == null || type.members.contains(member)))
                || layer == null && (isOfJdk(name) || isTest(name, member));
    }

    private static boolean isOfJdk(String name) {
        return JDK.stream().anyMatch(prefix -> {
            try {
                Class.forName(prefix + name, false, null);
                return true;
            } catch (ClassNotFoundException e) {
                return false;
            }
        });
    }

    private boolean isTest(String name, String member) {
        try (Stream<Path> tests = Files.walk(home().resolve("src/test/java/io/jnatsd"))) {
            for (Path test : tests.filter(path -> path.endsWith(name + ".java")).toList())
                if (member == null || Files.readString(test).matches("(?s).*\\b" + member + "( =|\\().*"))
                    return true;
            return false;
        } catch (IOException e) {
            return false;
        }
    }

    /** Where the staircase is wrong: a package too many or too few, or one that uses what is not below it. */
    Set<String> wrongSteps(Map<String, List<String>> layers) {
        Map<String, Integer> steps = new HashMap<>();
        Set<String> faults = new TreeSet<>();
        int above = Integer.MAX_VALUE;
        for (String line : fence("staircase").lines().toList()) {
            var step = STEP.matcher(line);
            if (!step.matches()) {
                faults.add("no step: " + line);
                continue;
            }
            int number = Integer.parseInt(step.group(1));
            if (number > above)
                faults.add(line.strip() + " stands below a lower step");
            above = number;
            String layer = step.group(2).equals(ROOT) ? "" : step.group(2);
            if (steps.put(layer, number) != null)
                faults.add("twice: " + line.strip());
        }
        layers.forEach((layer, uses) -> {
            if (!steps.containsKey(layer))
                faults.add("not drawn: " + layer);
            else
                for (String used : uses)
                    if (layers.containsKey(used) && steps.getOrDefault(used, -1) >= steps.get(layer))
                        faults.add(layer + " uses " + used + ", which is not drawn below it");
        });
        steps.keySet().stream().filter(layer -> !layers.containsKey(layer)).forEach(l -> faults.add("no package " + l));
        return faults;
    }

    private String fence(String name) {
        return FENCE.matcher(text).results().filter(m -> m.group(1).equals(name)).map(m -> m.group(2)).findFirst()
                .orElse("");
    }

    /** Rows of the table "Where is ...?" whose first class is not in the package that they name, or that name none. */
    Set<String> wrongPlaces() {
        Set<String> faults = new TreeSet<>();
        for (MatchResult row : ROW.matcher(prose).results().toList()) {
            String layer = row.group(2).equals(ROOT) ? "" : row.group(2);
            var code = CODE.matcher(row.group(3));
            var named = code.find() ? CLASS.matcher(code.group(1)) : null;
            if (named == null || !named.matches() || named.group(3) == null
                    || !exists(layer, named.group(2), named.group(3)))
                faults.add("not there: " + row.group());
        }
        return faults;
    }

    /** How many questions "Where is ...?" answers. */
    long places() {
        return ROW.matcher(prose).results().count();
    }
}
