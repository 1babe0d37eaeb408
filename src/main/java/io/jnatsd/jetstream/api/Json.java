package io.jnatsd.jetstream.api;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.TypeAdapter;
import com.google.gson.TypeAdapterFactory;
import com.google.gson.reflect.TypeToken;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import io.jnatsd.jetstream.config.ErrorCode;
import io.jnatsd.jetstream.config.JetStreamException;
import io.jnatsd.jetstream.stream.Times;
import io.jnatsd.protocol.Arguments;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * JSON as the API has it: names with underscores, enums in lower case, times in RFC 3339 (JetStream: API conventions).
 * In records and trees, strings have one char per byte, as subjects have everywhere in the server; in JSON they are UTF-8.
 * Threads: stateless.
 */
final class Json {
    private static final Gson GSON = new GsonBuilder().setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
            .disableHtmlEscaping().setStrictness(Strictness.STRICT).registerTypeAdapterFactory(new Enums())
            .registerTypeAdapter(String.class, new Chars())
            .registerTypeAdapterFactory(new ExactTypes()).registerTypeAdapterFactory(new NoNulls())
            .registerTypeAdapter(Long.class, new Integers<>(Long::valueOf, null))
            .registerTypeAdapter(long.class, new Integers<>(Long::valueOf, 0L))
            .registerTypeAdapter(Integer.class, new Integers<>(Integer::valueOf, null))
            .registerTypeAdapter(int.class, new Integers<>(Integer::valueOf, 0))
            .registerTypeAdapter(Instant.class, new Times3339()).create();

    private static final Set<String> UNSIGNED = Set.of("seq", "keep", "first_seq", "opt_start_seq", "rate_limit_bps");

    private Json() {
    }

    /** A text is no number and a number is no text, where Gson would convert one to the other. */
    private static final class ExactTypes implements TypeAdapterFactory {
        private static final Map<Class<?>, JsonToken> TOKENS = Map.of(String.class, JsonToken.STRING, Boolean.class,
                JsonToken.BOOLEAN, boolean.class, JsonToken.BOOLEAN);

        @Override
        public <T> TypeAdapter<T> create(Gson gson, TypeToken<T> type) {
            JsonToken token = TOKENS.get(type.getRawType());
            return token == null ? null : new Exact<>(token, gson.getDelegateAdapter(this, type));
        }
    }

    private static final class Exact<T> extends TypeAdapter<T> {
        private final JsonToken token;
        private final TypeAdapter<T> delegate;

        Exact(JsonToken token, TypeAdapter<T> delegate) {
            this.token = token;
            this.delegate = delegate;
        }

        @Override
        public void write(JsonWriter out, T value) throws IOException {
            delegate.write(out, value);
        }

        @Override
        public T read(JsonReader in) throws IOException {
            JsonToken found = in.peek();
            if (found != token && found != JsonToken.NULL)
                throw new JsonParseException("expected " + token + ", not " + found);
            return delegate.read(in);
        }
    }

    /** An integer has digits only: {@code 1.0} and {@code 1e3} are none, and it does not wrap. */
    private static final class Integers<T extends Number> extends TypeAdapter<T> {
        private final Function<String, T> parse;
        private final T zero;

        /** @param zero what null is read as */
        Integers(Function<String, T> parse, T zero) {
            this.parse = parse;
            this.zero = zero;
        }

        @Override
        public void write(JsonWriter out, T value) throws IOException {
            out.value(value);
        }

        @Override
        public T read(JsonReader in) throws IOException {
            JsonToken found = in.peek();
            if (found == JsonToken.NULL) {
                in.nextNull();
                return zero;
            }
            if (found != JsonToken.NUMBER)
                throw new JsonParseException("expected a number, not " + found);
            return parse.apply(in.nextString());
        }
    }

