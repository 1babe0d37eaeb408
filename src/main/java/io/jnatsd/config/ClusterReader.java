package io.jnatsd.config;

import io.jnatsd.config.ConfigValue.Block;
import io.jnatsd.config.ConfigValue.Text;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;

/** Reads the {@code cluster} block (configuration reference, 2.7). Threads: one. */
final class ClusterReader {
    static final KeyTable<ClusterReader> KEYS = new KeyTable<ClusterReader>()
            .key("listen", (r, e) -> r.listen(OptionsReader.address(e)))
            .port("port", (r, v) -> r.out.clusterPort = v)
            .text("host net", (r, v) -> r.out.clusterHost = v)
            .text("name", (r, v) -> r.out.clusterName = v)
            .text("advertise cluster_advertise", (r, v) -> r.out.clusterAdvertise = v)
            .key("authorization", (r, e) -> r.authorization(e.block()))
            .secretKey("routes", (r, e) -> r.out.routes = r.routes(e))
            .key("tls", (r, e) -> r.out.clusterTls = TlsReader.read(e.block(), r.problems))
            .bool("no_advertise", (r, v) -> r.out.noAdvertise = v)
            .integer("connect_retries", 0, Integer.MAX_VALUE, (r, v) -> r.out.connectRetries = v)
            .unsupported("permissions accounts pool_size compression ping_interval ping_max connect_backoff"
                    + " write_deadline write_timeout pinned_accounts");

    private final OptionsBuilder out;
    private final Problems problems;
    private boolean plainSecrets;

    private ClusterReader(OptionsBuilder out, Problems problems) {
        this.out = out;
        this.problems = problems;
    }

    /** Fills the cluster options in; tells whether some secret in the block is not hashed. */
    static boolean read(Block block, OptionsBuilder out, Problems problems) {
        ClusterReader r = new ClusterReader(out, problems);
        KEYS.read(block, r, problems);
        return r.plainSecrets;
    }

    private void listen(ListenAddress address) {
        if (!address.host().isEmpty())
            out.clusterHost = address.host();
        out.clusterPort = address.port();
    }

    private void authorization(Block block) {
        AuthReader auth = AuthReader.read(block, problems);
        auth.applyToRoutes(block, out);
        auth.refuseUsersWithoutSecret();
        plainSecrets |= auth.hasPlainSecrets();
    }

    private List<URI> routes(Entry entry) throws MismatchException {
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
