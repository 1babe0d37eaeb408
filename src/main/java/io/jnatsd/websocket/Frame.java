package io.jnatsd.websocket;

/** The first bytes of a frame (RFC 6455, section 5.2): its opcode, the final bit and its size. */
final class Frame {
    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;
    static final int OPCODE = 0x0F;
    /** The bits for extensions, which are not supported. */
    static final int RESERVED = 0x70;
    /** The last frame of a message. */
    static final int FINAL = 0x80;

    static final int MASKED = 0x80;
    /** Indicates that the size follows in two bytes, or in eight. */
    static final int SIZE_16 = 126;
    static final int SIZE_64 = 127;
    static final int MOST_CONTROL_BYTES = 125;

    private Frame() {
    }

    static boolean isControl(int opcode) {
        return opcode >= CLOSE;
    }
}
