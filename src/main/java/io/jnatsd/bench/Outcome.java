package io.jnatsd.bench;

import java.util.List;

/**
 * What came of one run.
 *
 * @param serverVersion as the server told it
 * @param ended false if the run was given up because nothing moved any more
 */
record Outcome(String serverVersion, List<Group> groups, boolean ended) {
    long lost() {
        return groups.stream().mapToLong(Group::lost).sum();
    }

    boolean isComplete() {
        return ended && lost() == 0;
    }
}
