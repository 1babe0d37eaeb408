package io.jnatsd.config;

/** Something that stands at a certain place in a configuration. */
interface Place {
    Source source();

    /** In characters from the start of the source. */
    int offset();

    default Problem problem(String text) {
        return source().problem(offset(), text);
    }
}
