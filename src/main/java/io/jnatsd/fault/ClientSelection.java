package io.jnatsd.fault;

import io.jnatsd.client.Client;
import java.util.function.Predicate;

/**
 * Selects clients.
 *
 * @param afterLogin only clients that have logged in are asked for, because the test needs their name or user
 */
public record ClientSelection(Predicate<Client> test, boolean afterLogin) {
    boolean includes(Client client) {
        return (!afterLogin || client.hasLoggedIn()) && test.test(client);
    }
}
