package io.jnatsd.jetstream.consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jnatsd.jetstream.config.StreamConfigCheck;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class DeliverSubjectsTest {
    private static final String[] SUBSCRIBED = {"a", "b", "a*", "*", ">"}, DELIVER = {"a", "b", "a*", "ab"};

    private record Used(String subject, String stream) {
    }

    private static String subject(Random random, String[] from) {
        List<String> tokens = new ArrayList<>();
        for (int left = 1 + random.nextInt(4); left > 0; left--) {
            String token = from[random.nextInt(from.length)];
            tokens.add(token);
            if (token.equals(">"))
                break;
        }
        return String.join(".", tokens);
    }

    @Test
    void aSubscriptionFindsTheStreamsThatDeliverToIt() {
        Random random = new Random(1);
        for (int round = 0; round < 500; round++) {
            DeliverSubjects<String> index = new DeliverSubjects<>();
            Set<Used> all = new HashSet<>();
            for (int i = 0; i < 12; i++) {
                Used used = new Used(subject(random, DELIVER), "S" + random.nextInt(3));
                if (random.nextInt(4) > 0 && all.add(used))
                    index.add(used.subject, used.stream);
                else if (all.remove(used))
                    index.remove(used.subject, used.stream);
                String subscribed = subject(random, SUBSCRIBED);
                assertEquals(all.stream().filter(u -> StreamConfigCheck.overlap(u.subject, subscribed)).map(Used::stream)
                        .collect(Collectors.toSet()), new HashSet<>(index.of(subscribed)), all + " " + subscribed);
            }
        }
    }
}
