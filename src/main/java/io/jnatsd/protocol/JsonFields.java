package io.jnatsd.protocol;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import io.jnatsd.protocol.ProtocolException.Fault;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Reads the JSON object that is the argument of CONNECT or INFO: keys in any case, values of the right types alone, and
 * null for what is to be left as it is.
 */
final class JsonFields {
    /** Takes the value of one key, which is not null; a key that it does not know it must skip. */
    interface Field {
        void read(String key, JsonReader in) throws IOException;
    }

    private JsonFields() {
    }

    /** @throws ProtocolException with a reason for the log if it isn't an object with values of the right types */
    static void read(byte[] json, int start, int end, Field field) throws ProtocolException {
        try (JsonReader in = new JsonReader(new InputStreamReader(
                new ByteArrayInputStream(json, start, end - start), StandardCharsets.UTF_8))) {
            refuseLeniency(json, start, end);
            if (!skippedNull(in)) {
                in.beginObject();
                while (in.hasNext()) {
                    String key = in.nextName().toLowerCase(Locale.ROOT);
                    if (!skippedNull(in))
                        field.read(key, in);
                }
                in.endObject();
            }
            if (in.peek() != JsonToken.END_DOCUMENT)
                throw new IllegalStateException("invalid text after the JSON object");
        } catch (IOException | IllegalStateException | NumberFormatException e) {
            throw new ProtocolException(Fault.BAD_ARGUMENTS,
                    String.valueOf(e.getMessage()).lines().findFirst().orElse("bad JSON"));
        }
    }

    /**
     * What the library takes although it is no JSON: control characters in strings, literals in capitals, and the
     * escapes of a quote or a line break. Releases since 2.11 can refuse it themselves, but an application that has the
     * server in its own process may bring an older one.
     */
    private static void refuseLeniency(byte[] json, int start, int end) {
        boolean quoted = false;
        for (int i = start; i < end; i++) {
            byte b = json[i];
            if (b == '"')
                quoted = !quoted;
            else if (!quoted && b >= 'A' && b <= 'Z' && !(b == 'E' && i > start && isDigit(json[i - 1])))
                throw new IllegalStateException("invalid literal, at byte " + (i - start));
            else if (quoted && b >= 0 && b < ' ')
                throw new IllegalStateException("control character in a string, at byte " + (i - start));
            else if (quoted && b == '\\' && ++i < end && (json[i] == '\'' || json[i] == '\n'))
                throw new IllegalStateException("invalid escape sequence, at byte " + (i - start));
        }
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    private static boolean skippedNull(JsonReader in) throws IOException {
        if (in.peek() != JsonToken.NULL)
            return false;
        in.nextNull();
        return true;
    }

    /** A string; the library would take a number for one. */
    static String text(JsonReader in) throws IOException {
        expect(in, JsonToken.STRING, "a string");
        return in.nextString();
    }

    static List<String> texts(JsonReader in) throws IOException {
        List<String> texts = new ArrayList<>();
        in.beginArray();
        while (in.hasNext())
            texts.add(text(in));
        in.endArray();
        return texts;
    }

    /** A number without a fraction; the library would take a string for one. */
    static int integer(JsonReader in) throws IOException {
        expect(in, JsonToken.NUMBER, "a number");
        return Integer.parseInt(in.nextString());
    }

    private static void expect(JsonReader in, JsonToken token, String what) throws IOException {
        if (in.peek() != token)
            throw new IllegalStateException("expected " + what + " but found " + in.peek() + " at " + in.getPath());
    }
}
