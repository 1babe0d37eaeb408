package io.jnatsd.campaign;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShorteningTest {
    private static final Step SUBSCRIBE = new Step.Subscribe(1, "s", "x", ""), RELOAD = new Step.Reload(),
            PUBLISH = new Step.Publish(2, "x", false, 0);

    @Test
    void whatTheFailureDoesNotNeedIsLeftOut() throws Exception {
        List<Step> script = new ArrayList<>(RandomScript.of(1, 5, 1, 500));
        script.removeIf(RELOAD::equals);
        script.add(17, SUBSCRIBE);
        script.add(256, RELOAD);
        script.add(PUBLISH);
        List<Step> needed = List.of(SUBSCRIBE, RELOAD, PUBLISH);
        assertEquals(needed, Shortening.shorten(script, shorter -> inOrder(shorter, needed)));
    }

    /** A step can be needed only as long as another one is there. */
    @Test
    void stepsThatBecomeUselessAreLeftOut() throws Exception {
        List<Step> script = List.of(RELOAD, SUBSCRIBE, PUBLISH);
        List<Step> shortest = Shortening.shorten(script, shorter -> shorter.contains(PUBLISH)
                && (shorter.contains(RELOAD) || !shorter.contains(SUBSCRIBE)));
        assertEquals(List.of(PUBLISH), shortest);
    }

    private static boolean inOrder(List<Step> script, List<Step> needed) {
        int found = 0;
        for (Step step : script)
            if (found < needed.size() && step.equals(needed.get(found)))
                found++;
        return found == needed.size();
    }
}
