// The cases with `wsconnect` of npm's `@nats-io/nats-core`, version 3: what a browser loads.

import { WebSocket } from "ws";
import nats from "@nats-io/nats-core";
import { cases } from "./cases.mjs";
import { run } from "./runner.mjs";

// Node has one of its own from version 22 on.
globalThis.WebSocket ??= WebSocket;

await run(cases, {
  connect: nats.wsconnect,
  headers: nats.headers,
  untilSilence: { strategy: "stall", stall: 500 },
  isTimeout: (error) => error instanceof nats.TimeoutError,
  isNoResponders: (error) => error instanceof nats.NoRespondersError || error.cause instanceof nats.NoRespondersError,
});
