package io.jnatsd.monitor;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/**
 * A page with a JSON response, or with JavaScript that calls a function if the request has the parameter
 * {@code callback} (JSONP). Threads: any thread.
 */
final class JsonPage implements Page {
    /**
     * gnatsd 1.0 accepts any text, so that a link can run any script with the origin of the server; this server accepts
     * function names only.
     */
    private static final Pattern CALLBACK = Pattern.compile("[A-Za-z_$][A-Za-z0-9_$.]{0,127}");

    /** Writes the text of the response: JSON, or for {@code /stacksz} plain text that gnatsd labels as JSON. */
    interface Text {
        void write(Query query, Writer out) throws IOException, BadQuery;
    }

    private final Text text;
    private final BooleanSupplier jsonp;

    private JsonPage(Text text, BooleanSupplier jsonp) {
        this.text = text;
        this.jsonp = jsonp;
    }

    static JsonPage of(JsonView view, BooleanSupplier jsonp) {
        return ofText((query, out) -> {
            GoJson json = new GoJson(out);
            view.write(query, json);
            json.flush();
        }, jsonp);
    }

    static JsonPage ofText(Text text, BooleanSupplier jsonp) {
        return new JsonPage(text, jsonp);
    }

    @Override
    public void answer(Query query, Response answer) throws IOException, BadQuery {
        String callback = callback(query.text("callback"));
        if (callback.isEmpty())
            answer.ok(Response.JSON, out -> write(query, out, "", ""));
        else
            answer.ok(Response.SCRIPT, out -> write(query, out, callback + "(", ")"));
    }

    private String callback(String name) throws BadQuery {
        if (name.isEmpty())
            return name;
        if (!jsonp.getAsBoolean())
            throw new BadQuery("Invalid callback: JSONP is switched off here");
        if (!CALLBACK.matcher(name).matches())
            throw new BadQuery("Invalid callback: " + Query.shown(name) + " (allowed: letters, digits, _, $ and .)");
        return name;
    }

    private void write(Query query, OutputStream bytes, String before, String after) throws IOException, BadQuery {
        Writer out = new BufferedWriter(new OutputStreamWriter(bytes, StandardCharsets.UTF_8));
        out.write(before);
        text.write(query, out);
        out.write(after);
        out.flush();
    }
}
