// What a NATS client for Node must find at servers with TLS.
//
//   node tls.mjs nats|@nats-io/transport-node --open=HOST:PORT --verify=HOST:PORT --first=HOST:PORT --certs=FOLDER
//
// prints what cases.mjs does.
//
// --open    a server with TLS
// --verify  one that asks for a client's certificate
// --first   one where TLS comes before INFO

import assert from "node:assert/strict";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { text } from "./watching.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: Object.fromEntries(["open", "verify", "first", "certs"].map((name) => [name, { type: "string" }])),
});
const client = await import(positionals[0]);
const file = (name) => join(values.certs, name);
const trust = { caFile: file("ca.pem") };
const known = { ...trust, certFile: file("client-cert.pem"), keyFile: file("client-key.pem") };

/** A request with its answer, and a message that takes many TLS records. */
async function talk(servers, tls) {
  const nc = await client.connect({ servers, tls, reconnect: false, timeout: 5000 });
  nc.subscribe("echo", { callback: (error, message) => message.respond(message.data) });
  assert.equal(text(await nc.request("echo", "hello")), "hello");
  const large = new Uint8Array(900_000).map((_, i) => i);
  assert.deepEqual((await nc.request("echo", large, { timeout: 5000 })).data, large);
  await nc.close();
}

const cases = {
  aClientThatTrustsTheServerTalks: () => talk(values.open, trust),
  aClientWithACertificateTalks: () => talk(values.verify, known),
  aClientWithoutACertificateIsRefusedWhereOneIsAskedFor: () => assert.rejects(talk(values.verify, trust)),
  aClientThatDoesNotTrustTheServerGoesAway: () => assert.rejects(talk(values.open, { caFile: file("wrong-ca.pem") })),
  aClientThatBeginsWithTlsTalksWhereTheServerDoes: () => talk(values.first, { ...trust, handshakeFirst: true }),
};

for (const [name, run] of Object.entries(cases)) {
  try {
    await run();
    console.log(`ok ${name}`);
  } catch (error) {
    console.log(`failed ${name}: ${String(error.stack).replaceAll("\n", " | ")}`);
  }
}
console.log("end");
process.exit();
