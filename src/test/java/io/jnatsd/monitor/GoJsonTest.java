package io.jnatsd.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GoJsonTest {
    private final StringWriter out = new StringWriter();
    private final GoJson json = new GoJson(out);

    @Test
    void objectsAndArraysAreIndentedAsGoDoes() throws IOException {
        json.beginObject().put("a", 1L).put("b", List.of()).put("c", List.of("x", "y")).beginObject("d").endObject();
        json.beginArray("e").beginObject().put("f", true).endObject().endArray().putNull("g").endObject().flush();
        assertEquals("""
                {
                  "a": 1,
                  "b": [],
                  "c": [
                    "x",
                    "y"
                  ],
                  "d": {},
                  "e": [
                    {
                      "f": true
                    }
                  ],
                  "g": null
                }""", out.toString());
    }

    @Test
    void whatHtmlCouldMistakeIsEscaped() throws IOException {
        json.beginObject().put("s", "bar.> <&> '=' \"q\" \\ \t\r\n\b\f \u0001 \u2028 \u007f \u00e9 \ud83d\ude00").endObject()
                .flush();
        assertEquals("{\n  \"s\": \"bar.\\u003e \\u003c\\u0026\\u003e '=' \\\"q\\\" \\\\ \\t\\r\\n\\u0008\\u000c \\u0001"
                + " \\u2028 \u007f \u00e9 \ud83d\ude00\"\n}", out.toString());
    }

    @Test
    void plainTextIsEscapedTheSameWay() throws IOException {
        json.beginObject().put("s", "'=' \"q\" \\ \t\r\n \u0001 \u2029 \u00e9").endObject().flush();
        assertEquals("{\n  \"s\": \"'=' \\\"q\\\" \\\\ \\t\\r\\n \\u0001 \\u2029 \u00e9\"\n}", out.toString());
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "0.5, 0.5", "33.3, 33.3", "1e12, 1000000000000", "0.00001, 0.00001", "-2, -2",
        "0.6666666666666666, 0.6666666666666666"})
    void numbersHaveNoExponentAndNoSpareZero(double value, String text) {
        assertEquals(text, GoJson.plain(value));
    }
}
