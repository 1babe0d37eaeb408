package io.jnatsd.bench;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** What one call of the command printed, and its exit code. */
record Ran(int code, String out, String err) {
    static Ran bench(String... args) {
        StringWriter out = new StringWriter(), err = new StringWriter();
        int code = Bench.run(args, new PrintWriter(out, true), new PrintWriter(err, true));
        return new Ran(code, out.toString(), err.toString());
    }

    static Ran against(FakeServer server, String... args) {
        return bench(Stream.concat(Stream.of("-s", server.address()), Arrays.stream(args)).toArray(String[]::new));
    }

    /** The CSV that {@code --csv -} left on stdout: the columns of the row of a group as a whole. */
    List<String> row(int run, String group) {
        return out.lines().filter(line -> line.startsWith(run + "," + group + ",all,")).findFirst()
                .map(line -> List.of(line.split(",", -1))).orElseThrow(() -> new AssertionError(group + " in " + this));
    }
}
