package io.jnatsd.cluster;

import io.jnatsd.connection.Connection;
import io.jnatsd.connection.ServerState;
import io.jnatsd.delivery.Delivery;
import io.jnatsd.protocol.Message;
import io.jnatsd.subject.Subscription;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Delivers messages that another server has addressed to one queue member of this server, {@code QRSID:cid:sid}. If the
 * member has left, another member of its group receives the message. Threads: the route's reader only.
 */
final class QueueMembers {
    private static final byte[] PREFIX = {'Q', 'R', 'S', 'I', 'D'};
    /** Must be a power of two. */
    private static final int REMEMBERED = 64;
    /** Longer addresses are not cached. They are only possible if a client chooses a long sid. */
    private static final int LONGEST_REMEMBERED = 256;

    private final ServerState server;
    private final Delivery delivery;
    private final DepartedMembers departed;
    /** Cached addresses of members; the hash of an address selects one slot. */
    private final byte[][] addresses = new byte[REMEMBERED][];
    private final Subscription[] members = new Subscription[REMEMBERED];

    QueueMembers(ServerState server, Delivery delivery, DepartedMembers departed) {
        this.server = server;
        this.delivery = delivery;
        this.departed = departed;
    }

    /** Returns whether a message is for one queue member, and not for all plain subscriptions. */
    static boolean areAddressed(Message m) {
        byte[] in = m.buffer();
        int start = m.sidStart();
        return m.sidLength() >= PREFIX.length
                && Arrays.equals(in, start, start + PREFIX.length, PREFIX, 0, PREFIX.length);
    }

    /** @param form the message as a client gets it */
    void deliver(Message m, Message form) {
        byte[] in = m.buffer();
        int start = m.sidStart(), end = start + m.sidLength();
        int slot = slot(in, start, end);
        byte[] address = addresses[slot];
        boolean known = address != null && Arrays.equals(in, start, end, address, 0, address.length);
        if (!known || !deliver(members[slot], m, form))
            lookUp(new String(in, start, end - start, StandardCharsets.ISO_8859_1), slot, m, form);
    }

    private void lookUp(String qrsid, int slot, Message m, Message form) {
        Subscription member = member(qrsid);
        boolean remembered = member != null && qrsid.length() <= LONGEST_REMEMBERED;
        addresses[slot] = remembered ? RouteInterest.bytes(qrsid) : null;
        members[slot] = remembered ? member : null;
        if (member != null && deliver(member, m, form))
            return;
        String left = departed.queue(qrsid), queue = left == null && member != null ? member.queue() : left;
        if (queue != null)
            delivery.deliverToGroup(queue, m, form);
    }

    /** The subject is checked, because a client may have used the same sid again for another subject. */
    private boolean deliver(Subscription member, Message m, Message form) {
        return member.mayTake(m) && delivery.deliver(member, form);
    }

    /** Returns the member with this address, or null if there is none or the address is malformed. */
    private Subscription member(String qrsid) {
        int cid = qrsid.indexOf(':') + 1, sid = qrsid.indexOf(':', cid) + 1;
        // At most 18 digits, which always fit into a long.
        if (cid == 0 || sid == 0 || sid - 1 == cid || sid - 1 - cid > 18
                || !qrsid.substring(cid, sid - 1).chars().allMatch(c -> c >= '0' && c <= '9'))
            return null;
        Connection client = server.connection(Long.parseLong(qrsid, cid, sid - 1, 10));
        return client == null ? null : client.subscription(qrsid.substring(sid));
    }

    private static int slot(byte[] in, int start, int end) {
        int hash = 0;
        for (int i = start; i < end; i++)
            hash = 31 * hash + in[i];
        return (hash ^ hash >>> 6 ^ hash >>> 12) & REMEMBERED - 1;
    }
}
