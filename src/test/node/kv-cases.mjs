// What a client for Node must find at a server: key-value buckets.

import assert from "node:assert/strict";
import { isSince210, numbers } from "./watching.mjs";

async function rejection(promise) {
  return await promise.then((value) => assert.fail(`no error but ${JSON.stringify(value)}`), (error) => error);
}

const MEMORY = { storage: "memory" };

async function gather(items) {
  const gathered = [];
  for await (const item of items) gathered.push(item);
  return gathered;
}

const line = (e) => `${e.operation} ${e.key} ${e.string()}`;

/** The first `count` changes that a watch sees. */
async function changes(watch, count) {
  const lines = [];
  for await (const entry of watch) {
    lines.push(line(entry));
    if (lines.length === count) break;
  }
  return lines;
}

// What each is given: see runner.mjs.
export const keyValueCases = {
  async aBucketKeepsTheLastValueOfAKey({ connect, client }) {
    const nc = await connect();
    const kv = await client.createBucket(nc, "values", MEMORY);
    assert.equal(await kv.get("absent"), null);
    assert.equal(await kv.put("k", "one"), 1);
    assert.equal(await kv.put("k", "two"), 2);
    const entry = await kv.get("k");
    assert.deepEqual([entry.string(), entry.revision, entry.operation, entry.bucket], ["two", 2, "PUT", "values"]);
    await kv.put("empty", "");
    assert.equal((await kv.get("empty")).value.length, 0);
    await kv.delete("k");
    assert.equal((await kv.get("k")).operation, "DEL");
    assert.deepEqual(await gather(await kv.keys()), ["empty"]);
    await kv.put("k", "three");
    await kv.purge("k");
    assert.equal((await kv.get("k")).operation, "PURGE");
    assert.equal(await kv.get("k", { revision: 5 }), null);
    const status = await kv.status();
    assert.deepEqual([status.bucket, status.history, status.values], ["values", 1, 2]);
    assert.ok(await kv.destroy());
  },

  async aRevisionDecidesWhoMayWrite({ connect, client }) {
    const nc = await connect();
    const kv = await client.createBucket(nc, "revisions", MEMORY);
    const revision = await kv.create("k", "mine");
    assert.equal(client.apiCode(await rejection(kv.create("k", "yours"))), 10071);
    const next = await kv.update("k", "again", revision);
    assert.equal(client.apiCode(await rejection(kv.update("k", "late", revision))), 10071);
    assert.equal(client.apiCode(await rejection(kv.delete("k", { previousSeq: revision }))), 10071);
    await kv.delete("k", { previousSeq: next });
    // A deleted key can be created again.
    await kv.create("k", "new");
    await kv.purge("k");
    await kv.create("k", "newer");
    assert.equal((await kv.get("k")).string(), "newer");
    // Of many who create a key at once, one succeeds.
    const many = await Promise.allSettled(numbers(50).map((m) => kv.create("race", m)));
    assert.equal(many.filter((r) => r.status === "fulfilled").length, 1);
  },

  async aBucketKeepsTheHistoryOfAKey({ connect, client }) {
    const nc = await connect();
    const kv = await client.createBucket(nc, "history", { history: 3, ...MEMORY });
    for (const v of ["1", "2", "3", "4"]) await kv.put("a.b", v);
    await kv.put("c", "5");
    await kv.delete("a.b");
    const history = async (key) => (await gather(await kv.history({ key }))).map(line);
    assert.deepEqual(await history("a.b"), ["PUT a.b 3", "PUT a.b 4", "DEL a.b "]);
    assert.deepEqual(await history(">"), ["PUT a.b 3", "PUT a.b 4", "PUT c 5", "DEL a.b "]);
    assert.deepEqual(await history("nothing"), []);
    assert.equal((await kv.get("a.b", { revision: 3 })).string(), "3");
    assert.equal(await kv.get("a.b", { revision: 1 }), null);
    await kv.purge("a.b");
    assert.deepEqual(await history("a.b"), ["PURGE a.b "]);
    assert.equal((await kv.purgeDeletes(-1)).purged, 1);
    assert.deepEqual(await history(">"), ["PUT c 5"]);
  },

  async manyKeysAreListedWithFilters({ connect, client }) {
    const nc = await connect();
    const kv = await client.createBucket(nc, "keys", MEMORY);
    const keys = Array.from({ length: 1500 }, (_, i) => `${i % 3 ? "a" : "b"}.${i}`);
    await Promise.all(keys.map((key) => kv.put(key, key)));
    assert.deepEqual((await gather(await kv.keys())).sort(), [...keys].sort());
    assert.equal((await gather(await kv.keys("b.*"))).length, 500);
    if (isSince210(nc)) assert.equal((await gather(await kv.keys(["a.1", "b.*"]))).length, 501);
  },

  async aWatchSeesEveryChange({ connect, client }) {
    const [nc, other] = [await connect(), await connect()];
    const kv = await client.createBucket(nc, "watched", { history: 5, ...MEMORY });
    await kv.put("a", "1");
    await kv.put("a", "2");
    await kv.put("b", "3");
    const last = changes(await kv.watch(), 5);
    const only = changes(await kv.watch({ include: "updates" }), 3);
    const every = changes(await kv.watch({ include: "history", key: "a" }), 4);
    const present = changes(await kv.watch({ ignoreDeletes: true }), 3);
    const bucket = await client.openBucket(other, "watched");
    await bucket.delete("a");
    await bucket.put("c", "4");
    await bucket.purge("a");
    assert.deepEqual(await last, ["PUT a 2", "PUT b 3", "DEL a ", "PUT c 4", "PURGE a "]);
    assert.deepEqual(await only, ["DEL a ", "PUT c 4", "PURGE a "]);
    assert.deepEqual(await every, ["PUT a 1", "PUT a 2", "DEL a ", "PURGE a "]);
    assert.deepEqual(await present, ["PUT a 2", "PUT b 3", "PUT c 4"]);
  },

  async aWatchGoesOnOverReconnectsAndFromARevision({ connect, client }) {
    const quick = { reconnectTimeWait: 20, reconnectJitter: 0, maxReconnectAttempts: -1 };
    const [writer, nc] = [await connect(), await connect(quick)];
    const kv = await client.createBucket(writer, "resumed", { history: 64, ...MEMORY });
    const seen = changes(await (await client.openBucket(nc, "resumed")).watch(), 60);
    const expected = [];
    for (let i = 1; i <= 60; i++) {
      await kv.put("k", `${i}`);
      expected.push(`PUT k ${i}`);
      if (i % 20 === 10) await nc.reconnect();
    }
    assert.deepEqual(await seen, expected);
    // Another client takes the watch up where the first one was.
    const third = await client.openBucket(await connect(), "resumed");
    const rest = await third.watch({ resumeFromRevision: 41 });
    assert.deepEqual(await changes(rest, 20), expected.slice(40));
  },

  async valuesExpire({ connect, client }) {
    const nc = await connect();
    const kv = await client.createBucket(nc, "expiring", { ttl: 500, ...MEMORY });
    await kv.put("k", "soon gone");
    assert.equal((await kv.get("k")).string(), "soon gone");
    while ((await kv.get("k")) !== null);
    assert.equal((await kv.status()).values, 0);
  },

  async aBucketRefusesWhatIsTooLarge({ connect, client }) {
    const nc = await connect();
    const kv = await client.createBucket(nc, "small", { maxValueSize: 100, max_bytes: 1000, ...MEMORY });
    assert.equal(client.apiCode(await rejection(kv.put("k", Buffer.alloc(101)))), 10054);
    const full = await Promise.allSettled(numbers(20).map((m, i) => kv.put(`key${i}`, Buffer.alloc(100))));
    assert.ok(full.some((r) => r.status === "rejected" && client.apiCode(r.reason) === 10077));
    assert.ok((await kv.status()).values > 3);
  },
};
