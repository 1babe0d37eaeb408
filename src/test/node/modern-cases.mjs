// What gnatsd 1.0 did not have: headers, no responders, permissions with errors that name the queue, lame ducks.

import assert from "node:assert/strict";
import { inspect } from "node:util";
import { gather, nextStatus, numbers, settle, take, text } from "./watching.mjs";

export const modernCases = {
  async headersArriveWithTheirMessage({ connect, client }) {
    const [publisher, subscriber] = [await connect(), await connect()];
    const sub = subscriber.subscribe("news");
    await settle(subscriber);
    const headers = client.headers();
    headers.append("Key", "one");
    headers.append("Key", "two");
    headers.set("Other", "with: colon");
    publisher.publish("news", "with", { headers, reply: "re.ply" });
    publisher.publish("news", undefined, { headers });
    publisher.publish("news", "without");
    const [first, second, third] = await take(sub, 3);
    assert.equal(text(first), "with");
    assert.equal(first.reply, "re.ply");
    assert.deepEqual(first.headers.values("Key"), ["one", "two"]);
    assert.equal(first.headers.get("Other"), "with: colon");
    assert.equal(second.data.length, 0);
    assert.equal(second.headers.get("Other"), "with: colon");
    assert.equal(text(third), "without");
    assert.ok(!third.headers);
  },

  async requestsAndTheirRepliesCarryHeaders({ connect, client }) {
    const [asking, answering] = [await connect(), await connect()];
    answering.subscribe("service", {
      queue: "instances",
      callback: (_, m) => {
        const headers = client.headers();
        headers.set("Echo", m.headers.get("Call"));
        m.respond(m.data, { headers });
      },
    });
    await settle(answering);
    for (const call of numbers(100)) {
      const headers = client.headers();
      headers.set("Call", call);
      const reply = await asking.request("service", call, { headers, timeout: 10_000 });
      assert.equal(text(reply), call);
      assert.equal(reply.headers.get("Echo"), call);
    }
  },

  async oneRequestMayHaveManyAnswers({ connect, client }) {
    const asking = await connect();
    const names = ["a", "b", "c"];
    for (const name of names) {
      const answering = await connect();
      answering.subscribe("who", { callback: (_, m) => m.respond(name) });
      await settle(answering);
    }
    const ask = async (options) => {
      const answers = [];
      for await (const m of await asking.requestMany("who", "", { maxWait: 10_000, ...options })) answers.push(text(m));
      return answers.sort();
    };
    assert.deepEqual(await ask({ strategy: "count", maxMessages: 3 }), names);
    const start = performance.now();
    assert.deepEqual(await ask(client.untilSilence), names);
    assert.ok(performance.now() - start < 9_000, "it waited for as long as it may");
  },

  async requestsThatNobodyCanAnswerFailAtOnce({ connect, client }) {
    const nc = await connect();
    for (const options of [{ timeout: 600_000 }, { timeout: 600_000, noMux: true }]) {
      const error = await nc.request("nobody", "", options).then(() => assert.fail("an answer"), (e) => e);
      assert.ok(client.isNoResponders(error), `${error}`);
    }
  },

  async whatIsNotPermittedIsReportedAndTheRestWorks({ connect, options, skip }) {
    if (!options.restricted) skip("needs a server with a user who may not do everything");
    const nc = await connect({ servers: options.restricted, user: "joe", pass: "secret" });
    const publishing = nextStatus(nc, "error");
    nc.publish("private.news", "x");
    assert.match(inspect(await publishing, { depth: 5 }), /private\.news/);
    for (const queue of [undefined, "workers"]) {
      const refused = new Promise((resolve) => {
        nc.subscribe("private.jobs", { queue, callback: (error) => resolve(error) });
      });
      assert.match(`${await refused}`, /permissions.violation/i);
    }
    const { texts } = gather(nc, "public.news");
    nc.publish("public.news", "y");
    await settle(nc);
    assert.deepEqual(texts, ["y"]);
  },

  async aKeyLogsInOverTls({ connect, client, options, skip }) {
    if (!options.secure) skip("needs a server with TLS and a user with a key");
    const servers = options.secure, tls = { caFile: options.ca };
    const authenticator = client.nkeyAuthenticator(Buffer.from(options.seed));
    const nc = await connect({ servers, tls, authenticator });
    const { texts } = gather(nc, "news");
    nc.publish("news", "over TLS");
    await settle(nc);
    assert.deepEqual(texts, ["over TLS"]);
    await assert.rejects(connect({ servers, tls, reconnect: false }), /authorization.violation/i);
    await assert.rejects(connect({ servers, authenticator, reconnect: false }), /certificate/i);
  },

  async aLameDuckIsAnnouncedAndItsClientsMoveOn({ connect, options, skip }) {
    if (!options.leaving) skip("nobody would retire the server");
    const nc = await connect({
      servers: [options.leaving, options.url],
      noRandomize: true,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 20,
      reconnectJitter: 0,
    });
    const { texts } = gather(nc, "news");
    await settle(nc);
    const told = nextStatus(nc, "ldm"), back = nextStatus(nc, "reconnect");
    console.log("lame duck");
    await told;
    await back;
    assert.ok(options.url.endsWith(nc.getServer()), nc.getServer());
    nc.publish("news", "from the other server");
    await settle(nc);
    assert.deepEqual(texts, ["from the other server"]);
  },
};
