package io.jnatsd;

import static java.util.Map.entry;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LambdaExpressionTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.SynchronizedTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Checks rules of the design that no compiler checks. A list here that is too long or too short breaks the build. */
class ArchitectureTest {
    private static final String ROOT = "io.jnatsd";
    private static final int MOST_LINES = 600;
    private static final int MOST_METHOD_LINES = 50;
    private static final int LEAST_PACKAGE_LINES = 7;
    private static final int MOST_PARAMETERS = 6;

    /** Beyond the JDK's own, each package may use these and itself. */
    static final Map<String, List<String>> LAYERS = Map.ofEntries(
            entry("text", List.of()),
            entry("protocol", List.of("text", "com.google.gson")),
            entry("events", List.of()),
            entry("log", List.of("text", "org.tinylog")),
            entry("usage", List.of("picocli")),
            entry("config", List.of("text", "protocol", "usage")),
            entry("auth", List.of("text", "protocol", "config", "org.mindrot.jbcrypt")),
            entry("tls", List.of("config")),
            entry("websocket", List.of()),
            entry("subject", List.of("protocol", "log", "auth")),
            entry("delivery", List.of("protocol", "config", "log", "auth", "subject")),
            entry("connection", List.of("text", "protocol", "events", "config", "log", "tls", "websocket", "subject", "delivery")),
            entry("client", List.of("text", "protocol", "events", "config", "log", "auth", "tls", "websocket", "subject", "delivery",
                    "connection")),
            entry("cluster", List.of("text", "protocol", "events", "config", "log", "auth", "tls", "subject", "delivery",
                    "connection")),
            entry("monitor", List.of("text", "protocol", "events", "config", "log", "auth", "tls", "subject", "delivery",
                    "connection", "client", "com.google.gson")),
            entry("system", List.of("protocol", "log", "delivery", "connection", "monitor", "com.google.gson")),
            entry("jetstream.store", List.of()),
            entry("jetstream.config", List.of("text", "protocol")),
            entry("jetstream.consumer", List.of("text", "delivery", "jetstream.config", "jetstream.store", "com.google.gson")),
            entry("jetstream.stream", List.of("text", "protocol", "events", "log", "subject", "delivery", "jetstream.config", "jetstream.store",
                    "jetstream.consumer", "com.google.gson")),
            entry("jetstream.api", List.of("text", "protocol", "events", "log", "subject", "delivery", "monitor", "jetstream.config", "jetstream.store",
                    "jetstream.consumer", "jetstream.stream", "com.google.gson")),
            entry("server", List.of("text", "protocol", "events", "config", "log", "auth", "tls", "websocket", "subject", "delivery",
                    "connection", "client", "cluster", "monitor", "system", "jetstream.config", "jetstream.api")),
            entry("bench", List.of("usage", "picocli")),
            entry("top", List.of("usage", "picocli", "com.google.gson")),
            entry("check", List.of("text", "com.google.gson")),
            entry("fault", List.of("protocol", "log", "delivery", "connection", "client", "cluster")),
            entry("", List.of("text", "protocol", "config", "log", "auth", "tls", "subject", "delivery", "connection", "client",
                    "cluster", "fault", "server")),
            entry("junit", List.of("", "org.junit", "org.opentest4j", "io.nats.client")),
            entry("cli", List.of("text", "bench", "top", "check", "server", "config", "log", "auth", "usage", "picocli",
                    "org.mindrot.jbcrypt")));

    /** Types of the public API that every package may use, because they use nothing but {@code protocol} themselves. */
    private static final Set<String> VALUES = Set.of(":Authenticator", ":Credentials", ":NatsUser");

