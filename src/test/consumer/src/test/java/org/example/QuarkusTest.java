package org.example;

import static org.junit.jupiter.api.Assertions.assertThrows;

import io.nats.client.Nats;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What Quarkus does with a test resource. */
class QuarkusTest {
    @Test
    void theServerRunsFromStartToStop() throws Exception {
        NatsResource resource = new NatsResource();
        String url = resource.start().get("nats.url");
        Nats.connect(url).close();
        resource.stop();
        assertThrows(IOException.class, () -> Nats.connect(url));
    }
}
