// A client of npm's `nats` that answers requests on a subject, and goes to another server when its server is gone.
// Arguments: the subject, the addresses of the servers. Ends with its standard input.

import nats from "nats";

const [subject, ...servers] = process.argv.slice(2);
process.stdin.on("end", () => process.exit(0)).resume();
const connection = await nats.connect({
  servers, maxReconnectAttempts: -1, reconnectTimeWait: 50, waitOnFirstConnect: true, ignoreClusterUpdates: true,
});
const requests = connection.subscribe(subject);
console.log("ready");
for await (const request of requests)
  request.respond(request.data);
