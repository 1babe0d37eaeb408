// The cases with npm's `@nats-io/transport-node`, version 3.

import nats from "@nats-io/transport-node";
import { cases } from "./cases.mjs";
import { run } from "./runner.mjs";

await run(cases, {
  connect: nats.connect,
  headers: nats.headers,
  nkeyAuthenticator: nats.nkeyAuthenticator,
  untilSilence: { strategy: "stall", stall: 500 },
  isTimeout: (error) => error instanceof nats.TimeoutError,
  isNoResponders: (error) => error instanceof nats.NoRespondersError || error.cause instanceof nats.NoRespondersError,
});
