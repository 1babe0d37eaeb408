package io.jnatsd.jetstream.api;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.TypeAdapter;
import com.google.gson.TypeAdapterFactory;
import com.google.gson.reflect.TypeToken;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import io.jnatsd.jetstream.config.ErrorCode;
import io.jnatsd.jetstream.config.JetStreamException;
import io.jnatsd.jetstream.stream.Times;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Locale;

/**
 * JSON as the API has it: names with underscores, enums in lower case, times in RFC 3339 (JetStream: API conventions).
 * Threads: stateless.
 */
final class Json {
    private static final Gson GSON = new GsonBuilder().setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
            .disableHtmlEscaping().registerTypeAdapterFactory(new Enums()).registerTypeAdapter(Instant.class, new Times3339())
            .create();

    private Json() {
    }

    /** An unknown word is an error, where Gson would take it for null. */
    private static final class Enums implements TypeAdapterFactory {
        @Override
        public <T> TypeAdapter<T> create(Gson gson, TypeToken<T> type) {
            return type.getRawType().isEnum() ? new Words<>(type.getRawType()) : null;
        }
    }

    private static final class Words<T> extends TypeAdapter<T> {
        private final Class<? super T> type;

        Words(Class<? super T> type) {
            this.type = type;
        }

        @Override
        public void write(JsonWriter out, T value) throws IOException {
            out.value(value == null ? null : ((Enum<?>) value).name().toLowerCase(Locale.ROOT));
        }

        @Override
        @SuppressWarnings("unchecked")
        public T read(JsonReader in) throws IOException {
            if (in.peek() == JsonToken.NULL) {
                in.nextNull();
                return null;
            }
            String word = in.nextString();
            if (word.isEmpty())
                return null;
            for (Object constant : type.getEnumConstants())
                if (((Enum<?>) constant).name().toLowerCase(Locale.ROOT).equals(word))
                    return (T) constant;
            throw new JsonParseException("unknown value \"" + word + "\"");
        }
    }

    private static final class Times3339 extends TypeAdapter<Instant> {
        @Override
        public void write(JsonWriter out, Instant value) throws IOException {
            out.value(value == null ? null : Times.text(value));
        }

        @Override
        public Instant read(JsonReader in) throws IOException {
            if (in.peek() == JsonToken.NULL) {
                in.nextNull();
                return null;
            }
            try {
                Instant time = OffsetDateTime.parse(in.nextString()).toInstant();
                return Times.text(time).equals(Times.NEVER) ? null : time;
            } catch (DateTimeException e) {
                throw new JsonParseException("not a time", e);
            }
        }
    }

    /** @throws JetStreamException if the body is no JSON of this type */
    static <T> T read(byte[] body, Class<T> type) throws JetStreamException {
        try {
            T value = GSON.fromJson(new String(body, StandardCharsets.UTF_8), type);
            if (value != null)
                return value;
        } catch (JsonParseException | ArithmeticException e) {
            // Clients only see that it is not valid.
        }
        throw new JetStreamException(ErrorCode.INVALID_JSON);
    }

    /** Reads a body that need not be there; anything that does not look like JSON is as good as none. */
    static <T> T readOptional(byte[] body, Class<T> type, T otherwise) throws JetStreamException {
        String text = new String(body, StandardCharsets.UTF_8).stripLeading();
        return text.startsWith("{") || text.startsWith("[") ? read(body, type) : otherwise;
    }

    /** Returns whether a body is empty, or an object without keys. */
    static boolean isEmpty(byte[] body) {
        if (body.length == 0)
            return true;
        try {
            JsonElement element = GSON.fromJson(new String(body, StandardCharsets.UTF_8), JsonElement.class);
            return element == null || element.isJsonObject() && element.getAsJsonObject().isEmpty();
        } catch (JsonParseException e) {
            return false;
        }
    }

    static JsonObject object(Object value) {
        return GSON.toJsonTree(value).getAsJsonObject();
    }

    static JsonElement tree(Object value) {
        return GSON.toJsonTree(value);
    }

    static byte[] bytes(JsonElement value) {
        return GSON.toJson(value).getBytes(StandardCharsets.UTF_8);
    }
}
