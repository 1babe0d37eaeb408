package io.jnatsd.config;

import io.jnatsd.config.ConfigValue.Block;
import io.jnatsd.config.ConfigValue.Bool;
import io.jnatsd.config.ConfigValue.Text;
import java.time.Duration;
import java.util.Locale;

/** Reads {@code jetstream}, which is a word or a block. Threads: one. */
final class JetStreamReader {
    final OptionsBuilder out;
    private final Problems problems;

    private JetStreamReader(OptionsBuilder out, Problems problems) {
        this.out = out;
        this.problems = problems;
    }

    static void read(Entry entry, OptionsBuilder out, Problems problems) throws MismatchException {
        if (!(entry.value() instanceof Block)) {
            out.jetStream = isOn(entry);
            return;
        }
        out.jetStream = true;
        Options.JETSTREAM.read(entry.block(), new JetStreamReader(out, problems), problems);
    }

    private static boolean isOn(Entry entry) throws MismatchException {
        if (entry.value() instanceof Bool bool)
            return bool.value();
        if (!(entry.value() instanceof Text text))
            throw new MismatchException(entry.value(),
                    "Expected map, bool or string to define JetStream, got " + entry.value().kind());
        return switch (text.value().toLowerCase(Locale.ROOT)) {
            case "enabled", "enable", "true" -> true;
            case "disabled", "disable", "false" -> false;
            default -> throw new MismatchException(entry.value(),
                    "Expected 'enabled' or 'disabled' for string value, got '" + text.value() + "'");
        };
    }

    void enabled(Entry entry) throws MismatchException {
        out.jetStream = isOn(entry);
    }

    /** As in nats-server, -1 is what the server chooses. */
    void memory(Entry entry) throws MismatchException {
        out.jetStreamMemory = entry.integer(-1, Long.MAX_VALUE);
        if (OptionsBuilder.isMoreThanTheHeapHas(out.jetStreamMemory))
            problems.warn(entry, "\"" + entry.key() + "\" is more than five eighths of the Java heap, which are used instead; -Xmx sets"
                    + " the heap, which has " + Runtime.getRuntime().maxMemory() + " bytes");
    }

    /** As in nats-server, -1 is what the server chooses. */
    void files(Entry entry) throws MismatchException {
        out.jetStreamMaxFile = entry.integer(-1, Long.MAX_VALUE);
    }

    void sync(Entry entry) throws MismatchException {
        if (entry.value() instanceof Text text && text.value().equalsIgnoreCase("always"))
            out.jetStreamSyncInterval = Duration.ZERO;
        else
            out.jetStreamSyncInterval = positive(entry);
    }

    private static Duration positive(Entry entry) throws MismatchException {
        Duration interval = entry.duration();
        if (interval.isNegative() || interval.isZero())
            throw new MismatchException(entry.value(), "Expected a duration above 0, or 'always', for " + entry.key());
        return interval;
    }

    /** The folder is named once, in the block or outside of it. */
    static void storeDir(Entry entry, OptionsBuilder out) throws MismatchException {
        if (out.storeDir != null)
            throw new MismatchException(entry.value(), "Duplicate 'store_dir' configuration");
        out.storeDir = OptionType.PATH.reading().read(entry);
    }

    void limits(Entry entry) throws MismatchException {
        Options.JETSTREAM_LIMITS.read(entry.block(), this, problems);
    }
}