    /** A null within a list or a map is an empty text or zero, as if it were not there. */
    private static final class NoNulls implements TypeAdapterFactory {
        @Override
        public <T> TypeAdapter<T> create(Gson gson, TypeToken<T> type) {
            if (type.getRawType() != List.class && type.getRawType() != Map.class)
                return null;
            Type[] arguments = ((ParameterizedType) type.getType()).getActualTypeArguments();
            return new WithoutNulls<>(gson.getDelegateAdapter(this, type), gson, arguments[arguments.length - 1]);
        }
    }

    private static final class WithoutNulls<T> extends TypeAdapter<T> {
        private final TypeAdapter<T> delegate;
        private final Gson gson;
        private final Type element;

        WithoutNulls(TypeAdapter<T> delegate, Gson gson, Type element) {
            this.delegate = delegate;
            this.gson = gson;
            this.element = element;
        }

        @Override
        public void write(JsonWriter out, T value) throws IOException {
            delegate.write(out, value);
        }

        @Override
        @SuppressWarnings("unchecked")
        public T read(JsonReader in) throws IOException {
            T value = delegate.read(in);
            if (value instanceof List<?> list && list.contains(null))
                ((List<Object>) list).replaceAll(each -> each == null ? nothing() : each);
            if (value instanceof Map<?, ?> map && map.containsValue(null))
                ((Map<Object, Object>) map).replaceAll((key, each) -> each == null ? nothing() : each);
            return value;
        }

        private Object nothing() {
            return element == String.class ? "" : element == Long.class ? (Object) 0L : gson.fromJson("{}", element);
        }
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
            if (in.peek() != JsonToken.STRING)
                throw new JsonParseException("expected a word, not " + in.peek());
            String word = in.nextString();
            if (word.isEmpty() && type == ConsumerRequests.Action.class)
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
                Instant time = Times.parse(in.nextString());
                return Times.text(time).equals(Times.NEVER) ? null : time;
            } catch (DateTimeException e) {
                throw new JsonParseException("not a time", e);
            }
        }
    }

    private static final class Chars extends TypeAdapter<String> {
        @Override
        public void write(JsonWriter out, String value) throws IOException {
            out.value(value);
        }

        @Override
        public String read(JsonReader in) throws IOException {
            if (in.peek() == JsonToken.NULL) {
                in.nextNull();
                return null;
            }
            return Arguments.chars(in.nextString());
        }
    }

    /** @throws JetStreamException if the body is no JSON of this type */
    static <T> T read(byte[] body, Class<T> type) throws JetStreamException {
        String text = new String(body, StandardCharsets.UTF_8).strip();
        try {
            if (!text.isEmpty())
                return GSON.fromJson(unsigned(GSON.fromJson(text, JsonElement.class)), type);
        } catch (JsonParseException | NumberFormatException e) {
            // Clients only see that it is not valid.
        }
        throw new JetStreamException(ErrorCode.INVALID_JSON);
    }

    /**
     * Checks the numbers that have no sign. Those above the largest long are as good as the largest long, since no
     * stream has so many messages. A null is an object without fields.
     */
    private static JsonElement unsigned(JsonElement json) {
        if (json instanceof JsonObject object)
            for (var field : object.entrySet()) {
                if (field.getValue() instanceof JsonPrimitive number && number.isNumber() && UNSIGNED.contains(field.getKey()))
                    field.setValue(new JsonPrimitive(atMostLong(Long.parseUnsignedLong(number.getAsString()))));
                else if (field.getValue().isJsonObject())
                    unsigned(field.getValue());
            }
        return json.isJsonNull() ? new JsonObject() : json;
    }

    private static long atMostLong(long unsigned) {
        return unsigned < 0 ? Long.MAX_VALUE : unsigned;
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
        return Arguments.text(GSON.toJson(value)).getBytes(StandardCharsets.UTF_8);
    }

    /** Returns an object for readers that expect usual strings. */
    static JsonObject text(JsonObject value) {
        return JsonParser.parseString(Arguments.text(GSON.toJson(value))).getAsJsonObject();
    }
}
