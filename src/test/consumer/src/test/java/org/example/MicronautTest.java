package org.example;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jnatsd.NatsServer;
import io.micronaut.test.support.TestPropertyProvider;
import io.nats.client.Nats;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The properties that Micronaut asks the test for. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MicronautTest implements TestPropertyProvider {
    static final NatsServer nats = NatsServer.start();

    @Override
    public Map<String, String> getProperties() {
        return Map.of("nats.default.addresses", nats.url());
    }

    @Test
    void thePropertyIsTheUrl() throws Exception {
        String url = get().get("nats.default.addresses");
        assertEquals(nats.url(), url);
        Nats.connect(url).close();
    }
}