    /** Who may use what of the JDK and of optional libraries, by pattern of the used class. */
    private static final Map<String, Set<String>> RESERVED = Map.of(
            "java\\.net\\.(Socket|DatagramSocket)", Set.of("cli.TrainingRun", "bench.*", "tls.*", "top.Trust",
                    "client.Client", "client.Clients", "client.ClientTls", "client.ClientWebSocket", "connection.*",
                    "cluster.Cluster", "cluster.Route", "cluster.RouteDialer", "server.Listener",
                    "server.ClusterPort", "server.ReservedPort", "server.WebSocketPort", "server.ClientPorts", "server.TcpEndpoint", "server.UnixEndpoint",
                    "server.UnixSocket"),
            "java\\.net\\.ServerSocket", Set.of("cli.TrainingRun", "server.TcpEndpoint"),
            "java\\.nio\\.channels\\.(\\w*SocketChannel|DatagramChannel|Selector)", Set.of("log.DatagramLink",
                    "log.LocalSyslog", "log.RemoteSyslog", "log.StreamLink", "server.ControlSocket", "server.UnixEndpoint",
                    "server.UnixSocket"),
            "javax\\.net\\.ssl\\..*", Set.of("bench.*", "tls.*", "top.*", "client.ClientStats",
                    "client.ClientTls", "client.ClientWebSocket", "connection.*", "cluster.Route",
                    "monitor.LiveTls", "config.TlsIdentity", "NatsTls"),
            "com\\.sun\\.net\\.httpserver\\..*", Set.of("monitor.*"),
            "sun\\..*", Set.of("server.Signals"),
            "io\\.nats\\..*", Set.of("junit.TestConnection"));

    /** Between a message's arrival and its departure: no strings, no streams, no lambdas. */
    private static final Set<String> HOT_CLASSES =
            Set.of("ChunkQueue", "MatchCache", "Outbound", "Message", "Parser", "ReadBuffer", "Run", "Subject");

    /** The classes that start threads without {@link io.jnatsd.log.Threads}, and so must catch everything themselves. */
    private static final Set<String> THREAD_STARTERS = Set.of("cli/TrainingRun", "cli/EmergencyExit", "log/Threads", "log/Log",
            "log/SyslogTarget", "auth/BcryptQueue", "connection/ServerState", "delivery/Outbound", "monitor/Deadlines",
            "server/Listener", "server/TimeLimit");

    private static Path home;
    private static final List<Source> SOURCES = new ArrayList<>();

    private record Source(String name, String text, CompilationUnitTree tree, DocTrees trees) {
        int line(long position) {
            return (int) tree.getLineMap().getLineNumber(position);
        }

        int start(Tree node) {
            return line(trees.getSourcePositions().getStartPosition(tree, node));
        }

        int end(Tree node) {
            return line(trees.getSourcePositions().getEndPosition(tree, node));
        }
    }

    @BeforeAll
    static void parseTheSources() throws IOException {
        home = Path.of(System.getProperty("jnatsd.home"), "src/main/java/io/jnatsd");
        JavaCompiler javac = javax.tools.ToolProvider.getSystemJavaCompiler();
        try (var files = javac.getStandardFileManager(null, null, null); Stream<Path> walk = Files.walk(home)) {
            List<Path> paths = walk.filter(path -> path.toString().endsWith(".java")).sorted().toList();
            JavacTask task = (JavacTask) javac.getTask(null, files, null, null, null,
                    files.getJavaFileObjectsFromPaths(paths));
            DocTrees trees = DocTrees.instance(task);
            for (CompilationUnitTree tree : task.parse()) {
                Path path = Path.of(tree.getSourceFile().toUri());
                SOURCES.add(new Source(home.relativize(path).toString(), Files.readString(path), tree, trees));
            }
        }
        assertFalse(SOURCES.isEmpty());
    }

    /** {@code user -> used} for every pair of classes, without the root package's name for our own. */
    private static List<String[]> uses() {
        StringWriter text = new StringWriter();
        ToolProvider jdeps = ToolProvider.findFirst("jdeps").orElseThrow();
        int code = jdeps.run(new PrintWriter(text), new PrintWriter(text), "-v", "--ignore-missing-deps",
                System.getProperty("jnatsd.classes"));
        assertEquals(0, code, text::toString);
        return text.toString().lines().filter(line -> line.startsWith("   "))
                .map(line -> line.strip().split("\\s+"))
                .map(words -> new String[] {own(words[0]), own(words[2])}).toList();
    }

    private static String own(String type) {
        return type.startsWith(ROOT + ".") ? ":" + type.substring(ROOT.length() + 1) : type;
    }

    private static String layer(String own) {
        int dot = own.lastIndexOf('.');
        return dot < 0 ? "" : own.substring(1, dot);
    }

    private static String outer(String type) {
        int nested = type.indexOf('$');
        return nested < 0 ? type : type.substring(0, nested);
    }

