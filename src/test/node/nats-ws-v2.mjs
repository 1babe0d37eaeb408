// The cases with npm's `nats.ws`, the browser's companion of `nats` version 2.

import { WebSocket } from "ws";
import * as nats from "nats.ws";
import { cases } from "./cases.mjs";
import { run } from "./runner.mjs";

// Node has one of its own from version 22 on.
globalThis.WebSocket ??= WebSocket;

await run(cases, {
  connect: nats.connect,
  headers: nats.headers,
  untilSilence: { strategy: "jitterTimer", jitter: 500 },
  isTimeout: (error) => error.code === nats.ErrorCode.Timeout,
  isNoResponders: (error) => error.code === nats.ErrorCode.NoResponders,
});
