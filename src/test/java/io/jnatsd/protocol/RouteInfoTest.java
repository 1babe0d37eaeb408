package io.jnatsd.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests INFO on routes (protocol.md, section 21). */
class RouteInfoTest {
    private static final RouteInfo INFO = new RouteInfo("ID", "1.0.2", "", "0.0.0.0", 6222, true, true, true, true,
            1048576, "", List.of("192.0.2.2:4222", "[fd00::2]:4222"), true, "north",
            true, false, false, RouteInfo.Link.NONE);

    private static RouteInfo parse(String json) throws ProtocolException {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        return RouteInfo.parse(bytes, 0, bytes.length);
    }

    private static RouteInfo reread(RouteInfo info) throws ProtocolException {
        return parse(info.line().substring("INFO ".length()).strip());
    }

    @Test
    void theLineHasItsFieldsInOrderAndNoBlankAtItsEnd() {
        assertEquals("INFO {\"server_id\":\"ID\",\"version\":\"1.0.2\",\"go\":\"\",\"host\":\"0.0.0.0\",\"port\":6222,"
                + "\"auth_required\":true,\"ssl_required\":true,\"tls_required\":true,\"tls_verify\":true,"
                + "\"max_payload\":1048576,\"connect_urls\":[\"192.0.2.2:4222\",\"[fd00::2]:4222\"],"
                + "\"headers\":true,\"server_name\":\"north\",\"system\":true}\r\n", INFO.line());
        assertEquals("nats-route://10.0.0.1:6222/", INFO.withIp("nats-route://10.0.0.1:6222/").line()
                .replaceAll(".*,\"max_payload\":1048576,\"ip\":\"([^\"]*)\",\"connect_urls\".*\r\n", "$1"));
    }

    @Test
    void whatIsReadIsWrittenAgain() throws ProtocolException {
        assertEquals(INFO, reread(INFO));
        RouteInfo linked = INFO.withLink(new RouteInfo.Link(7, 3, true));
        assertEquals(linked, reread(linked));
        assertEquals(INFO.withIp("nats-route://10.0.0.1:6222/"), linked.withIp("nats-route://10.0.0.1:6222/"));
        RouteInfo odd = INFO.withIp("nats-route://<a&b>:1/");
        assertEquals(odd, reread(odd));
        assertEquals(true, odd.line().contains("\\u003ca\\u0026b\\u003e"));
    }

    @Test
    void missingFieldsAreEmptyAndUnknownOnesIgnored() throws ProtocolException {
        RouteInfo info = parse("{\"SERVER_ID\":\"x\",\"proto\":1,\"nested\":{\"a\":[1,2]},\"host\":null}");
        assertEquals("x", info.serverId());
        assertEquals("INFO {\"server_id\":\"x\",\"version\":\"\",\"go\":\"\",\"host\":\"\",\"port\":0,"
                + "\"auth_required\":false,\"ssl_required\":false,\"tls_required\":false,\"tls_verify\":false,"
                + "\"max_payload\":0}\r\n", info.line());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "{\"server_id\":", "{\"server_id\":1}", "{\"port\":\"x\"}",
        "{\"auth_required\":1}", "{\"connect_urls\":\"x\"}", "{\"connect_urls\":[1]}", "{} {}"})
    void badJsonIsAFault(String json) {
        assertThrows(ProtocolException.class, () -> parse(json));
    }

    @Test
    void connectShowsTheLoginIfThereIsOne() {
        assertEquals("CONNECT {\"verbose\":false,\"pedantic\":false,\"tls_required\":true,\"name\":\"ID\"}\r\n",
                INFO.connectLine("", ""));
        assertEquals("CONNECT {\"verbose\":false,\"pedantic\":false,\"user\":\"u\",\"pass\":\"\\u003cp\\u003e\","
                + "\"tls_required\":true,\"name\":\"ID\"}\r\n", INFO.connectLine("u", "<p>"));
    }
}
