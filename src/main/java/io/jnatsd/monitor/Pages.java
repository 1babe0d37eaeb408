package io.jnatsd.monitor;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** The pages of the monitor by path. Threads: immutable. */
final class Pages {
    private final Map<String, Page> byPath = new HashMap<>();

    Pages(Views views, String basePath) {
        MonitoredServer watched = views.watched();
        BooleanSupplier jsonp = () -> watched.monitor().jsonp();
        Map<String, JsonView> numbers = new LinkedHashMap<>();
        for (String name : new String[] {"varz", "routez", "subsz"})
            numbers.put(name, views.get(name));
        for (String name : views.names())
            byPath.put("/" + name, JsonPage.of(views.get(name), jsonp));
        byPath.put("/subscriptionsz", byPath.get("/subsz"));
        byPath.put("/configz", JsonPage.of(new Configz(watched), jsonp));
        byPath.put("/stacksz", JsonPage.ofText(new Stacksz(watched.state().threads), jsonp));
        byPath.put("/healthz", new Healthz(watched));
        byPath.put("/metrics", new Metrics(watched, numbers));
        byPath.put("/dashboard", DashboardPage.load());
        byPath.put("/", new HomePage(basePath, () -> watched.monitor().dashboard()));
    }

    Map<String, Page> byPath() {
        return byPath;
    }
}
