package io.jnatsd.monitor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;

/** {@code /}: links to the other pages, in ASCII. Threads: any thread. */
final class HomePage implements Page {
    private static final String TOP = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <title>jnatsd</title>
            <link rel="icon" href="data:,">
            <style>body { font: 20px/1.6 sans-serif; margin: 2em } a { color: #1d6fb8 }</style>
            </head>
            <body>
            <h1>jnatsd</h1>
            """;
    private static final String HELP = "https://docs.nats.io/running-a-nats-service/nats_admin/monitoring";

    private final String basePath;
    private final BooleanSupplier dashboard;

    HomePage(String basePath, BooleanSupplier dashboard) {
        this.basePath = basePath;
        this.dashboard = dashboard;
    }

    @Override
    public void answer(Query query, Response answer) throws IOException, BadQuery {
        StringBuilder html = new StringBuilder(TOP);
        for (String name : new String[] {"varz", "connz", "routez", "subsz"})
            html.append(link(name));
        if (dashboard.getAsBoolean())
            html.append(link("dashboard"));
        html.append("<br/>\n<a href=").append(HELP).append(">help</a>\n</body>\n</html>\n");
        answer.ok(Response.HTML, out -> out.write(html.toString().getBytes(StandardCharsets.US_ASCII)));
    }

    private String link(String name) {
        return "<a href=" + basePath + "/" + name + ">" + name + "</a><br/>\n";
    }
}
