package io.jnatsd.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.protocol.ProtocolException.Fault;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the JSON of CONNECT, which is read as Go reads it (protocol.md, section 2). */
class ConnectInfoTest {
    private static ConnectInfo merge(ConnectInfo before, String json) throws ProtocolException {
        byte[] bytes = ("CONNECT " + json + "\r\n").getBytes(StandardCharsets.UTF_8);
        return before.merge(bytes, 8, bytes.length - 2);
    }

    private static ConnectInfo read(String json) throws ProtocolException {
        return merge(ConnectInfo.BEFORE_CONNECT, json);
    }

    @Test
    void everyKeyIsRead() throws ProtocolException {
        assertEquals(new ConnectInfo(false, false, "u", "p", "t", "n", "l", "v", 1, false, true, true, "k", "s"),
                read("""
                {"verbose":false,"pedantic":false,"user":"u","pass":"p","auth_token":"t","name":"n","lang":"l",
                "version":"v","protocol":1,"echo":false,"headers":true,"no_responders":true,"nkey":"k","sig":"s",
                "ssl_required":true,"tls_required":true,"jwt":"eyJ","future":{"deep":[1,2,{"x":null}],"n":1e99}}"""));
    }

    @Test
    void whatIsLeftOutKeepsItsDefault() throws ProtocolException {
        assertEquals(ConnectInfo.BEFORE_CONNECT, read("{}"));
        assertTrue(ConnectInfo.BEFORE_CONNECT.verbose() && ConnectInfo.BEFORE_CONNECT.pedantic());
        assertTrue(ConnectInfo.BEFORE_CONNECT.echo());
    }

    @Test
    void laterConnectIsMergedIntoTheEarlierOne() throws ProtocolException {
        ConnectInfo first = read("{\"verbose\":false,\"user\":\"u\",\"protocol\":1}");
        ConnectInfo second = merge(first, "{\"user\":\"w\",\"name\":\"n\"}");
        assertFalse(second.verbose());
        assertEquals("w", second.user());
        assertEquals(1, second.protocol());
        assertEquals("n", second.name());
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", " null ", "{\"verbose\":null,\"user\":null,\"protocol\":null}", "{\"a\":[]}", "{\"A\":[1E5,1e5]}"})
    void nullChangesNothing(String json) throws ProtocolException {
        ConnectInfo before = read("{\"verbose\":false,\"user\":\"u\",\"protocol\":1}");
        assertEquals(before, merge(before, json));
    }

    @Test
    void keysMatchInAnyCaseAndTheLastOneWins() throws ProtocolException {
        assertEquals("b", read("{\"User\":\"a\",\"uSER\":\"b\"}").user());
        assertFalse(read("{\"VERBOSE\":true,\"verbose\":false}").verbose());
    }

    @Test
    void textIsUnicode() throws ProtocolException {
        assertEquals("\u00e9\ud83d\ude00\"\n\u0141", read("{\"name\":\"\u00e9\ud83d\ude00\\\"\\n\\u0141\"}").name());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", " ", "{", "}", "{]", "[]", "\"x\"", "5", "true", "{} {}", "{}x", "{\"verbose\":\"true\"}", "{\"verbose\":1}",
        "{\"protocol\":\"1\"}", "{\"protocol\":1.0}", "{\"protocol\":1e0}", "{\"protocol\":99999999999}",
        "{\"protocol\":true}", "{\"name\":5}", "{\"user\":true}", "{\"user\":{}}", "{\"user\":[\"u\"]}", "{'user':'u'}",
        "{user:\"u\"}", "{\"user\":\"u\",}", "{\"user\":\"u\"", "{\"user\":\"u}", "{\"user\" \"u\"}", "{\"x\":}",
        "{\"x\":nul}", "{\"x\":TRUE}", "{\"verbose\":NULL}", "{\"x\":NaN}", "{\"x\":'y'}", "{\"name\":\"a\nb\"}",
        "{\"name\":\"\\x41\"}", "{\"name\":\"a\\'b\"}", "{\"name\":\"a\\\nb\"}", "{\"name\":\"a\tb\"}", "{\"x\":falsE}", "E", "{\"a\\\\\":TRUE}", "{/**/}", "{\"a\":1;\"b\":2}",
    })
    void anythingElseIsAFault(String json) {
        ProtocolException e = assertThrows(ProtocolException.class, () -> read(json));
        assertEquals(Fault.BAD_ARGUMENTS, e.fault());
        assertFalse(e.getMessage().isBlank());
        assertEquals(1, e.getMessage().lines().count());
    }

    @Test
    void hostileNestingIsAFaultAndNotAnOverflow() {
        String deep = "{\"a\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}";
        assertThrows(ProtocolException.class, () -> read(deep));
        assertThrows(ProtocolException.class, () -> read("{\"a\":".repeat(10_000)));
    }

    @Test
    void secretsAreNotPrinted() throws ProtocolException {
        ConnectInfo info = read("{\"user\":\"u\",\"pass\":\"s3cret\",\"auth_token\":\"s3cret\",\"sig\":\"s3cret\"}");
        assertFalse(info.toString().contains("s3cret"));
        ProtocolException e = assertThrows(ProtocolException.class, () -> read("{\"user\":5,\"pass\":\"s3cret\"}"));
        assertFalse(e.getMessage().contains("s3cret"));
    }
}
