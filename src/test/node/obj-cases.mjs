// What a client for Node must find at a server: object stores.

import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";

const MEMORY = { storage: "memory" };

function streamOf(data) {
  return new ReadableStream({
    start(controller) {
      for (let at = 0; at < data.length; at += 50_000) controller.enqueue(data.subarray(at, at + 50_000));
      controller.close();
    },
  });
}

async function read(result) {
  const chunks = [];
  for await (const chunk of result.data) chunks.push(chunk);
  assert.ok(!(await result.error));
  return Buffer.concat(chunks);
}

async function rejection(promise) {
  return await promise.then((value) => assert.fail(`no error but ${JSON.stringify(value)}`), (error) => error);
}

const names = (infos) => infos.map((info) => info.name).sort();

// What each is given: see runner.mjs.
export const objectStoreCases = {
  async objectsComeBackAsTheyWerePut({ connect, client }) {
    const [nc, other] = [await connect(), await connect()];
    const store = await client.createStore(nc, "objects", { description: "of all sizes", ...MEMORY });
    for (const size of [0, 1, 128 * 1024, 128 * 1024 + 1, 3_000_000]) {
      const data = randomBytes(size);
      const info = await store.put({ name: `of ${size}` }, streamOf(data));
      assert.deepEqual([info.size, info.chunks], [size, Math.ceil(size / (128 * 1024))]);
      const digest = createHash("sha256").update(data).digest("base64url");
      assert.equal(info.digest.replaceAll("=", ""), `SHA-256=${digest}`.replaceAll("=", ""));
      const again = await (await client.openStore(other, "objects")).get(`of ${size}`);
      assert.ok(data.equals(await read(again)), `${size} bytes are other ones`);
    }
    assert.equal((await store.list()).length, 5);
    const status = await store.status();
    assert.deepEqual([status.bucket, status.description, status.sealed], ["objects", "of all sizes", false]);
    assert.ok(status.size > 3_000_000);
    assert.equal(await store.get("absent"), null);
    assert.ok(await store.destroy());
  },

  async anObjectIsReplacedRenamedAndDeleted({ connect, client }) {
    const nc = await connect();
    const store = await client.createStore(nc, "changes", MEMORY);
    await store.putBlob({ name: "a", options: { max_chunk_size: 1000 } }, randomBytes(100_000));
    const first = (await store.status()).size;
    await store.putBlob({ name: "a" }, Buffer.from("short"));
    assert.ok((await store.status()).size < first / 10, "the old chunks are still there");
    await store.update("a", { name: "b", description: "renamed" });
    assert.deepEqual(names(await store.list()), ["b"]);
    const info = await store.info("b");
    assert.deepEqual([info.description, info.size], ["renamed", 5]);
    await store.link("link", info);
    assert.equal(Buffer.from(await store.getBlob("link")).toString(), "short");
    await store.delete("link");
    await store.delete("b");
    assert.equal(await store.get("b"), null);
    assert.ok((await store.info("b")).deleted);
    assert.deepEqual(names(await store.list()), []);
  },

  async aWatchSeesObjectsComeAndGo({ connect, client }) {
    const [nc, other] = [await connect(), await connect()];
    const store = await client.createStore(nc, "watched", MEMORY);
    await store.putBlob({ name: "before" }, Buffer.from("1"));
    const seen = (async () => {
      const lines = [];
      // Between what is there and what comes stands a null.
      for await (const info of await store.watch({ includeHistory: true })) {
        if (info) lines.push(`${info.name} ${info.deleted ? "deleted" : info.size}`);
        if (lines.length === 4) return lines;
      }
    })();
    await nc.flush();
    const writer = await client.openStore(other, "watched");
    await writer.putBlob({ name: "after" }, Buffer.from("22"));
    await writer.putBlob({ name: "last" }, Buffer.from("333"));
    await writer.delete("before");
    const lines = await seen;
    assert.deepEqual(lines, ["before 1", "after 2", "last 3", "before deleted"]);
  },

  async aSealedStoreTakesNothingMore({ connect, client }) {
    const nc = await connect();
    const store = await client.createStore(nc, "sealed", MEMORY);
    await store.putBlob({ name: "kept" }, Buffer.from("kept"));
    assert.ok((await store.seal()).sealed);
    assert.equal(client.apiCode(await rejection(store.putBlob({ name: "more" }, Buffer.from("x")))), 10109);
    assert.equal(Buffer.from(await store.getBlob("kept")).toString(), "kept");
  },
};
