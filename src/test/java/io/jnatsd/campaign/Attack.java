package io.jnatsd.campaign;

import java.util.Random;

/**
 * One kind of attack.
 *
 * @param bound what limits its effect
 */
record Attack(String name, String bound, Action action) {
    /** Attacks, and asserts the bound. The scale is 1 in tests. */
    interface Action {
        void run(Target target, int scale, Random random) throws Exception;
    }

    @Override
    public String toString() {
        return name;
    }
}
