package io.jnatsd;

import io.jnatsd.config.*;
import io.jnatsd.log.*;
import io.jnatsd.server.*;
public final class Main {
    public static void main(String[] args) throws Exception {
        OptionsBuilder o = new OptionsBuilder();
        for (int i = 0; i < args.length; i++) {
            if (args[i].equals("-p")) o.port = Integer.parseInt(args[++i]);
        }
        NatsServer s = NatsServer.start(o.build(), new Log(LogSettings.STDERR));
        s.awaitClose();
    }
}