    private static void assertNone(String rule, Iterable<String> faults) {
        assertEquals("", String.join("\n", faults), rule);
    }

    @Test
    void packagesUseOnlyWhatIsBelowThem() {
        Set<String> faults = new TreeSet<>();
        for (String[] use : uses()) {
            String layer = layer(use[0]), used = use[1];
            boolean value = VALUES.contains(outer(use[0]));
            if (VALUES.contains(outer(used)))
                continue;
            List<String> allowed = value ? List.of("protocol") : LAYERS.get(layer);
            if (allowed == null)
                faults.add("package " + layer + " has no line in LAYERS");
            else if (used.startsWith(":")) {
                if ((value || !layer(used).equals(layer)) && !allowed.contains(layer(used)))
                    faults.add(use[0] + " uses " + used);
            } else if (!isJdk(used) && allowed.stream().noneMatch(used::startsWith))
                faults.add(use[0] + " uses " + used);
        }
        assertNone("packages use only the packages below them", faults);
    }

    @Test
    void everyPackageSaysWhatItIsFor() {
        Set<String> faults = new TreeSet<>();
        for (String layer : LAYERS.keySet()) {
            String name = (layer.isEmpty() ? "" : layer.replace('.', '/') + "/") + "package-info.java";
            String text = SOURCES.stream().filter(source -> source.name.equals(name)).map(Source::text).findFirst().orElse("");
            if (!text.startsWith("/**") || text.lines().count() < LEAST_PACKAGE_LINES)
                faults.add(name + " has no comment of some lines");
        }
        assertNone("each package says what is in it, what it uses, and where to begin", faults);
    }

    @Test
    void everyLockHasItsPlaceInTheLockOrder() {
        String order = SOURCES.stream().filter(source -> source.name.equals("subject/package-info.java"))
                .map(Source::text).findFirst().orElseThrow().replaceAll("\\s*\n \\*\\s*", " ");
        Set<String> faults = new TreeSet<>();
        for (Source source : SOURCES) {
            String name = source.name.substring(source.name.lastIndexOf('/') + 1).replace(".java", "");
            if (source.text.contains("new ReentrantLock(") && !source.name.matches("(bench|top)/.*")
                    && !order.contains("{@code " + name + "}"))
                faults.add(source.name + " has a lock that the lock order does not mention");
        }
        assertNone("the comment of package subject says which locks may be taken under which", faults);
    }

    private static ArchitecturePage page() throws IOException {
        ArchitecturePage page = ArchitecturePage.read(home.resolve("../../../../site/markdown/architecture.md").normalize());
        for (Source source : SOURCES) {
            int slash = source.name.lastIndexOf('/');
            page.know(slash < 0 ? "" : source.name.substring(0, slash).replace('/', '.'), source.tree);
        }
        return page;
    }

    @Test
    void theArchitecturePageNamesWhatExists() throws IOException {
        assertNone("architecture.md: rename it there, too", page().unknown());
    }

    @Test
    void theArchitecturePageDrawsThePackagesAsTheyAre() throws IOException {
        assertNone("architecture.md: the staircase", page().wrongSteps(LAYERS));
    }

    @Test
    void theArchitecturePageSaysWhereThingsAre() throws IOException {
        assertNone("architecture.md: the package and the method of each answer", page().wrongPlaces());
        assertTrue(page().places() > 30, "the table of architecture.md is not found");
    }

    private static boolean isJdk(String type) {
        return Stream.of("java.", "javax.", "jdk.", "sun.", "com.sun.").anyMatch(type::startsWith);
    }

    @Test
    void socketsTlsAndInternalsAreTheBusinessOfFew() {
        Set<String> faults = new TreeSet<>(), idle = new TreeSet<>();
        RESERVED.forEach((type, users) -> users.forEach(user -> idle.add(user + " no longer uses " + type)));
        for (String[] use : uses())
            RESERVED.forEach((type, users) -> {
                String user = outer(use[0]).substring(1);
                if (!use[1].matches(type))
                    return;
                String all = layer(use[0]) + ".*", who = users.contains(all) ? all : user;
                idle.remove(who + " no longer uses " + type);
                if (!users.contains(who))
                    faults.add(user + " uses " + use[1]);
            });
        assertNone("only the classes in RESERVED use sockets, TLS and other reserved types", faults);
        assertNone("take these out of RESERVED", idle);
    }

