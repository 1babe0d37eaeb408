package io.jnatsd.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ListenerTest {
    @Test
    void theRestAfterAConnectionHasABound() {
        assertEquals(4_000_000, Listener.rest(1_000_000));
        assertEquals(20_000_000, Listener.rest(5_000_000));
        assertEquals(20_000_000, Listener.rest(4_000_000_000L));
        assertEquals(20_000_000, Listener.rest(Long.MAX_VALUE));
    }
}
