package io.jnatsd.campaign;

import java.util.ArrayList;
import java.util.List;

/** Reduces a script that fails: leaves out ever smaller pieces as long as the rest fails, too. */
final class Shortening {
    /** Plays a script and returns whether it fails. */
    interface Trial {
        boolean fails(List<Step> script) throws Exception;
    }

    private Shortening() {
    }

    /** Returns a script that fails and none of whose steps can be left out. */
    static List<Step> shorten(List<Step> script, Trial trial) throws Exception {
        List<Step> shortest = script;
        for (int piece = Math.max(1, script.size() / 2); piece > 0; piece /= 2) {
            int before;
            do {
                before = shortest.size();
                shortest = without(shortest, piece, trial);
            } while (piece == 1 && shortest.size() < before);
        }
        return shortest;
    }

    private static List<Step> without(List<Step> script, int piece, Trial trial) throws Exception {
        List<Step> shortest = script;
        for (int at = 0; at < shortest.size();) {
            List<Step> shorter = new ArrayList<>(shortest.subList(0, at));
            shorter.addAll(shortest.subList(Math.min(at + piece, shortest.size()), shortest.size()));
            if (trial.fails(shorter))
                shortest = shorter;
            else
                at += piece;
        }
        return shortest;
    }
}