    @Test
    void wholeOptionsStayWhereTheyAreReadAndHandedOut() {
        List<String> faults = new ArrayList<>();
        for (Source source : SOURCES) {
            if (Stream.of("config/", "server/", "connection/ServerState", "cli/", "NatsServer", "Settings").anyMatch(source.name::startsWith))
                continue;
            if (source.text.matches("(?s).*\\bServerOptions\\s+\\w+\\s*[,;)=].*"))
                faults.add(source.name + " holds a whole ServerOptions");
        }
        assertNone("each class receives only its own record of options", faults);
    }

    @Test
    void namesSayWhatAThingIs() {
        List<String> faults = new ArrayList<>();
        scan(new Check(faults) {
            @Override
            public Void visitClass(ClassTree type, Source source) {
                if (type.getSimpleName().toString()
                        .matches(".*(Manager|Helper|Utils?|Impl|Handler|Processor)|(Abstract|Base).*"))
                    fault(source, type, type.getSimpleName().toString());
                return super.visitClass(type, source);
            }
        });
        assertNone("no vague class names", faults);
    }

    @Test
    void filesStayReadable() {
        List<String> faults = new ArrayList<>();
        for (Source source : SOURCES) {
            long lines = source.text.lines().count();
            if (lines > MOST_LINES)
                faults.add(source.name + " has " + lines + " lines, " + MOST_LINES + " are allowed");
        }
        assertNone("no file is too long", faults);
    }

    @Test
    void methodsAndParameterListsStayShort() {
        List<String> faults = new ArrayList<>();
        scan(new Check(faults) {
            @Override
            public Void visitMethod(MethodTree method, Source source) {
                int lines = source.end(method) - source.start(method) + 1;
                if (lines > MOST_METHOD_LINES)
                    fault(source, method, method.getName() + " has " + lines + " lines");
                boolean record = type().getKind() == Tree.Kind.RECORD;
                if (method.getReturnType() == null && !record && method.getParameters().size() > MOST_PARAMETERS)
                    fault(source, method, "constructor with " + method.getParameters().size() + " parameters");
                return super.visitMethod(method, source);
            }
        });
        assertNone("at most " + MOST_METHOD_LINES + " lines per method and " + MOST_PARAMETERS
                + " parameters per constructor", faults);
    }

    @Test
    void nothingIsStaticNothingSynchronizedNothingSleeps() {
        List<String> faults = new ArrayList<>();
        scan(new Check(faults) {
            @Override
            public Void visitSynchronized(SynchronizedTree block, Source source) {
                fault(source, block, "synchronized block");
                return super.visitSynchronized(block, source);
            }

            @Override
            public Void visitMethod(MethodTree method, Source source) {
                if (method.getModifiers().getFlags().contains(Modifier.SYNCHRONIZED))
                    fault(source, method, "synchronized method");
                return super.visitMethod(method, source);
            }

            @Override
            public Void visitVariable(VariableTree variable, Source source) {
                Set<Modifier> flags = variable.getModifiers().getFlags();
                if (flags.contains(Modifier.STATIC) && !flags.contains(Modifier.FINAL))
                    fault(source, variable, "static field that is not final: " + variable.getName());
                return super.visitVariable(variable, source);
            }

            @Override
            public Void visitMethodInvocation(MethodInvocationTree call, Source source) {
                if (call.getMethodSelect().toString().equals("Thread.sleep"))
                    fault(source, call, "Thread.sleep");
                return super.visitMethodInvocation(call, source);
            }
        });
        assertNone("no synchronized, no mutable static field, no Thread.sleep", faults);
    }

    /** The difference of two times of the system clock is wrong when the clock was set in between. */
    @Test
    void onlyTheSteadyClockReadsTheMillisecondsOfTheSystemClock() {
        List<String> faults = new ArrayList<>();
        scan(new Check(faults) {
            @Override
            public Void visitMethodInvocation(MethodInvocationTree call, Source source) {
                if (call.getMethodSelect().toString().equals("System.currentTimeMillis")
                        && !type().getSimpleName().contentEquals("SteadyClock"))
                    fault(source, call, "System.currentTimeMillis");
                return super.visitMethodInvocation(call, source);
            }
        });
        assertNone("times that are subtracted are those of the SteadyClock", faults);
    }

