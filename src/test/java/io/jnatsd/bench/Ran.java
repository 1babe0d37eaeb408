package io.jnatsd.bench;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The output and the exit code of one call. */
record Ran(int code, String out, String err) {
    static Ran bench(String... args) {
        StringWriter out = new StringWriter(), err = new StringWriter();
        int code = Bench.run(args, new PrintWriter(out, true), new PrintWriter(err, true));
        return new Ran(code, out.toString(), err.toString());
    }

    static Ran against(FakeServer server, String... args) {
        return bench(Stream.concat(Stream.of("-s", server.address()), Arrays.stream(args)).toArray(String[]::new));
    }

    /** Returns the columns of a group's row in the CSV of {@code --csv -}. */
    List<String> row(int run, String group) {
        return out.lines().filter(line -> line.startsWith(run + "," + group + ",all,")).findFirst()
                .map(line -> List.of(line.split(",", -1))).orElseThrow(() -> new AssertionError(group + " in " + this));
    }
}
