// What a JetStream client for Node must find at a server: streams and consumers.

import assert from "node:assert/strict";
import { isSince210, numbers, settle, take, text } from "./watching.mjs";

const MEMORY = { storage: "memory" };

/** Makes a stream that takes `NAME.>`, and what its cases need. */
async function stream(nc, client, name, config = {}) {
  const jsm = await client.jetstreamManager(nc), js = client.jetstream(nc);
  await jsm.streams.add({ name, subjects: [`${name}.>`], ...MEMORY, ...config });
  const publish = (texts) => Promise.all(texts.map((t, i) => js.publish(`${name}.${i % 10}`, t)));
  return { jsm, js, publish };
}

async function rejection(promise) {
  return await promise.then((value) => assert.fail(`no error but ${JSON.stringify(value)}`), (error) => error);
}

/** The consumer's state when no message of it waits for an acknowledgement any more: those are not answered. */
async function settled(jsm, stream, name) {
  for (;;) {
    const info = await jsm.consumers.info(stream, name);
    if (info.num_ack_pending === 0) return info;
  }
}

async function all(messages, each = (m) => m.ack()) {
  const seen = [];
  for await (const m of messages) {
    seen.push(text(m));
    each(m);
  }
  return seen;
}

/** Takes from a consumer until `count` messages came, and stops it. */
async function consume(consumer, count, each = (m) => m.ack(), options = {}) {
  const messages = await consumer.consume(options), seen = [];
  for await (const m of messages) {
    seen.push(text(m));
    await each(m);
    if (seen.length === count) break;
  }
  messages.stop();
  return seen;
}

