package org.example;

import io.jnatsd.NatsServer;
import java.nio.file.Path;

public final class OrderService {
    private OrderService() { }

    public static void main(String[] args) {
        NatsServer server = NatsServer.builder()
                .config(Path.of(args[0]))
                .logTo(System.getLogger("nats"))
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(server::close));
        System.out.println("Orders are taken at " + server.url());
    }
}
