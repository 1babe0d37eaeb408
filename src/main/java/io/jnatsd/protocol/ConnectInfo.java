package io.jnatsd.protocol;

import com.google.gson.stream.JsonReader;
import java.io.IOException;

/**
 * The fields of CONNECT (protocol.md, section 2). A later CONNECT is merged into the earlier one: fields that it omits,
 * or that are null, keep their value. Unknown fields are ignored.
 *
 * @param protocol 0: the original protocol, 1: INFO may be sent at any time
 */
public record ConnectInfo(boolean verbose, boolean pedantic, String user, String password, String token, String name,
        String lang, String version, int protocol, boolean echo, boolean headers, boolean noResponders, String nkey,
        String signature) {

    /** The values before the first CONNECT of a client: verbose and pedantic. */
    public static final ConnectInfo BEFORE_CONNECT =
            new ConnectInfo(true, true, "", "", "", "", "", "", 0, true, false, false, "", "");

    /** The values before the first CONNECT of a route. */
    public static final ConnectInfo BEFORE_ROUTE_CONNECT =
            new ConnectInfo(false, false, "", "", "", "", "", "", 0, true, false, false, "", "");

    /**
     * Reads the argument of a CONNECT.
     *
     * @throws ProtocolException with a reason for the log if it is not a JSON object with values of the right types
     */
    public ConnectInfo merge(byte[] json, int start, int end) throws ProtocolException {
        Fields fields = new Fields(this);
        JsonFields.read("CONNECT", json, start, end, fields::read);
        return fields.freeze();
    }

    /** Omits passwords, tokens and signatures, so that they do not get into logs. */
    @Override
    public String toString() {
        return "ConnectInfo[name=" + name + ", user=" + user + ", lang=" + lang + ", version=" + version + "]";
    }

    /** The fields while CONNECT is being read. */
    private static final class Fields {
        private boolean verbose, pedantic, echo, headers, noResponders;
        private String user, password, token, name, lang, version, nkey, signature;
        private int protocol;

        Fields(ConnectInfo c) {
            verbose = c.verbose;
            pedantic = c.pedantic;
            user = c.user;
            password = c.password;
            token = c.token;
            name = c.name;
            lang = c.lang;
            version = c.version;
            protocol = c.protocol;
            echo = c.echo;
            headers = c.headers;
            noResponders = c.noResponders;
            nkey = c.nkey;
            signature = c.signature;
        }

        void read(String key, JsonReader in) throws IOException {
            switch (key) {
                case "verbose" -> verbose = JsonFields.bool(in);
                case "pedantic" -> pedantic = JsonFields.bool(in);
                case "user" -> user = JsonFields.text(in);
                case "pass" -> password = JsonFields.text(in);
                case "auth_token" -> token = JsonFields.text(in);
                case "name" -> name = JsonFields.text(in);
                case "lang" -> lang = JsonFields.text(in);
                case "version" -> version = JsonFields.text(in);
                case "protocol" -> protocol = JsonFields.integer(in);
                case "echo" -> echo = JsonFields.bool(in);
                case "headers" -> headers = JsonFields.bool(in);
                case "no_responders" -> noResponders = JsonFields.bool(in);
                case "nkey" -> nkey = JsonFields.text(in);
                case "sig" -> signature = JsonFields.text(in);
                default -> in.skipValue();
            }
        }

        ConnectInfo freeze() {
            return new ConnectInfo(verbose, pedantic, user, password, token, name, lang, version, protocol, echo,
                    headers, noResponders, nkey, signature);
        }
    }
}