// What each is given: see runner.mjs.
export const jetStreamCases = {
  async publishesAreAcknowledged({ connect, client }) {
    const nc = await connect();
    const { js } = await stream(nc, client, "acks");
    for (let i = 1; i <= 10; i++) {
      const ack = await js.publish("acks.x", `${i}`, { msgID: `id ${i}` });
      assert.deepEqual([ack.stream, ack.seq, ack.duplicate ?? false], ["acks", i, false]);
    }
    const again = await js.publish("acks.x", "again", { msgID: "id 7" });
    assert.deepEqual([again.seq, again.duplicate], [7, true]);
    const many = await Promise.all(numbers(1000).map((m) => js.publish("acks.many", m)));
    assert.deepEqual(many.map((ack) => ack.seq), numbers(1000).map((_, i) => 11 + i));
  },

  async whatAPublisherExpectsIsChecked({ connect, client }) {
    const nc = await connect();
    const { js } = await stream(nc, client, "expect");
    await js.publish("expect.a", "1", { msgID: "one", expect: { lastSequence: 0 } });
    await js.publish("expect.b", "2", { expect: { lastMsgID: "one", streamName: "expect" } });
    await js.publish("expect.a", "3", { expect: { lastSubjectSequence: 1 } });
    const refused = async (expect) => client.apiCode(await rejection(js.publish("expect.a", "no", { expect })));
    assert.equal(await refused({ lastSequence: 2 }), 10071);
    assert.equal(await refused({ lastSubjectSequence: 1 }), 10071);
    assert.equal(await refused({ lastMsgID: "one" }), 10070);
    assert.equal(await refused({ streamName: "another" }), 10060);
    assert.equal((await js.publish("expect.a", "4")).seq, 4);
  },

  async aPullConsumerFetchesWhatItAsksFor({ connect, client }) {
    const nc = await connect();
    const { jsm, js, publish } = await stream(nc, client, "pull");
    const sent = numbers(50);
    await publish(sent);
    await jsm.consumers.add("pull", { durable_name: "d", ack_policy: "explicit" });
    const consumer = await js.consumers.get("pull", "d");
    assert.deepEqual(await all(await consumer.fetch({ max_messages: 20 })), sent.slice(0, 20));
    await settled(jsm, "pull", "d");
    assert.equal(text(await consumer.next()), sent[20]);
    const info = await consumer.info();
    assert.deepEqual([info.num_pending, info.num_ack_pending, info.delivered.stream_seq], [29, 1, 21]);
    // There are fewer than it asks for: it ends when its time is up.
    assert.deepEqual(await all(await consumer.fetch({ max_messages: 100, expires: 1000 })), sent.slice(21));
    assert.equal(await consumer.next({ expires: 1000 }), null);
  },

  async aFetchByBytesStopsBeforeThem({ connect, client }) {
    const nc = await connect();
    const { jsm, js } = await stream(nc, client, "bytes");
    for (let i = 0; i < 10; i++) await js.publish("bytes.x", Buffer.alloc(1000));
    await jsm.consumers.add("bytes", { durable_name: "d", ack_policy: "explicit" });
    const consumer = await js.consumers.get("bytes", "d");
    const seen = [];
    // Version 3 makes an error of the status that ends it.
    await consumer.fetch({ max_bytes: 3500, expires: 2000 }).then((messages) => all(messages, (m) => {
      seen.push(m.seq);
      m.ack();
    })).catch((error) => assert.match(error.message, /message size exceeds maxbytes/i));
    assert.deepEqual(seen, [1, 2, 3]);
    assert.equal((await all(await consumer.fetch({ max_messages: 7 }))).length, 7);
  },

  async consumingDeliversWhatIsStoredAndWhatComesLater({ connect, client }) {
    const [nc, other] = [await connect(), await connect()];
    const { jsm, js, publish } = await stream(nc, client, "consume");
    const before = numbers(500), later = numbers(600).slice(500);
    await publish(before);
    await jsm.consumers.add("consume", { durable_name: "d", ack_policy: "explicit" });
    const consumed = consume(await js.consumers.get("consume", "d"), 600, (m) => m.ack(), { max_messages: 64 });
    for (const t of later) await client.jetstream(other).publish("consume.later", t);
    assert.deepEqual(await consumed, [...before, ...later]);
    const info = await settled(jsm, "consume", "d");
    assert.deepEqual([info.num_pending, info.ack_floor.stream_seq], [0, 600]);
  },

  async everyKindOfAnswerToAMessage({ connect, client }) {
    const nc = await connect();
    const { jsm, js, publish } = await stream(nc, client, "kinds");
    await publish(["ack", "nak", "later", "term", "working", "ackAck"]);
    await jsm.consumers.add("kinds", { durable_name: "d", ack_policy: "explicit" });
    const counts = {}, start = {};
    await consume(await js.consumers.get("kinds", "d"), 8, async (m) => {
      const kind = text(m);
      counts[kind] = m.info.deliveryCount;
      assert.equal(m.redelivered, counts[kind] > 1);
      start[kind] ??= performance.now();
      if (kind === "term") m.term(isSince210(nc) ? "unreadable" : "");
      else if (kind === "working") {
        m.working();
        m.ack();
      } else if (kind === "ackAck") assert.ok(await m.ackAck());
      else if (kind === "nak" && counts.nak === 1) m.nak();
      else if (kind === "later" && counts.later === 1) m.nak(300);
      else {
        if (kind === "later") assert.ok(performance.now() - start.later >= 290, "too early");
        m.ack();
      }
    });
    assert.deepEqual(counts, { ack: 1, nak: 2, later: 2, term: 1, working: 1, ackAck: 1 });
    assert.equal((await settled(jsm, "kinds", "d")).num_pending, 0);
  },

  async anOrderedConsumerSeesEverythingInOrder({ connect, client }) {
    const nc = await connect();
    const { jsm, js, publish } = await stream(nc, client, "ordered");
    const sent = numbers(300);
    await publish(sent);
    const consumer = await js.consumers.get("ordered");
    assert.deepEqual(await all(await consumer.fetch({ max_messages: 100 }), () => { }), sent.slice(0, 100));
    // Someone deletes the consumer: the client makes another, and goes on behind what it has seen.
    const seen = await consume(await js.consumers.get("ordered"), 300, async (m) => {
      if (m.seq === 150)
        for await (const info of jsm.consumers.list("ordered")) await jsm.consumers.delete("ordered", info.name);
    }, { max_messages: 50, idle_heartbeat: 1000, expires: 5000 });
    assert.deepEqual(seen, sent);
  },

  async anOrderedConsumerHasSeveralFilters({ connect, client, skip }) {
    const nc = await connect();
    if (!isSince210(nc)) skip("needs a server with several filters");
    const { js, publish } = await stream(nc, client, "filters");
    const sent = numbers(100);
    await publish(sent);
    const wanted = sent.filter((_, i) => i % 10 === 3 || i % 10 === 7);
    const filtered = await js.consumers.get("filters", {
      filterSubjects: ["filters.3", "filters.7"],
      filter_subjects: ["filters.3", "filters.7"],
    });
    assert.deepEqual(await consume(filtered, wanted.length, () => { }), wanted);
  },

  async aPushConsumerWithFlowControlLosesNothing({ connect, client, skip }) {
    const nc = await connect();
    const { jsm, js } = await stream(nc, client, "push");
    if (!js.consumers.getPushConsumer) skip("this version has no push consumers of this kind");
    const payload = Buffer.alloc(50_000, 1), count = 200;
    await Promise.all(numbers(count).map(() => js.publish("push.x", payload)));
    await jsm.consumers.add("push", {
      durable_name: "p",
      deliver_subject: "deliver.here",
      ack_policy: "explicit",
      flow_control: true,
      idle_heartbeat: client.nanos(1000),
    });
    const consumer = await js.consumers.getPushConsumer("push", "p");
    const messages = await consumer.consume(), sequences = [];
    for await (const m of messages) {
      assert.equal(m.data.length, payload.length);
      sequences.push(m.seq);
      m.ack();
      if (sequences.length === count) break;
    }
    assert.deepEqual(sequences, numbers(count).map((_, i) => i + 1));
    assert.equal((await settled(jsm, "push", "p")).num_pending, 0);
  },

  async aQueueGroupSharesAPushConsumer({ connect, client }) {
    const nc = await connect();
    const { jsm, publish } = await stream(nc, client, "group");
    const workers = [await connect(), await connect()].map((worker) => {
      const texts = [];
      worker.subscribe("deliver.group", {
        queue: "workers",
        callback: (_, m) => {
          texts.push(text(m));
          m.respond();
        },
      });
      return { worker, texts };
    });
    await settle(...workers.map((w) => w.worker));
    await jsm.consumers.add("group", {
      durable_name: "g",
      deliver_subject: "deliver.group",
      deliver_group: "workers",
      ack_policy: "explicit",
    });
    const sent = numbers(400);
    await publish(sent);
    const info = async () => await jsm.consumers.info("group", "g");
    for (let i = await info(); i.num_pending + i.num_ack_pending > 0; i = await info());
    for (const { texts } of workers) assert.ok(texts.length > 50, `one got ${texts.length}`);
    assert.deepEqual(workers.flatMap((w) => w.texts).sort(), [...sent].sort());
  },

  async aNewClientGoesOnWithTheDurableOfOneThatClosed({ connect, client }) {
    const [publisher, first] = [await connect(), await connect()];
    const { jsm, publish } = await stream(publisher, client, "resume");
    const sent = numbers(200);
    await publish(sent);
    await jsm.consumers.add("resume", { durable_name: "d", ack_policy: "explicit", ack_wait: client.nanos(1500) });
    const acked = new Set();
    const messages = await (await client.jetstream(first).consumers.get("resume", "d")).consume({ max_messages: 100 });
    for await (const m of messages) {
      // One in seven is left without an answer.
      if (m.seq % 7 === 0) continue;
      assert.ok(await m.ackAck());
      acked.add(text(m));
      if (acked.size === 60) break;
    }
    await first.close();
    const second = await connect(), seen = new Set();
    const others = await (await client.jetstream(second).consumers.get("resume", "d")).consume();
    for await (const m of others) {
      assert.ok(!acked.has(text(m)), `${text(m)} was acknowledged`);
      m.ack();
      if (seen.add(text(m)).size === 200 - acked.size) break;
    }
    others.stop();
    const info = await settled(jsm, "resume", "d");
    assert.deepEqual([info.num_pending, info.ack_floor.stream_seq], [0, 200]);
  },

  async consumersGoOnWhenTheConnectionComesBack({ connect, client }) {
    const quick = { reconnectTimeWait: 20, reconnectJitter: 0, maxReconnectAttempts: -1 };
    const [publisher, nc] = [await connect(), await connect(quick)];
    const { jsm, js } = await stream(publisher, client, "back");
    await jsm.consumers.add("back", { durable_name: "d", ack_policy: "explicit", ack_wait: client.nanos(2000) });
    const durable = await client.jetstream(nc).consumers.get("back", "d");
    const ordered = await client.jetstream(nc).consumers.get("back");
    const options = { idle_heartbeat: 1000, expires: 5000 };
    const ofDurable = new Set();
    const taken = [
      (async () => {
        for await (const m of await durable.consume(options)) {
          m.ack();
          ofDurable.add(text(m));
          if (ofDurable.size === 300) return [...ofDurable].sort();
        }
      })(),
      consume(ordered, 300, () => { }, options),
    ];
    const sent = numbers(300);
    for (const part of [0, 100, 200]) {
      await Promise.all(sent.slice(part, part + 50).map((t) => js.publish("back.x", t)));
      await nc.reconnect();
      await Promise.all(sent.slice(part + 50, part + 100).map((t) => js.publish("back.x", t)));
    }
    assert.deepEqual(await taken[0], [...sent].sort());
    assert.deepEqual(await taken[1], sent);
  },

  async messagesAreReadAndDeletedBySequenceAndSubject({ connect, client }) {
    const nc = await connect();
    const { jsm, js } = await stream(nc, client, "get", { allow_direct: true });
    const headers = client.headers();
    headers.set("Key", "value");
    await js.publish("get.a", "first", { headers });
    await js.publish("get.b", "second");
    await js.publish("get.a", "third");
    for (const api of [jsm.streams, jsm.direct]) {
      const first = await api.getMessage("get", { seq: 1 });
      assert.deepEqual([first.subject, first.seq, text(first)], ["get.a", 1, "first"]);
      assert.equal(first.header.get("Key"), "value");
      assert.ok(Math.abs(first.time.getTime() - Date.now()) < 600_000, `${first.time}`);
      assert.equal(text(await api.getMessage("get", { last_by_subj: "get.a" })), "third");
      const next = await api.getMessage("get", { seq: 2, next_by_subj: "get.a" });
      assert.deepEqual([next.seq, text(next)], [3, "third"]);
    }
    assert.ok(await jsm.streams.deleteMessage("get", 2));
    const info = await jsm.streams.info("get", { deleted_details: true, subjects_filter: ">" });
    assert.deepEqual([info.state.messages, info.state.deleted, info.state.subjects], [2, [2], { "get.a": 2 }]);
    assert.equal((await jsm.streams.purge("get", { filter: "get.a", keep: 1 })).purged, 1);
    assert.equal((await jsm.streams.purge("get")).purged, 1);
    assert.equal((await jsm.streams.info("get")).state.messages, 0);
  },

  async streamsAndConsumersAreListedChangedAndDeleted({ connect, client }) {
    const nc = await connect();
    const { jsm } = await stream(nc, client, "managed");
    const gather = async (lister) => {
      const items = [];
      for await (const item of lister) items.push(item);
      return items;
    };
    // A page has 256 of them.
    const consumers = Array.from({ length: 300 }, (_, i) => `c${String(i).padStart(3, "0")}`);
    const add = (name) => jsm.consumers.add("managed", { durable_name: name, ack_policy: "explicit" });
    await Promise.all(consumers.map(add));
    assert.deepEqual((await gather(jsm.consumers.list("managed"))).map((i) => i.name).sort(), consumers);
    assert.ok((await gather(jsm.streams.names())).includes("managed"));
    assert.deepEqual(await gather(jsm.streams.names("managed.x")), ["managed"]);
    assert.equal(await jsm.streams.find("managed.x"), "managed");
    const metadata = isSince210(nc) ? { metadata: { owner: "me" } } : {};
    const changed = await jsm.streams.update("managed", { max_msgs: 5, ...metadata });
    assert.deepEqual([changed.config.max_msgs, changed.config.metadata], [5, metadata.metadata]);
    const more = await jsm.consumers.update("managed", "c000", { max_ack_pending: 7, description: "seven" });
    assert.deepEqual([more.config.max_ack_pending, more.config.description], [7, "seven"]);
    assert.ok(await jsm.consumers.delete("managed", "c000"));
    assert.equal(client.apiCode(await rejection(jsm.consumers.info("managed", "c000"))), 10014);
    const overlapping = jsm.streams.add({ name: "overlapping", subjects: ["managed.a"], ...MEMORY });
    assert.equal(client.apiCode(await rejection(overlapping)), 10065);
    assert.ok(await jsm.streams.delete("managed"));
    assert.equal(client.apiCode(await rejection(jsm.streams.info("managed"))), 10059);
    assert.ok((await jsm.getAccountInfo()).api.total > 300);
  },

  async aWorkQueueForgetsWhatIsAcknowledged({ connect, client }) {
    const nc = await connect();
    const { jsm, js, publish } = await stream(nc, client, "work", { retention: "workqueue" });
    await publish(numbers(10));
    await jsm.consumers.add("work", { durable_name: "d", ack_policy: "explicit" });
    await consume(await js.consumers.get("work", "d"), 10, (m) => m.ackAck());
    assert.equal((await jsm.streams.info("work")).state.messages, 0);
    const second = jsm.consumers.add("work", { durable_name: "e", ack_policy: "explicit" });
    assert.equal(client.apiCode(await rejection(second)), 10099);
  },

  async advisoriesTellOfMessagesThatWereDeliveredInVain({ connect, client }) {
    const nc = await connect();
    const { jsm, js, publish } = await stream(nc, client, "vain");
    const sub = nc.subscribe("$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.vain.d");
    await publish(["x"]);
    await jsm.consumers.add("vain", {
      durable_name: "d",
      ack_policy: "explicit",
      max_deliver: 2,
      ack_wait: client.nanos(200),
    });
    const consumer = await js.consumers.get("vain", "d");
    assert.equal(text(await consumer.next()), "x");
    assert.equal(text(await consumer.next()), "x");
    const waiting = consumer.next({ expires: 2000 });
    const [advisory] = (await take(sub, 1)).map((m) => JSON.parse(text(m)));
    assert.deepEqual([advisory.stream_seq, advisory.deliveries], [1, 2]);
    assert.equal(await waiting, null);
  },

  async aServerWithoutJetStreamSaysSo({ connect, client, options, skip }) {
    if (!options.plain) skip("needs a server without JetStream");
    const nc = await connect({ servers: options.plain });
    const error = await rejection(Promise.resolve(client.jetstreamManager(nc)));
    assert.ok(client.isNotEnabled(error), `${error}`);
  },
};
