package io.jnatsd.config;

import java.util.function.Function;

/** What the parsers of one configuration share: that of the main file, of its includes, of variables' values. */
record ParseContext(Problems problems, Vocabulary vocabulary, Environment environment, Includes includes) {
    ParseContext(Problems problems, Vocabulary vocabulary, Function<String, String> environment) {
        this(problems, vocabulary, new Environment(environment), new Includes());
    }

    /** For text that is only tried: its problems are no problems of the configuration yet. */
    ParseContext apart() {
        return new ParseContext(new Problems(), vocabulary, environment, includes);
    }
}
