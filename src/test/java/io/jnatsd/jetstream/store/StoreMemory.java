package io.jnatsd.jetstream.store;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Measures the memory of a message, and how long a filter takes to count. Not a test:
 * {@code java -Xmx1g -cp target/test-classes:target/classes io.jnatsd.jetstream.store.StoreMemory 1000000}.
 */
final class StoreMemory {
    private StoreMemory() {
    }

    public static void main(String[] args) {
        int count = Integer.parseInt(args[0]);
        byte[] payload = new byte[128];
        MemoryStore store = new MemoryStore(MessageSize.MEMORY, 1);
        long before = used(), start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            byte[] subject = ("orders." + i % 1000 + "." + i).getBytes(StandardCharsets.US_ASCII);
            store.append(subject, 0, subject.length, payload, 0, payload.length, -1, i);
        }
        System.out.printf("append %d ns%n", (System.nanoTime() - start) / count);
        long memory = used() - before;
        System.out.printf("%.1f bytes a message beside the payload, estimated %.1f%n", (double) memory / count - payload.length,
                (double) store.memory() / count - payload.length);
        for (String filter : List.of("orders.7.>", "orders.*.*", "orders.*.777777", "orders.7.*", "*.7.7007")) {
            for (int i = 0; i < 5; i++) {
                start = System.nanoTime();
                long found = store.count(List.of(SubjectFilter.of(filter)), 0);
                if (i == 4 || i == 0)
                    System.out.printf("%s: %d in %d us%n", filter, found, (System.nanoTime() - start) / 1000);
            }
        }
        System.out.println(store.state());
    }

    private static long used() {
        for (int i = 0; i < 3; i++)
            System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
