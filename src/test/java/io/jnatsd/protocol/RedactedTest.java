package io.jnatsd.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedactedTest {
    @Test
    void harmlessValuesAreShownAsTheyAre() {
        assertEquals("{\"verbose\":false, \"user\" : \"a\\\"b\",\"protocol\":1}",
                Redacted.connect("{\"verbose\":false, \"user\" : \"a\\\"b\",\"protocol\":1}"));
        assertEquals("{ }", Redacted.connect("{ }"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"pass\":\"hidden\"", "\"pass\":12345678", "\"PASS\" : \"hidden\"", "\"auth_token\":null",
        "\"sig\":[\"hidden\"]", "\"jwt\":{\"a\":[\"}\",{}]}", "\"unknown\":\"hidden\"", "\"\\u0070ass\":\"hidden\"",
        "\"user\":{\"pass\":\"hidden\"}"})
    void valuesOfUnknownKeysAreNotShown(String field) {
        String key = field.substring(0, field.indexOf(':') + 1) + (field.contains(": ") ? " " : "");
        assertEquals("{" + key + "\"[REDACTED]\",\"lang\":\"java\"}", Redacted.connect("{" + field + ",\"lang\":\"java\"}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "\"hidden\"", "{\"pass\":\"hidden", "{\"pass\":hid den}", "{\"pass\" \"hidden\"}",
        "{\"pass\":\"hidden\"} hidden", "{pass:\"hidden\"}", "{\"a\":[[[", "{\"pass\":\"hid\"den\"}", "{,}"})
    void malformedTextIsNotShown(String text) {
        assertEquals("[not a JSON object]", Redacted.connect(text));
    }

    /**
     * Tests that no more than three consecutive characters of a secret are shown, for random secrets and texts around
     * them.
     */
    @Test
    void noPartOfARandomSecretIsShown() {
        Random random = new Random(23);
        String alphabet = "qXzJ7\"\\/{}[]:,@#? \u00e9";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder secret = new StringBuilder();
            for (int n = 4 + random.nextInt(20); n > 0; n--)
                secret.append(alphabet.charAt(random.nextInt(alphabet.length())));
            String json = connect(random, secret.toString());
            if (random.nextInt(4) == 0)
                json = json.substring(0, random.nextInt(json.length()));
            if (random.nextInt(4) == 0) {
                int at = random.nextInt(json.length() + 1);
                json = json.substring(0, at) + alphabet.charAt(random.nextInt(alphabet.length())) + json.substring(at);
            }
            String shown = Redacted.connect(json);
            for (int start = 0; start + 4 <= secret.length(); start++) {
                String run = secret.substring(start, start + 4);
                assertTrue(!shown.contains(run) || NOT_SECRET.contains(run), json + " is shown as " + shown);
            }
        }
    }

    /** The public part of the text, which may have characters in common with secrets. */
    private static final String NOT_SECRET = "{\"user\":\"joe\",\"verbose\":true,\"pass\":\"[REDACTED]\"}";

    private static String connect(Random random, String secret) {
        JsonObject object = new JsonObject();
        object.addProperty("user", "joe");
        String key = new String[] {"pass", "auth_token", "sig", "jwt", "PASS"}[random.nextInt(5)];
        switch (random.nextInt(3)) {
            case 0 -> object.addProperty(key, secret);
            case 1 -> {
                JsonArray array = new JsonArray();
                array.add(new JsonPrimitive(secret));
                object.add(key, array);
            }
            default -> {
                JsonObject nested = new JsonObject();
                nested.addProperty("user", secret);
                object.add(key, nested);
            }
        }
        object.addProperty("verbose", true);
        return object.toString();
    }
}
