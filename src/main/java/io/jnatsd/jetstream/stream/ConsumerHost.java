package io.jnatsd.jetstream.stream;

import io.jnatsd.delivery.Destination;
import io.jnatsd.jetstream.config.ConsumerConfig;
import io.jnatsd.jetstream.consumer.Consumer;
import io.jnatsd.jetstream.consumer.ConsumerEvent;
import io.jnatsd.jetstream.consumer.Host;
import io.jnatsd.jetstream.store.MessageStore;
import io.jnatsd.jetstream.store.StoredMessage;

/** What a stream offers its consumers. Threads: the actor of the stream. */
final class ConsumerHost implements Host {
    private final Stream stream;
    private final Environment environment;
    private final Output output;

    ConsumerHost(Stream stream, Environment environment, Output output) {
        this.stream = stream;
        this.environment = environment;
        this.output = output;
    }

    @Override
    public MessageStore store() {
        return stream.store();
    }

    @Override
    public String stream() {
        return stream.name();
    }

    @Override
    public byte[] json(ConsumerConfig config) {
        return environment.configs().json(config);
    }

    @Override
    public long now() {
        return stream.now();
    }

    @Override
    public long wallClock() {
        return stream.wallClock();
    }

    @Override
    public boolean send(Destination to, StoredMessage message, CharSequence ack, boolean headersOnly) {
        return output.redirect(to, message, ack, headersOnly);
    }

    @Override
    public void sendStatus(Destination to, String status, String headers, String reply) {
        output.status(to, status, headers, reply);
    }

    @Override
    public void sendEmpty(String subject) {
        output.publish(subject, "");
    }

    @Override
    public boolean hasInterest(Destination to) {
        return output.hasInterest(to);
    }

    @Override
    public boolean hasInterest(Destination to, String queue) {
        return output.hasInterest(to, queue);
    }

    @Override
    public void consumed(Consumer by, long sequence) {
        stream.consumed(sequence);
    }

    @Override
    public boolean hasRoom(long own) {
        return environment.objects().hasRoom(own);
    }

    @Override
    public void memory(long difference) {
        environment.objects().add(difference);
    }

    @Override
    public void delivers(String subject) {
        environment.deliverSubjects().add(subject, stream);
    }

    @Override
    public void deliversNoMore(String subject) {
        environment.deliverSubjects().remove(subject, stream);
    }

    @Override
    public void publish(ConsumerEvent event) {
        if (event instanceof ConsumerEvent.MaxDeliveries last)
            stream.reports().maxDeliveries(last);
        String subject = environment.events().subject(stream.name(), event);
        if (output.hasInterest(subject))
            output.publish(subject, environment.events().json(stream.name(), event));
    }

    @Override
    public void stalled(Consumer consumer) {
        stream.reports().stalled(consumer);
    }

    @Override
    public void expire(Consumer consumer) {
        stream.remove(consumer);
        environment.events().expired(stream.name(), consumer.config().name());
    }
}
