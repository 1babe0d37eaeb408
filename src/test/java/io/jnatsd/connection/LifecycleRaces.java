package io.jnatsd.connection;

import io.jnatsd.connection.Lifecycle.Phase;
import io.jnatsd.stress.Race;

/** Races of the ways in which a connection ends. See {@link Race}. */
public final class LifecycleRaces {
    private LifecycleRaces() {
    }

    /** One thread closes the connection in order, another kills it, and the reader opens it. */
    private static final class CloseAgainstKill extends Race {
        private Lifecycle life;
        private boolean closed, killed;

        CloseAgainstKill() {
            super("close against kill", 3, "closed, DEAD", "killed, DEAD");
        }

        @Override
        protected void begin() {
            life = new Lifecycle();
        }

        @Override
        protected void act(int action) {
            switch (action) {
                case 0 -> {
                    closed = life.close(CloseReason.STALE, true);
                    if (closed)
                        life.linger();
                }
                case 1 -> {
                    killed = life.close(CloseReason.KICKED, false);
                    life.die();
                }
                default -> life.opened();
            }
        }

        @Override
        protected String outcome() throws InterruptedException {
            String first = closed == killed ? "closed " + closed + " and killed " + killed
                    : closed ? "closed" : "killed";
            boolean kept = life.reason() == (closed ? CloseReason.STALE : CloseReason.KICKED)
                    && life.lingerNeeded() == closed;
            return first + ", " + life.phase() + (kept ? "" : ", for " + life.reason())
                    + (life.awaitOutput(0) ? "" : ", output not finished");
        }
    }

    /** One thread opens the connection while another closes it. */
    private static final class OpenAgainstClose extends Race {
        private Lifecycle life;

        OpenAgainstClose() {
            super("open against close", 2, Phase.CLOSING + " for " + CloseReason.STALE);
        }

        @Override
        protected void begin() {
            life = new Lifecycle();
        }

        @Override
        protected void act(int action) {
            if (action == 0)
                life.opened();
            else
                life.close(CloseReason.STALE, false);
        }

        @Override
        protected String outcome() {
            return life.phase() + " for " + life.reason();
        }
    }

    /** The output is finished while the connection dies: a dead connection does not linger. */
    private static final class LingerAgainstDie extends Race {
        private Lifecycle life;

        LingerAgainstDie() {
            super("linger against die", 2, Phase.DEAD + " true");
        }

        @Override
        protected void begin() {
            life = new Lifecycle();
            life.opened();
            life.close(CloseReason.STALE, true);
        }

        @Override
        protected void act(int action) {
            if (action == 0)
                life.linger();
            else
                life.die();
        }

        @Override
        protected String outcome() throws InterruptedException {
            return life.phase() + " " + life.awaitOutput(0);
        }
    }

    public static void main(String[] args) throws InterruptedException {
        Race.run(args, new CloseAgainstKill(), new OpenAgainstClose(), new LingerAgainstDie());
    }
}
