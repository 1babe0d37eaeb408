// What a NATS client for Node must find at a server, whatever the version of the client.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { modernCases } from "./modern-cases.mjs";
import { PATIENCE_MILLIS } from "./runner.mjs";
import { gather, nextStatus, numbers, settle, take, text } from "./watching.mjs";

/** Rejects if the connection doesn't end, and returns the error that it ended with. */
async function closedWith(nc) {
  const error = await nc.closed();
  assert.ok(error, "closed without an error");
  return error;
}

// What each is given: see runner.mjs.
export const cases = {
  async aMessageArrivesWithItsSubjectReplyAndPayload({ connect }) {
    const [publisher, subscriber] = [await connect(), await connect()];
    const sub = subscriber.subscribe("news.sports");
    await settle(subscriber);
    publisher.publish("news.sports", "two to one, ünïcode", { reply: "news.replies" });
    publisher.publish("news.weather", "rain");
    publisher.publish("news.sports");
    const [first, second] = await take(sub, 2);
    assert.equal(first.subject, "news.sports");
    assert.equal(first.reply, "news.replies");
    assert.equal(text(first), "two to one, ünïcode");
    assert.ok(!second.reply);
    assert.equal(second.data.length, 0);
  },

  async wildcardsMatchOneTokenOrTheRest({ connect }) {
    const nc = await connect();
    const star = gather(nc, "a.*.c"), rest = gather(nc, "a.>"), all = gather(nc, ">"), one = gather(nc, "*");
    const subjects = ["a", "a.b", "a.b.c", "a.x.c", "a.b.c.d", "b.b.c"];
    for (const subject of subjects) nc.publish(subject, subject);
    await settle(nc);
    assert.deepEqual(star.texts, ["a.b.c", "a.x.c"]);
    assert.deepEqual(rest.texts, ["a.b", "a.b.c", "a.x.c", "a.b.c.d"]);
    assert.deepEqual(all.texts, subjects);
    assert.deepEqual(one.texts, ["a"]);
  },

  async aQueueGroupSharesMessagesAndGetsEachOnce({ connect }) {
    const [publisher, a, b] = [await connect(), await connect(), await connect()];
    const workers = [a, a, b, b].map((nc) => gather(nc, "jobs", { queue: "workers" }));
    const auditor = gather(a, "jobs", { queue: "auditors" }), plain = gather(b, "jobs");
    await settle(a, b);
    const sent = numbers(1000);
    for (const job of sent) publisher.publish("jobs", job);
    await settle(publisher, a, b);
    // Even shares would be 250; fewer than 100 has a probability below 10^-27.
    for (const worker of workers) assert.ok(worker.texts.length > 100, `one got ${worker.texts.length}`);
    assert.deepEqual(workers.flatMap((worker) => worker.texts).sort(), [...sent].sort());
    assert.deepEqual(auditor.texts, sent);
    assert.deepEqual(plain.texts, sent);
  },

  async requestsGetTheirOwnReplies({ connect }) {
    const [asking, answering] = [await connect(), await connect()];
    answering.subscribe("service", { queue: "instances", callback: (_, m) => m.respond(`re: ${text(m)}`) });
    await settle(answering);
    const replies = await Promise.all(numbers(500).map((q) => asking.request("service", q, { timeout: 10_000 })));
    assert.deepEqual(replies.map(text), numbers(500).map((q) => `re: ${q}`));
    const alone = await asking.request("service", "alone", { timeout: 10_000, noMux: true });
    assert.equal(text(alone), "re: alone");
  },

  async aRequestThatNobodyAnswersFails({ connect, client }) {
    const nc = await connect();
    const error = await nc.request("nobody", "", { timeout: 100 }).then(() => assert.fail("an answer"), (e) => e);
    assert.ok(nc.info.headers ? client.isNoResponders(error) : client.isTimeout(error), `${error}`);
  },

  async aHundredThousandMessagesArriveInOrder({ connect }) {
    const count = 100_000;
    const [publisher, subscriber] = [await connect(), await connect()];
    const sub = subscriber.subscribe("numbers");
    await settle(subscriber);
    const taken = take(sub, count);
    for (let i = 0; i < count; i++) {
      publisher.publish("numbers", `${i}:${"x".repeat(i % 100)}`);
      // Lets the client write now and then.
      if (i % 5000 === 4999) await publisher.flush();
    }
    (await taken).forEach((message, i) => assert.equal(text(message), `${i}:${"x".repeat(i % 100)}`));
  },

  async drainingASubscriptionDeliversAllThatCameBefore({ connect }) {
    const [publisher, subscriber] = [await connect(), await connect()];
    const { texts, sub } = gather(subscriber, "news");
    await settle(subscriber);
    const sent = numbers(1000);
    for (const message of sent) publisher.publish("news", message);
    await settle(publisher);
    await sub.drain();
    publisher.publish("news", "too late");
    await settle(publisher, subscriber);
    assert.deepEqual(texts, sent);
    assert.ok(sub.isClosed());
  },

  async drainingAConnectionLosesNothing({ connect }) {
    const [draining, other] = [await connect(), await connect()];
    const into = gather(draining, "in"), out = gather(other, "out");
    await settle(draining, other);
    const sent = numbers(1000);
    for (const message of sent) other.publish("in", message);
    await settle(other);
    for (const message of sent) draining.publish("out", message);
    await draining.drain();
    assert.ok(draining.isClosed());
    await settle(other);
    assert.deepEqual(into.texts, sent);
    assert.deepEqual(out.texts, sent);
  },

  async aSubscriptionEndsAfterItsMaximum({ connect }) {
    const [publisher, subscriber] = [await connect(), await connect()];
    const five = gather(subscriber, "news", { max: 5 }), later = gather(subscriber, "news");
    const all = gather(subscriber, "news"), gone = gather(subscriber, "news");
    gone.sub.unsubscribe();
    await settle(subscriber);
    for (const message of numbers(3)) publisher.publish("news", message);
    await settle(publisher, subscriber);
    later.sub.unsubscribe(4);
    await settle(subscriber);
    for (const message of numbers(7)) publisher.publish("news", message);
    await settle(publisher, subscriber);
    assert.equal(five.texts.length, 5);
    assert.ok(five.sub.isClosed());
    assert.equal(later.texts.length, 4);
    assert.equal(all.texts.length, 10);
    assert.equal(gone.texts.length, 0);
  },

  async binaryPayloadsArriveUnharmed({ connect }) {
    const [publisher, subscriber] = [await connect(), await connect()];
    const sub = subscriber.subscribe("binary");
    await settle(subscriber);
    const sizes = [0, 1, 2, 255, 256, 4095, 4096, 65_535, 65_536, 131_073, publisher.info.max_payload];
    const sent = sizes.map((size) => Buffer.alloc(size).map((_, i) => (i * 31 + (i >> 8)) & 0xff));
    sent.push(Buffer.from("\r\nMSG binary 1 2\r\nPING\r\n-ERR\r\n"));
    for (const data of sent) publisher.publish("binary", data);
    const hash = (data) => createHash("sha256").update(data).digest("hex");
    assert.deepEqual((await take(sub, sent.length)).map((m) => hash(m.data)), sent.map(hash));
  },

  async aClientThatWantsNoEchoHearsOnlyOthers({ connect }) {
    const [silent, other] = [await connect({ noEcho: true }), await connect()];
    const own = gather(silent, "news"), others = gather(other, "news");
    await settle(silent, other);
    silent.publish("news", "mine");
    await settle(silent);
    other.publish("news", "yours");
    await settle(other, silent);
    assert.deepEqual(own.texts, ["yours"]);
    assert.deepEqual(others.texts, ["mine", "yours"]);
  },

  async aVerboseAndPedanticClientIsServedLikeAnyOther({ connect }) {
    const nc = await connect({ verbose: true, pedantic: true });
    const { texts } = gather(nc, "news");
    for (const message of numbers(100)) nc.publish("news", message);
    await settle(nc);
    assert.deepEqual(texts, numbers(100));
  },

  async pingsComeBack({ connect }) {
    const nc = await connect();
    for (let i = 0; i < 100; i++) await nc.flush();
    assert.ok((await nc.rtt()) < PATIENCE_MILLIS);
  },

  async whatTheServerSaysOfItselfIsUnderstood({ connect }) {
    const [one, two] = [await connect(), await connect()];
    assert.match(one.info.version, /^\d+\.\d+\.\d+$/);
    assert.equal(one.info.max_payload, 1024 * 1024);
    assert.equal(one.info.client_ip, "127.0.0.1");
    assert.notEqual(one.info.client_id, two.info.client_id);
    assert.ok(!one.info.auth_required && !one.info.tls_required && !one.info.tls_available);
  },

  async theClientRefusesWhatIsLargerThanInfoAllows({ connect }) {
    const nc = await connect();
    assert.throws(() => nc.publish("large", Buffer.alloc(nc.info.max_payload + 1)), /max_?payload/i);
    await settle(nc);
  },

  async anErrorThatTheConnectionSurvivesIsAnEvent({ connect }) {
    const nc = await connect({ pedantic: true });
    const error = nextStatus(nc, "error");
    nc.publish("news.*", "x");
    await error;
    const { texts } = gather(nc, "news.good");
    nc.publish("news.good", "y");
    await settle(nc);
    assert.deepEqual(texts, ["y"]);
  },

  async anErrorThatEndsTheConnectionIsTheReasonOfItsClosing({ connect, options }) {
    const nc = await connect({ reconnect: false });
    nc.subscribe("long.".repeat(2000) + "subject");
    const { message } = await closedWith(nc);
    if (options.lastWords) assert.match(message, /maximum control line exceeded/i);
  },

  async oneConnectionTooManyIsToldSo({ connect, options, skip }) {
    if (!options.full) skip("needs a server that takes a single connection");
    await connect({ servers: options.full });
    const { message } = await connect({ servers: options.full, reconnect: false }).then(() => assert.fail(), (e) => e);
    if (options.lastWords) assert.match(message, /maximum connections exceeded/i);
  },

  async subscriptionsAreBackAfterTheServerWasRestarted({ connect, options, skip }) {
    if (!options.restart) skip("nobody would restart the server");
    const patient = { maxReconnectAttempts: -1, reconnectTimeWait: 20, reconnectJitter: 0 };
    const [subscriber, publisher] = [await connect(patient), await connect(patient)];
    const seen = ["news", "*"].map((subject) => gather(subscriber, subject));
    seen.push(gather(subscriber, "news", { queue: "readers" }));
    await settle(subscriber);
    publisher.publish("news", "before");
    await settle(publisher, subscriber);
    const back = [subscriber, publisher].map((nc) => nextStatus(nc, "reconnect"));
    const away = nextStatus(subscriber, "disconnect");
    console.log("restart");
    await away;
    await Promise.all(back);
    await settle(subscriber);
    publisher.publish("news", "after");
    await settle(publisher, subscriber);
    for (const { texts } of seen) assert.deepEqual(texts, ["before", "after"]);
  },

  ...modernCases,
};
