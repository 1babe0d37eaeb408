package io.jnatsd.monitor;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** What is to be found where: the table of contents of the monitor. Threads: immutable. */
final class Pages {
    private final Map<String, Page> byPath = new HashMap<>();

    Pages(Watched watched, VisitCounts visits, String basePath) {
        BooleanSupplier jsonp = () -> watched.monitor().jsonp();
        Map<String, JsonView> numbers = new LinkedHashMap<>();
        numbers.put("varz", new Varz(watched, new ProcessUsage(), visits));
        numbers.put("routez", new Routez(watched));
        numbers.put("subsz", new Subsz(watched));
        Map<String, JsonView> views = new HashMap<>(new EmptyViews(watched).byPath());
        numbers.forEach((name, view) -> views.put("/" + name, view));
        views.put("/subscriptionsz", views.get("/subsz"));
        views.put("/connz", new Connz(watched));
        views.put("/configz", new Configz(watched));
        views.forEach((path, view) -> byPath.put(path, JsonPage.of(view, jsonp)));
        byPath.put("/stacksz", JsonPage.ofText(new Stacksz(), jsonp));
        byPath.put("/healthz", new Healthz(watched));
        byPath.put("/metrics", new Metrics(watched, numbers));
        byPath.put("/dashboard", DashboardPage.load());
        byPath.put("/", new HomePage(basePath, () -> watched.monitor().dashboard()));
    }

    Map<String, Page> byPath() {
        return byPath;
    }
}