    @Test
    void hotClassesMakeNoGarbage() {
        List<String> faults = new ArrayList<>();
        scan(new Check(faults) {
            private boolean hot() {
                return HOT_CLASSES.contains(type().getSimpleName().toString()) && !method().endsWith("Text");
            }

            @Override
            public Void visitNewClass(NewClassTree made, Source source) {
                if (hot() && made.getIdentifier().toString().equals("String"))
                    fault(source, made, "new String");
                return super.visitNewClass(made, source);
            }

            @Override
            public Void visitLambdaExpression(LambdaExpressionTree lambda, Source source) {
                if (hot())
                    fault(source, lambda, "lambda");
                return super.visitLambdaExpression(lambda, source);
            }

            @Override
            public Void visitMethodInvocation(MethodInvocationTree call, Source source) {
                if (hot() && call.getMethodSelect() instanceof MemberSelectTree select
                        && Set.of("stream", "format", "formatted", "replaceAll", "forEach")
                                .contains(select.getIdentifier().toString()))
                    fault(source, call, call.getMethodSelect().toString());
                return super.visitMethodInvocation(call, source);
            }
        });
        assertNone("no strings, streams, lambdas or patterns in " + HOT_CLASSES, faults);
    }

    @Test
    void threadsAreStartedWhereEverythingIsCaught() {
        Set<String> faults = new TreeSet<>(), idle = new TreeSet<>(THREAD_STARTERS);
        for (Source source : SOURCES) {
            String name = source.name.replace(".java", "");
            if (name.startsWith("bench/") || name.startsWith("top/")
                    || !source.text.matches("(?s).*(Thread\\.(of(Virtual|Platform)|startVirtualThread)|new Thread)\\(.*"))
                continue;
            if (!idle.remove(name))
                faults.add(name + " starts a thread, which Threads should do");
        }
        assertNone("an Error ends what a thread was about, and nothing else", faults);
        assertNone("take these out of THREAD_STARTERS", idle);
    }

    @Test
    void hotClassesExist() {
        Set<String> missing = new TreeSet<>(HOT_CLASSES);
        for (Source source : SOURCES)
            missing.remove(source.name.substring(source.name.lastIndexOf('/') + 1).replace(".java", ""));
        assertNone("renamed or gone: take these out of HOT_CLASSES", missing);
    }

    @Test
    void everyClassOfTheMessagePathSaysWhichThreadsUseIt() {
        List<String> faults = new ArrayList<>();
        for (Source source : SOURCES)
            if (source.name.matches("(subject|delivery|connection|client|cluster)/.*"))
                scan(source, new Check(faults) {
                    @Override
                    public Void visitClass(ClassTree type, Source of) {
                        DocCommentTree comment = of.trees.getDocCommentTree(getCurrentPath());
                        if (type.getKind() == Tree.Kind.CLASS && !String.valueOf(comment).contains("Threads:"))
                            fault(of, type, type.getSimpleName() + " has no sentence \"Threads: ...\"");
                        return null; // nested classes belong to what the outer one says
                    }
                });
        assertNone("each class of the message path has a sentence \"Threads: ...\"", faults);
    }

    private static void scan(Check check) {
        for (Source source : SOURCES)
            scan(source, check);
    }

    private static void scan(Source source, Check check) {
        check.scan(source.tree, source);
    }

    /** Walks through a source and notes what should not be there. */
    private abstract static class Check extends TreePathScanner<Void, Source> {
        private final List<String> faults;

        Check(List<String> faults) {
            this.faults = faults;
        }

        void fault(Source source, Tree node, String what) {
            faults.add(source.name + ":" + source.start(node) + " " + what);
        }

        /** The class that the walk is in. */
        ClassTree type() {
            var path = getCurrentPath();
            while (!(path.getLeaf() instanceof ClassTree))
                path = path.getParentPath();
            return (ClassTree) path.getLeaf();
        }

        /** The method that the walk is in, empty outside. */
        String method() {
            for (var path = getCurrentPath(); path != null; path = path.getParentPath())
                if (path.getLeaf() instanceof MethodTree method)
                    return method.getName().toString();
            return "";
        }
    }
}
