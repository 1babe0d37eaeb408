// How the cases send, and see what arrives.

export const text = (message) => Buffer.from(message.data).toString("utf8");

/** The first `count` messages that a subscription gets. */
export async function take(sub, count) {
  const taken = [];
  for await (const message of sub) {
    taken.push(message);
    if (taken.length === count) break;
  }
  return taken;
}

/** Subscribes, and gathers the texts of what arrives. */
export function gather(nc, subject, options = {}) {
  const texts = [];
  const sub = nc.subscribe(subject, {
    ...options,
    callback: (error, message) => texts.push(error ? `error: ${error.message}` : text(message)),
  });
  return { texts, sub };
}

/** Until all that was sent on these connections has been dealt with, and what came of it for them is here. */
export async function settle(...connections) {
  for (const nc of connections) await nc.flush();
}

export function numbers(count) {
  return Array.from({ length: count }, (_, i) => `message ${i}`);
}

/** The next status event of a type. */
export async function nextStatus(nc, type) {
  for await (const status of nc.status()) if (status.type === type) return status;
  throw new Error(`closed before ${type}`);
}

/** Whether the server has what came with release 2.10 of nats-server. */
export function isSince210(nc) {
  const [major, minor] = nc.info.version.split(".").map(Number);
  return major > 2 || major === 2 && minor >= 10;
}
