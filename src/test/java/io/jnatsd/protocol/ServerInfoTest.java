package io.jnatsd.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests INFO for clients (protocol.md, section 1). */
class ServerInfoTest {
    private static ServerInfo info(List<String> urls, boolean lameDuck, boolean onlyOld) {
        return new ServerInfo("ID", "name", "java25", "0.0.0.0", 4222, false, false, false, true, 1048576, urls, true,
                lameDuck, onlyOld, false, "");
    }

    private static final String OLD = "INFO {\"server_id\":\"ID\",\"version\":\"1.0.2\",\"go\":\"java25\",\"host\":\"0.0.0.0\","
            + "\"port\":4222,\"auth_required\":false,\"ssl_required\":false,\"tls_required\":false,"
            + "\"tls_verify\":false,\"max_payload\":1048576";

    @Test
    void oldInfoIsGnatsdsToTheByte() {
        assertEquals(OLD + "} \r\n", info(List.of(), false, true).line(7, "1.2.3.4", "nonce"));
        assertEquals(OLD + ",\"connect_urls\":[\"a:1\",\"b:2\"]} \r\n",
                info(List.of("a:1", "b:2"), true, true).line(7, "1.2.3.4", ""));
    }

    @Test
    void newFieldsFollowTheOldOnes() {
        assertEquals(OLD + ",\"connect_urls\":[\"[::1]:1\"],\"server_name\":\"name\",\"proto\":1,\"headers\":true,"
                + "\"tls_available\":true,\"client_id\":7,\"client_ip\":\"1.2.3.4\",\"nonce\":\"n\",\"ldm\":true} \r\n",
                info(List.of("[::1]:1"), true, false).line(7, "1.2.3.4", "n"));
    }

    @Test
    void whatIsEmptyIsLeftOut() {
        String line = info(List.of(), false, false).line(7, "1.2.3.4", "");
        assertTrue(!line.contains("nonce") && !line.contains("ldm") && !line.contains("connect_urls"), line);
    }
}
