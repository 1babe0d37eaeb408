package io.jnatsd.campaign;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Each attack is bounded, and the next client is served; the short form of {@link Security} and {@link Fuzzing}. */
@EnabledOnOs(OS.LINUX)
class SecurityTest {
    private static Target target;

    @BeforeAll
    static void start() throws IOException {
        target = Target.tracing();
        target.assertServes();
    }

    @AfterAll
    static void stop() throws IOException {
        target.close();
    }

    @TestFactory
    Stream<DynamicTest> anAttackIsBounded() {
        return Stream.concat(Security.ALL.stream(), Fuzzing.ALL.stream()).map(attack -> dynamicTest(attack.name(), () -> Security.run(attack, target, 1, new Random(17))));
    }
}
