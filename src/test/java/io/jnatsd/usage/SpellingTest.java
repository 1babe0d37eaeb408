package io.jnatsd.usage;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpellingTest {
    private static final List<String> KNOWN = List.of("v", "ms", "sl", "DV", "port", "pass", "Port-X", "max_payload",
            "cluster_name");

    @ParameterizedTest
    @CsvSource(nullValues = "none", textBlock = """
            prot, port
            por, port
            portt, port
            pxrt, port
            pr, none
            pass1, pass
            max_paylaods, max_payload
            clutername, cluster_name
            xyzzy, none
            '', none
            """)
    void theNearestNameIsFound(String name, String nearest) {
        assertEquals(nearest, Spelling.nearest(name, KNOWN));
    }

    @ParameterizedTest
    @CsvSource({"V, v", "dv, DV", "Ms, ms", "PORT, port", "port-x, Port-X"})
    void aNameThatDiffersInCaseOnlyComesFirst(String name, String nearest) {
        assertEquals(nearest, Spelling.nearest(name, KNOWN));
    }

    @ParameterizedTest
    @CsvSource(nullValues = "none", textBlock = "x, none\nmx, none\ns, none\nssl, sl")
    void namesOfOneOrTwoLettersAreNearToNoOther(String name, String nearest) {
        assertEquals(nearest, Spelling.nearest(name, KNOWN));
    }
}
