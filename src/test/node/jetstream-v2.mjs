// The cases of JetStream with npm's `nats`, version 2.

import nats from "nats";
import { jetStreamCases } from "./jetstream-cases.mjs";
import { keyValueCases } from "./kv-cases.mjs";
import { objectStoreCases } from "./obj-cases.mjs";
import { run } from "./runner.mjs";

await run({ ...jetStreamCases, ...keyValueCases, ...objectStoreCases }, {
  connect: nats.connect,
  headers: nats.headers,
  nanos: nats.nanos,
  jetstream: (nc) => nc.jetstream(),
  jetstreamManager: (nc) => nc.jetstreamManager(),
  createBucket: (nc, name, options) => nc.jetstream().views.kv(name, options),
  openBucket: (nc, name) => nc.jetstream().views.kv(name, { bindOnly: true }),
  createStore: (nc, name, options) => nc.jetstream().views.os(name, options),
  openStore: (nc, name) => nc.jetstream().views.os(name),
  apiCode: (error) => error.api_error.err_code,
  isNotEnabled: (error) => error.code === nats.ErrorCode.JetStreamNotEnabled || error.code === nats.ErrorCode.NoResponders,
});
