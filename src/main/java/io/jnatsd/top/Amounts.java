package io.jnatsd.top;

import java.util.Locale;

/** Formats numbers in few characters. Threads: stateless. */
final class Amounts {
    private static final String[] UNITS = {"", "K", "M", "G", "T", "P"};
    private static final int FULL = 10_000;

    private Amounts() {
    }

    /** Formats a count: {@code 9999}, {@code 12.3K}. */
    static String count(double n) {
        if (Double.isNaN(n))
            return "-";
        return n < FULL && n == Math.rint(n) ? String.valueOf((long) n) : scaled(n);
    }

    /** Formats bytes in units of 1000, not 1024: {@code 0}, {@code 812}, {@code 1.5K}. */
    static String bytes(double n) {
        if (Double.isNaN(n))
            return "-";
        return n < 1000 ? String.valueOf(Math.round(n)) : scaled(n);
    }

    private static String scaled(double n) {
        int unit = 0;
        double scaled = n;
        for (; scaled >= 999.95 && unit < UNITS.length - 1; unit++)
            scaled /= 1000;
        return String.format(Locale.ROOT, "%.1f%s", scaled, UNITS[unit]);
    }
}
