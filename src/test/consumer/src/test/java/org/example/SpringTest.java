package org.example;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jnatsd.NatsServer;
import io.jnatsd.junit.NatsTest;
import io.nats.client.Connection;
import io.nats.client.Nats;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.junit.jupiter.SpringJUnitConfig;

/** An application context of Spring gets the URL of a server that all tests share, as Spring keeps the context for them. */
@SpringJUnitConfig
class SpringTest {
    static final NatsServer nats = NatsServer.start();

    @DynamicPropertySource
    static void nats(DynamicPropertyRegistry properties) {
        properties.add("nats.spring.server", nats::url);
    }

    @Configuration
    static class Application {
        @Bean(destroyMethod = "close")
        Connection connection(@Value("${nats.spring.server}") String url) throws Exception {
            return Nats.connect(url);
        }
    }

    @Test
    void theContextIsConnectedToTheServer(@Autowired Connection connection) {
        assertEquals(Connection.Status.CONNECTED, connection.getStatus());
        assertEquals(nats.url(), connection.getConnectedUrl());
    }

    @Test
    @NatsTest
    void theExtensionsLeaveEachOtherAlone(@Autowired Connection ofTheContext, Connection ofTheTest, NatsServer server) {
        assertEquals(nats.url(), ofTheContext.getConnectedUrl());
        assertEquals(server.url(), ofTheTest.getConnectedUrl());
    }
}
