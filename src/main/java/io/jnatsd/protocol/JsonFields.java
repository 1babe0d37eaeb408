package io.jnatsd.protocol;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import io.jnatsd.protocol.ProtocolException.Fault;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the JSON object of CONNECT or INFO. Keys are compared without regard to case, values must have the right type,
 * and a field whose value is null is skipped.
 */
final class JsonFields {
    /** Reads the value of one key, which is not null. It must skip the value of an unknown key. */
    interface Field {
        void read(String key, JsonReader in) throws IOException;
    }

    private static final Pattern COLUMN = Pattern.compile(" column ([0-9]+) ");

    private JsonFields() {
    }

    /**
     * Reads the argument of a command.
     *
     * @throws ProtocolException if it is not an object with values of the right types; the text contains the reason and
     *         the position, but no value, because a value may be secret
     */
    static void read(String command, byte[] json, int start, int end, Field field) throws ProtocolException {
        // An InputStreamReader would allocate a buffer of 8 KB for each connection.
        try (JsonReader in = new JsonReader(new StringReader(new String(json, start, end - start, StandardCharsets.UTF_8)))) {
            refuseLeniency(json, start, end);
            if (!skippedNull(in)) {
                expect(in, JsonToken.BEGIN_OBJECT, "an object");
                in.beginObject();
                while (in.hasNext()) {
                    String key = in.nextName().toLowerCase(Locale.ROOT);
                    if (!skippedNull(in))
                        field.read(key, in);
                }
                in.endObject();
            }
            if (in.peek() != JsonToken.END_DOCUMENT)
                throw new IllegalStateException("text after the JSON object");
        } catch (EOFException e) {
            throw fault(command, "the JSON object does not end");
        } catch (IOException e) {
            throw fault(command, "malformed JSON" + place(e));
        } catch (IllegalStateException e) {
            throw fault(command, e.getMessage());
        }
    }

    private static ProtocolException fault(String command, String why) {
        return new ProtocolException(Fault.BAD_ARGUMENTS, "Error parsing " + command + ": " + why);
    }

    /** Extracts the position from the library's message. The rest of that message may repeat the input. */
    private static String place(IOException e) {
        Matcher column = COLUMN.matcher(String.valueOf(e.getMessage()));
        return column.find() ? " at character " + column.group(1) : "";
    }

    /**
     * Refuses input that the library accepts although it is not JSON: control characters in strings, literals in
     * capitals, and escapes of a single quote or a line break. Releases since 2.11 can refuse it, but an application
     * that embeds the server may use an older one.
     */
    private static void refuseLeniency(byte[] json, int start, int end) {
        boolean quoted = false;
        for (int i = start; i < end; i++) {
            byte b = json[i];
            if (b == '"')
                quoted = !quoted;
            else if (!quoted && b >= 'A' && b <= 'Z' && !(b == 'E' && i > start && isDigit(json[i - 1])))
                throw new IllegalStateException("invalid literal at character " + (i - start + 1));
            else if (quoted && b >= 0 && b < ' ')
                throw new IllegalStateException("control character in a string at character " + (i - start + 1));
            else if (quoted && b == '\\' && ++i < end && (json[i] == '\'' || json[i] == '\n'))
                throw new IllegalStateException("invalid escape sequence at character " + (i - start + 1));
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

    /** Reads a string; the library would also accept a number. */
    static String text(JsonReader in) throws IOException {
        expect(in, JsonToken.STRING, "a string");
        return in.nextString();
    }

    static List<String> texts(JsonReader in) throws IOException {
        List<String> texts = new ArrayList<>();
        expect(in, JsonToken.BEGIN_ARRAY, "an array");
        in.beginArray();
        while (in.hasNext())
            texts.add(text(in));
        in.endArray();
        return texts;
    }

    /** Reads a number without a fraction; the library would also accept a string. */
    static int integer(JsonReader in) throws IOException {
        long number = number(in);
        if (number != (int) number)
            throw new IllegalStateException("expected a smaller number at " + in.getPath());
        return (int) number;
    }

    static long number(JsonReader in) throws IOException {
        expect(in, JsonToken.NUMBER, "a whole number");
        String path = in.getPath();
        try {
            return Long.parseLong(in.nextString());
        } catch (NumberFormatException e) {
            throw new IllegalStateException("expected a whole number at " + path, e);
        }
    }

    static boolean bool(JsonReader in) throws IOException {
        expect(in, JsonToken.BOOLEAN, "true or false");
        return in.nextBoolean();
    }

    private static void expect(JsonReader in, JsonToken token, String what) throws IOException {
        if (in.peek() != token)
            throw new IllegalStateException("expected " + what + " at " + in.getPath());
    }
}
