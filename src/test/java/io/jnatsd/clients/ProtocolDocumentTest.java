package io.jnatsd.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.google.gson.JsonParser;
import io.jnatsd.protocol.ProtocolException;
import io.jnatsd.protocol.ProtocolException.Fault;
import io.jnatsd.protocol.ServerInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/** The protocol document says what the server does: its transcripts are played, its tables are complete. */
@Timeout(60)
class ProtocolDocumentTest {
    private static final Path HOME = Path.of(System.getProperty("jnatsd.home", "."));
    private static final Pattern HEADING = Pattern.compile("(?m)^<a id=\"section-(\\d+)\"></a>\n\n## (\\d+)\\. (.*)$");
    private static final Pattern TRANSCRIPT = Pattern.compile("(?ms)^```nats\n(.*?)^```$");

    private static String document() throws IOException {
        return Files.readString(HOME.resolve("src/site/markdown/protocol.md"));
    }

    /** The text from one heading to the next. */
    private static String section(int number) throws IOException {
        String document = document();
        int start = document.indexOf("<a id=\"section-" + number + "\">");
        int end = document.indexOf("<a id=\"section-" + (number + 1) + "\">");
        assertTrue(start >= 0, "no section " + number);
        return document.substring(start, end < 0 ? document.length() : end);
    }

    /** What the first column of the tables of a section names. */
    private static Set<String> tableKeys(int number) throws IOException {
        return Pattern.compile("(?m)^\\| `([^`]+)`").matcher(section(number)).results().map(m -> m.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @TestFactory
    Stream<DynamicTest> everyTranscriptHappens() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        int sections = (int) HEADING.matcher(document()).results().count();
        for (int number = 1; number <= sections; number++) {
            List<String> transcripts = TRANSCRIPT.matcher(section(number)).results().map(m -> m.group(1)).toList();
            for (int i = 0; i < transcripts.size(); i++) {
                String text = transcripts.get(i);
                tests.add(dynamicTest("section " + number + ", transcript " + (i + 1), () -> Transcript.play(text)));
            }
        }
        assertEquals(TRANSCRIPT.matcher(document()).results().count(), tests.size(), "outside of all sections");
        assertTrue(tests.size() > 40, "most transcripts are not found");
        return tests.stream();
    }

    @Test
    void aTranscriptThatDoesNotHappenFails() {
        for (String text : List.of("C: PING\nS: +OK\n", "C: SUB a 1\n", "C: ZZZ\nS: PONG\n", "X: PING\n",
                "C: ZZZ\nS: -ERR 'Unknown Protocol Operation'\nS: (closed)\n", "S: INFO {...\"nothing\"...\n")) {
            boolean happened = true;
            try {
                Transcript.play(text);
            } catch (AssertionError e) {
                happened = false;
            } catch (Exception e) {
                throw new AssertionError(text, e);
            }
            assertTrue(!happened, text);
        }
    }

    @Test
    void sectionsAreNumberedAndHaveAnchorsThatLinksLeadTo() throws IOException {
        List<MatchResult> headings = HEADING.matcher(document()).results().toList();
        List<Integer> expected = IntStream.rangeClosed(1, headings.size()).boxed().toList();
        assertEquals(expected, headings.stream().map(m -> Integer.valueOf(m.group(1))).toList());
        assertEquals(expected, headings.stream().map(m -> Integer.valueOf(m.group(2))).toList());
        assertEquals(headings.size(), Pattern.compile("(?m)^## \\d").matcher(document()).results().count());
        Set<String> links = Pattern.compile("\\(#section-(\\d+)\\)").matcher(document()).results()
                .map(m -> m.group(1)).collect(Collectors.toSet());
        links.removeAll(headings.stream().map(m -> m.group(1)).toList());
        assertEquals(Set.of(), links);
    }

    @Test
    void everyFieldOfInfoIsInItsTable() throws IOException {
        ServerInfo info = new ServerInfo("id", "name", "java", "host", 4222, true, true, true, true, 1,
                List.of("host:4222"), true, true, false, true, "");
        String json = info.line(1, "127.0.0.1", "nonce").substring("INFO ".length());
        assertEquals(new TreeSet<>(JsonParser.parseString(json).getAsJsonObject().keySet()), tableKeys(1));
    }

    @Test
    void everyErrorOfTheParserIsInTheTable() throws IOException {
        Set<String> listed = new HashSet<>(tableKeys(12));
        for (Fault fault : Fault.values())
            for (String text : new ProtocolException(fault, "").texts())
                assertTrue(listed.contains(text), text);
    }
}
