package io.jnatsd.system;

import io.jnatsd.connection.ServerState;
import io.jnatsd.delivery.InternalClient;
import io.jnatsd.delivery.InternalClient.Request;
import io.jnatsd.monitor.BadQuery;
import io.jnatsd.monitor.Views;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Answers the requests of the system user: {@code $SYS.REQ.SERVER.PING} and its forms, which all servers of the cluster
 * answer, {@code $SYS.REQ.SERVER.<id>} with the same forms, RELOAD and KICK, which one server answers, and
 * {@code $SYS.REQ.ACCOUNT.$G.JSZ}. The responses have the form that the {@code nats server} commands expect. Threads:
 * the reader of the internal client.
 */
public final class SystemRequests {
    private static final String PREFIX = "$SYS.REQ.SERVER.";
    private static final String RELOAD = "RELOAD", KICK = "KICK", STATSZ = "STATSZ", JSZ = "JSZ";
    /** The streams of the account that all clients belong to. */
    private static final String ACCOUNT_JSZ = "$SYS.REQ.ACCOUNT.$G.JSZ";
    private static final int BAD_REQUEST = 400, FAILED = 500;

    private final ServerState server;
    private final String serverId;
    private final Views views;
    private final Controls controls;
    /** The name of this server's cluster, empty if it has none. */
    private final String cluster;

    public SystemRequests(ServerState server, String serverId, String cluster, Views views, Controls controls) {
        this.server = server;
        this.serverId = serverId;
        this.views = views;
        this.controls = controls;
        this.cluster = cluster;
    }

    /** Answers requests until the returned client is closed. */
    public InternalClient start() {
        return InternalClient.start(server.traffic, server.threads, server.nextId(), subjects(), this::answer);
    }

    private List<String> subjects() {
        List<String> subjects = new ArrayList<>(List.of(PREFIX + "PING"));
        List<String> forms = new ArrayList<>(List.of(STATSZ));
        views.names().forEach(name -> forms.add(name.toUpperCase(Locale.ROOT)));
        for (String form : forms) {
            subjects.add(PREFIX + "PING." + form);
            subjects.add(PREFIX + serverId + "." + form);
        }
        if (forms.contains(JSZ))
            subjects.add(ACCOUNT_JSZ);
        subjects.add(PREFIX + serverId + "." + RELOAD);
        subjects.add(PREFIX + serverId + "." + KICK);
        return subjects;
    }

    private byte[] answer(Request request) {
        Envelope to = new Envelope(server.info, cluster);
        String text;
        try {
            RequestOptions options = RequestOptions.of(request.body());
            if (!to.isFor(options))
                return null;
            text = answer(request.subject(), options, to);
        } catch (BadRequest e) {
            text = to.error(BAD_REQUEST, e.getMessage());
        } catch (BadQuery e) {
            text = to.error(FAILED, e.getMessage());
        } catch (Throwable e) {
            // The system user must get a response even after a defect in this server.
            server.threads.failed(null, "answer to " + request.subject(), e);
            text = to.error(FAILED, "internal error");
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private String answer(String subject, RequestOptions options, Envelope to) throws BadRequest, BadQuery {
        String form = subject.substring(subject.lastIndexOf('.') + 1);
        return switch (form) {
            case "PING", STATSZ -> to.enclose("statsz", views.statistics());
            case RELOAD -> outcome(controls.reload(), to);
            case KICK -> outcome(controls.kick(options.cid()) ? "" : "no such client", to);
            default -> {
                Map<String, String> query = options.asQuery(form.equals(JSZ));
                if (subject.equals(ACCOUNT_JSZ))
                    query.put("acc", "$G");
                yield to.enclose("data", views.json(form.toLowerCase(Locale.ROOT), query));
            }
        };
    }

    private static String outcome(String fault, Envelope to) {
        return fault.isEmpty() ? to.enclose("data", "null") : to.error(FAILED, fault);
    }
}
