package io.jnatsd.protocol;

/** There is as much as anyone wants. */
public final class AmpleMemory implements InputMemory {
    @Override
    public boolean tryHold(int bytes) {
        return true;
    }

    @Override
    public void hold(int bytes) {
        // Nothing is counted.
    }

    @Override
    public boolean await(int bytes) {
        return true;
    }

    @Override
    public void progress(int bytes) {
        // Nobody looks.
    }
}
