package io.jnatsd.monitor;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** Headless Chromium, controlled by its DevTools protocol: one page, and its log and requests. */
final class Browser implements AutoCloseable {
    private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome");
    private static final List<String> FLAGS = List.of("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
            "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--disable-dev-shm-usage", "--hide-scrollbars", "--remote-debugging-port=0");
    private static final String LISTENING = "DevTools listening on ";
    private static final int PATIENCE_SECONDS = 60;

    private final Process process;
    private final HttpClient http = HttpClient.newHttpClient();
    private final WebSocket socket;
    private final AtomicInteger lastId = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonObject>> calls = new ConcurrentHashMap<>();
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private String session;

    private Browser(Process process, String url) throws IOException {
        this.process = process;
        this.socket = await(http.newWebSocketBuilder().buildAsync(URI.create(url), new Receiver()));
        JsonObject target = call("Target.createTarget", "url", "about:blank");
        session = call("Target.attachToTarget", "targetId", target.get("targetId").getAsString(), "flatten", true)
                .get("sessionId").getAsString();
        for (String domain : List.of("Page", "Runtime", "Log", "Network"))
            call(domain + ".enable");
    }

    /** Returns the browser's file, if one is installed. */
    static Optional<Path> installed() {
        return NAMES.stream().flatMap(name -> Stream.of(System.getenv("PATH").split(":"))
                .map(dir -> Path.of(dir, name))).filter(Files::isExecutable).findFirst();
    }

    static Browser start(Path file, Path profile) throws IOException {
        List<String> command = new ArrayList<>(List.of(file.toString()));
        command.addAll(FLAGS);
        command.add("--user-data-dir=" + profile);
        Process process = new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        BufferedReader errors = process.errorReader();
        for (String line; (line = errors.readLine()) != null;)
            if (line.startsWith(LISTENING)) {
                Thread.startVirtualThread(() -> readOn(errors));
                return new Browser(process, line.substring(LISTENING.length()));
            }
        throw new IOException("the browser did not start");
    }

    /** Reads stderr, because the browser blocks when the pipe is full. */
    private static void readOn(BufferedReader errors) {
        try {
            while (errors.readLine() != null)
                continue;
        } catch (IOException e) {
            // The browser has been closed.
            return;
        }
    }

    private final class Receiver implements WebSocket.Listener {
        private final StringBuilder message = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
            message.append(text);
            if (last) {
                received(JsonParser.parseString(message.toString()).getAsJsonObject());
                message.setLength(0);
            }
            from.request(1);
            return null;
        }
    }

    private void received(JsonObject message) {
        if (message.has("id")) {
            calls.remove(message.get("id").getAsInt()).complete(message);
            return;
        }
        JsonObject params = message.getAsJsonObject("params");
        switch (message.get("method").getAsString()) {
            case "Runtime.exceptionThrown", "Log.entryAdded" -> complaints.add(params.toString());
            case "Runtime.consoleAPICalled" -> complaints.add(params.get("args").toString());
            case "Network.requestWillBeSent" -> requests.add(params.getAsJsonObject("request").get("url").getAsString());
            default -> { }
        }
    }

    /** @param params names and values in turn */
    JsonObject call(String method, Object... params) throws IOException {
        JsonObject message = new JsonObject(), named = new JsonObject();
        int id = lastId.incrementAndGet();
        message.addProperty("id", id);
        message.addProperty("method", method);
        if (session != null)
            message.addProperty("sessionId", session);
        for (int i = 0; i < params.length; i += 2)
            named.add(params[i].toString(), json(params[i + 1]));
        message.add("params", named);
        CompletableFuture<JsonObject> answer = new CompletableFuture<>();
        calls.put(id, answer);
        await(socket.sendText(message.toString(), true));
        JsonObject answered = await(answer);
        if (answered.has("error"))
            throw new IOException(method + ": " + answered.get("error"));
        return answered.getAsJsonObject("result");
    }

    private static JsonElement json(Object value) {
        return value instanceof JsonElement element ? element : new com.google.gson.Gson().toJsonTree(value);
    }

    private static <T> T await(CompletableFuture<T> future) throws IOException {
        try {
            return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new IOException(e);
        }
    }

    /** Runs a script in every later page, before the page's own scripts. */
    void beforeEachPage(String script) throws IOException {
        call("Page.addScriptToEvaluateOnNewDocument", "source", script);
    }

    void open(String url) throws IOException {
        call("Page.navigate", "url", url);
    }

    /** Returns the value of an expression, as text. */
    String evaluate(String expression) throws IOException {
        JsonObject result = call("Runtime.evaluate", "expression", "String(" + expression + ")", "awaitPromise", true);
        if (result.has("exceptionDetails"))
            throw new IOException(expression + ": " + result.get("exceptionDetails"));
        return result.getAsJsonObject("result").get("value").getAsString();
    }

    void size(int width, int height, boolean phone) throws IOException {
        call("Emulation.setDeviceMetricsOverride", "width", width, "height", height, "deviceScaleFactor",
                phone ? 2 : 1, "mobile", phone);
    }

    /** @param scheme light or dark */
    void scheme(String scheme) throws IOException {
        call("Emulation.setEmulatedMedia", "features",
                JsonParser.parseString("[{\"name\":\"prefers-color-scheme\",\"value\":\"" + scheme + "\"}]"));
    }

    /** Presses a key that has a name, like Enter. */
    void press(String key, int code) throws IOException {
        for (String type : List.of("keyDown", "keyUp"))
            call("Input.dispatchKeyEvent", "type", type, "key", key, "code", key, "windowsVirtualKeyCode", code, "text",
                    key.equals("Enter") ? "\r" : "");
    }

    void screenshot(Path file) throws IOException {
        String png = call("Page.captureScreenshot", "format", "png").get("data").getAsString();
        Files.write(file, Base64.getDecoder().decode(png));
    }

    /** Returns the errors, warnings and other messages on the console. */
    List<String> complaints() {
        return complaints;
    }

    /** Returns the URLs that the page has requested. */
    List<String> requests() {
        return requests;
    }

    @Override
    public void close() {
        socket.abort();
        http.shutdownNow();
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        process.onExit().join();
    }
}
