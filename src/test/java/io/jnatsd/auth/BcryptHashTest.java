package io.jnatsd.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests password hashes (protocol.md, section 13). */
class BcryptHashTest {
    /** The hash of "U*U" in the test vectors of crypt_blowfish, without the form. */
    private static final String VECTOR = "05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";

    @ParameterizedTest
    @ValueSource(strings = {"$2a$", "$2b$", "$2y$", "$2x$"})
    void everyFormIsRecognisedAndChecked(String form) {
        assertTrue(BcryptHash.isHash(form + VECTOR));
        assertTrue(BcryptHash.matches(form + VECTOR, "U*U"));
        assertFalse(BcryptHash.matches(form + VECTOR, "U*V"));
        assertFalse(BcryptHash.matches(form + VECTOR, ""));
    }

    @Test
    void theHashItselfIsNotThePassword() {
        assertFalse(BcryptHash.matches("$2a$" + VECTOR, "$2a$" + VECTOR));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "secret", "$2", "$2a", "$2a$", "$2a$5$x", "$2c$05$x", "$1$05$x", "x$2a$05$x"})
    void otherTextIsNoHash(String text) {
        assertFalse(BcryptHash.isHash(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "$2a$05$", "$2a$05$short", "$2a$00$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$2a$99$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "$2a$05$*********************************",
        "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOe",
        "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeWW",
        "$2a$05$CCCCCCCCCCCCCCCCCCCCC\u00e9E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
    })
    void malformedHashFitsNoPassword(String hash) {
        assertTrue(BcryptHash.isHash(hash));
        assertFalse(BcryptHash.matches(hash, "U*U"));
    }

    @Test
    void malformedHashesDoNotThrow() {
        Random random = new Random(4);
        for (int i = 0; i < 300; i++) {
            StringBuilder hash = new StringBuilder("$2a$04$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW");
            for (int edits = random.nextInt(1, 4); edits > 0; edits--)
                hash.setCharAt(random.nextInt(7, hash.length()), (char) random.nextInt(1, 300));
            hash.setLength(random.nextInt(7, hash.length() + 1));
            assertFalse(BcryptHash.matches(hash.toString(), "U*U"), hash::toString);
        }
    }

    @Test
    void aDecoyCostsTheSameAndMatchesNothing() {
        String decoy = BcryptHash.decoy("$2b$" + VECTOR);
        assertTrue(decoy.startsWith("$2b$05$"));
        assertEquals(60, decoy.length());
        assertNotEquals(decoy, BcryptHash.decoy("$2b$" + VECTOR));
        assertFalse(BcryptHash.matches(decoy, "U*U"));
    }
}
