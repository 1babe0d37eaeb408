package io.jnatsd.bench;

import java.util.List;

/**
 * The results of one run. Threads: immutable.
 *
 * @param serverVersion as in the server's INFO
 * @param ended false if the run was given up for lack of progress
 */
record Outcome(String serverVersion, List<Group> groups, boolean ended) {
    long lost() {
        return groups.stream().mapToLong(Group::lost).sum();
    }

    boolean isComplete() {
        return ended && lost() == 0;
    }
}
