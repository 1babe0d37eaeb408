package io.jnatsd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** That a mistake on the architecture page is found; {@link ArchitectureTest} looks for them. */
class ArchitecturePageTest {
    private static final Map<String, List<String>> LAYERS =
            Map.of("low", List.of("org.library"), "high", List.of("low"), "", List.of("high"));

    private static ArchitecturePage page(String text) {
        return new ArchitecturePage(Path.of(System.getProperty("jnatsd.home", "."), "src/site/markdown/architecture.md"), text);
    }

    private static ArchitecturePage staircase(String... lines) {
        return page("# Page\n\n```staircase\n" + String.join("\n", lines) + "\n```\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"`Nothing.here`", "`NoSuchClass`", "`src/nothing.java`", "`io.jnatsd.nothing`", "[x](nothing.md)",
            "[x](#nothing)", "[x](protocol.md#nothing)", "```text\n Nothing.here\n```", "`ArchitecturePageTest.notATest`"})
    void whatDoesNotExistIsFound(String text) {
        assertEquals(1, page("# Page\n\n" + text + "\n").unknown().size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"`PUB`", "`ReentrantLock`", "`src/test`", "[x](protocol.md#section-1)", "`max_pending`",
            "`ArchitecturePageTest.whatExistsIsNoFault`", "<a id=\"y\"></a> [x](#y)"})
    void whatExistsIsNoFault(String text) {
        assertEquals(Set.of(), page("# Page\n\n" + text + "\n").unknown());
    }

    @Test
    void theStepsMayStandInAnyPermittedOrder() {
        assertEquals(Set.of(), staircase("2 io.jnatsd top", "1  high middle", "0   low bottom").wrongSteps(LAYERS));
        assertEquals(Set.of(), staircase("7 io.jnatsd top", "5 high middle", "1 low bottom").wrongSteps(LAYERS));
    }

    @Test
    void aWrongStaircaseIsFound() {
        assertEquals(Set.of("high uses low, which is not drawn below it"),
                staircase("2 io.jnatsd top", "1 high middle", "1 low beside it").wrongSteps(LAYERS));
        assertEquals(Set.of("not drawn: low"), staircase("2 io.jnatsd top", "1 high middle").wrongSteps(Map.of(
                "low", List.of(), "high", List.of(), "", List.of())));
        assertEquals(Set.of("no package more"),
                staircase("2 io.jnatsd top", "1 high middle", "0 low x", "0 more x").wrongSteps(LAYERS));
        assertEquals(Set.of("1 high middle stands below a lower step"),
                staircase("2 io.jnatsd top", "0 low x", "1 high middle").wrongSteps(LAYERS));
    }
}
