package io.jnatsd.monitor;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.Writer;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;

/**
 * Writes JSON that is indented and escaped like that of Go's encoder, so that responses equal gnatsd's byte for byte.
 * Threads: the thread of the response.
 */
final class GoJson {
    private final JsonWriter json;

    GoJson(Writer out) {
        this(new JsonWriter(out), "  ");
    }

    private GoJson(JsonWriter json, String indent) {
        this.json = json;
        json.setIndent(indent);
    }

    /** Returns a writer that writes everything on one line. */
    static GoJson compact(Writer out) {
        return new GoJson(new JsonWriter(out), "");
    }

    GoJson beginObject() throws IOException {
        json.beginObject();
        return this;
    }

    GoJson beginObject(String name) throws IOException {
        json.name(name).beginObject();
        return this;
    }

    GoJson endObject() throws IOException {
        json.endObject();
        return this;
    }

    GoJson beginArray(String name) throws IOException {
        json.name(name).beginArray();
        return this;
    }

    GoJson endArray() throws IOException {
        json.endArray();
        return this;
    }

    GoJson put(String name, String value) throws IOException {
        json.name(name);
        return add(value);
    }

    /** Omits an empty text. */
    GoJson putUnlessEmpty(String name, String value) throws IOException {
        return value.isEmpty() ? this : put(name, value);
    }

    GoJson put(String name, long value) throws IOException {
        json.name(name).value(value);
        return this;
    }

    GoJson put(String name, boolean value) throws IOException {
        json.name(name).value(value);
        return this;
    }

    /** Writes the number without an exponent, and whole numbers without {@code .0}. */
    GoJson put(String name, double value) throws IOException {
        json.name(name).jsonValue(plain(value));
        return this;
    }

    GoJson put(String name, Instant value) throws IOException {
        return put(name, GoTime.format(value));
    }

    GoJson putNull(String name) throws IOException {
        json.name(name).nullValue();
        return this;
    }

    GoJson put(String name, Collection<String> values) throws IOException {
        beginArray(name);
        for (String value : values)
            add(value);
        return endArray();
    }

    GoJson put(String name, JsonElement value) throws IOException {
        json.name(name);
        return add(value);
    }

    /** Adds an element of any kind to an array. */
    GoJson add(JsonElement value) throws IOException {
        if (value instanceof JsonObject object) {
            json.beginObject();
            for (Map.Entry<String, JsonElement> member : object.entrySet())
                put(member.getKey(), member.getValue());
            json.endObject();
        } else if (value instanceof JsonArray array) {
            json.beginArray();
            for (JsonElement element : array)
                add(element);
            json.endArray();
        } else if (value instanceof JsonPrimitive text && text.isString()) {
            add(text.getAsString());
        } else {
            json.jsonValue(value.toString());
        }
        return this;
    }

    /** Adds an element to an array. */
    GoJson add(String value) throws IOException {
        if (needsGoEscape(value))
            json.jsonValue(quoted(value));
        else
            json.value(value);
        return this;
    }

    void flush() throws IOException {
        json.flush();
    }

    static String plain(double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1e15)
            return Long.toString((long) value);
        return Double.isFinite(value) ? new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString() : "0";
    }

    /** Returns whether Gson would escape the text differently from Go. */
    private static boolean needsGoEscape(String value) {
        for (int i = 0; i < value.length(); i++)
            if (isGoEscape(value.charAt(i)))
                return true;
        return false;
    }

    private static boolean isGoEscape(char c) {
        return c == '<' || c == '>' || c == '&' || c == '\b' || c == '\f';
    }

    private static String quoted(String value) {
        StringBuilder out = new StringBuilder(value.length() + 16).append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < ' ' || isGoEscape(c) || c == '\u2028' || c == '\u2029')
                        out.append("\\u").append(HexFormat.of().toHexDigits(c));
                    else
                        out.append(c);
                }
            }
        }
        return out.append('"').toString();
    }
}
