package io.jnatsd.text;

import java.net.Inet6Address;
import java.net.InetAddress;

/**
 * Formats IP addresses in the canonical form of RFC 5952, {@code fd00::2}, and without a zone. The JDK would write
 * {@code fd00:0:0:0:0:0:0:2}. Threads: stateless.
 */
public final class IpText {
    private static final int GROUPS = 8;

    private IpText() {
    }

    public static String of(InetAddress address) {
        return address instanceof Inet6Address six ? of(six.getAddress()) : address.getHostAddress();
    }

    private static String of(byte[] bytes) {
        int[] groups = new int[GROUPS];
        for (int i = 0; i < GROUPS; i++)
            groups[i] = (bytes[2 * i] & 0xff) << 8 | bytes[2 * i + 1] & 0xff;
        int start = 0, length = 0;
        for (int i = 0; i < GROUPS; i++) {
            int end = i;
            while (end < GROUPS && groups[end] == 0)
                end++;
            if (end - i > length) {
                start = i;
                length = end - i;
            }
        }
        // RFC 5952: a single zero group is not shortened.
        if (length < 2)
            return text(groups, 0, GROUPS);
        return text(groups, 0, start) + "::" + text(groups, start + length, GROUPS);
    }

    private static String text(int[] groups, int from, int to) {
        StringBuilder text = new StringBuilder();
        for (int i = from; i < to; i++)
            text.append(i == from ? "" : ":").append(Integer.toHexString(groups[i]));
        return text.toString();
    }
}
