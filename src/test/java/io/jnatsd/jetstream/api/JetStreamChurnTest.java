package io.jnatsd.jetstream.api;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jnatsd.jetstream.stream.Environment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class JetStreamChurnTest {
    @Test
    void whatIsPurgedAndDeletedWhileItIsUsedLeavesNothingBehind() throws Exception {
        try (JetStreamChurn churn = new JetStreamChurn()) {
            churn.run(System.nanoTime(), 1500);
            assertEquals("", churn.check());
            churn.deleteStream();
            Environment e = churn.environment();
            await("memory").until(() -> e.memory().used() == 0 && e.memory().reserved() == 0);
            await("objects").until(() -> e.objects().held() == 0);
            await("inboxes").until(() -> e.inboxes().held() == 0);
        }
    }
}
