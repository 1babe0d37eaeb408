package io.jnatsd.config;

import io.jnatsd.config.ConfigValue.Block;
import io.jnatsd.config.ConfigValue.Text;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;

/** Reads the {@code cluster} block. Threads: one. */
final class ClusterReader {
    final OptionsBuilder out;
    final Problems problems;
    private boolean plainSecrets;

    private ClusterReader(OptionsBuilder out, Problems problems) {
        this.out = out;
        this.problems = problems;
    }

    /** Fills the cluster options in; tells whether some secret in the block is not hashed. */
    static boolean read(Block block, OptionsBuilder out, Problems problems) {
        ClusterReader r = new ClusterReader(out, problems);
        Options.CLUSTER.read(block, r, problems);
        return r.plainSecrets;
    }

    void listen(Entry entry) throws MismatchException {
        ListenAddress address = OptionType.LISTEN.reading().read(entry);
        if (!address.host().isEmpty())
            out.clusterHost = address.host();
        out.clusterPort = address.port();
    }

    void authorization(Block block) {
        AuthReader auth = AuthReader.read(block, problems);
        auth.applyToRoutes(block, out);
        auth.refuseUsersWithoutSecret();
        plainSecrets |= auth.hasPlainSecrets();
    }

    List<URI> routes(Entry entry) throws MismatchException {
        List<URI> routes = new ArrayList<>();
        for (ConfigValue element : entry.secretArray()) {
            if (!(element instanceof Text text)) {
                problems.error(element, "expected a URL like \"nats-route://host:port\" in \"" + entry.key()
                        + "\", but got " + element.kind());
                continue;
            }
            try {
                routes.add(RouteUrl.parse(text.value()));
            } catch (URISyntaxException e) {
                problems.error(element, "error parsing route url: " + e.getReason());
            }
        }
        return routes;
    }
}
