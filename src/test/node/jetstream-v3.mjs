// The cases of JetStream with npm's `@nats-io/jetstream`, `@nats-io/kv` and `@nats-io/obj`, version 3.

import nats from "@nats-io/transport-node";
import js from "@nats-io/jetstream";
import { Kvm } from "@nats-io/kv";
import { Objm } from "@nats-io/obj";
import { jetStreamCases } from "./jetstream-cases.mjs";
import { keyValueCases } from "./kv-cases.mjs";
import { objectStoreCases } from "./obj-cases.mjs";
import { run } from "./runner.mjs";

await run({ ...jetStreamCases, ...keyValueCases, ...objectStoreCases }, {
  connect: nats.connect,
  headers: nats.headers,
  nanos: nats.nanos,
  jetstream: js.jetstream,
  jetstreamManager: js.jetstreamManager,
  createBucket: (nc, name, options) => new Kvm(nc).create(name, options),
  openBucket: (nc, name) => new Kvm(nc).open(name),
  createStore: (nc, name, options) => new Objm(nc).create(name, options),
  openStore: (nc, name) => new Objm(nc).open(name),
  apiCode: (error) => error.code,
  isNotEnabled: (error) => error.name === "JetStreamNotEnabled",
});
