package org.example;

import io.jnatsd.NatsServer;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.Map;

public class NatsResource implements QuarkusTestResourceLifecycleManager {
    private NatsServer server;

    @Override
    public Map<String, String> start() {
        server = NatsServer.start();
        return Map.of("nats.url", server.url());
    }

    @Override
    public void stop() {
        server.close();
    }
}
