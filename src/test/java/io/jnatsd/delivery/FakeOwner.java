package io.jnatsd.delivery;

import io.jnatsd.subject.Subscription;

/** The owner of an outbound in tests: it has no socket, and what is not expected of it fails. */
public class FakeOwner implements Outbound.Owner {
    private final String label;

    public FakeOwner(String label) {
        this.label = label;
    }

    @Override
    public long id() {
        return 1;
    }

    @Override
    public String remoteId() {
        return null;
    }

    @Override
    public boolean isRoute() {
        return remoteId() != null;
    }

    @Override
    public boolean isTraced() {
        return false;
    }

    @Override
    public String threadName(String role) {
        return role;
    }

    @Override
    public void runWriter(Runnable writer) {
        writer.run();
    }

    @Override
    public void overflowed() {
        throw new AssertionError("overflow");
    }

    @Override
    public void deadlineExceeded() {
        throw new AssertionError("write deadline");
    }

    @Override
    public void overBudget() {
        throw new AssertionError("over budget");
    }

    @Override
    public void exhausted(Subscription sub) {
        throw new AssertionError("exhausted");
    }

    @Override
    public void writeFailed(Throwable e) {
        throw new AssertionError(e);
    }

    @Override
    public void outputFinished() {
    }

    @Override
    public String label() {
        return label;
    }

    @Override
    public String clientName() {
        return "";
    }

    @Override
    public String user() {
        return "";
    }
}
