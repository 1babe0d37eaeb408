// The cases with npm's `nats`, version 2.

import nats from "nats";
import { cases } from "./cases.mjs";
import { run } from "./runner.mjs";

await run(cases, {
  connect: nats.connect,
  headers: nats.headers,
  nkeyAuthenticator: nats.nkeyAuthenticator,
  untilSilence: { strategy: "jitterTimer", jitter: 500 },
  isTimeout: (error) => error.code === nats.ErrorCode.Timeout,
  isNoResponders: (error) => error.code === nats.ErrorCode.NoResponders,
});
