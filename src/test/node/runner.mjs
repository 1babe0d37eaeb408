// Runs the cases of a script with a client:
//
//   node nats-v2.mjs nats://127.0.0.1:4222 [--restart] [--full=nats://127.0.0.1:4223] [--last-words]
//
// prints one line per case, `ok NAME`, `failed NAME: why` or `skipped NAME: why`, then `end`; its exit code is 0 if
// nothing failed.
//
// --restart     whoever reads the output restarts the server, on the same port, when a line `restart` comes
// --full        a second server, which takes a single connection
// --restricted  one whose user joe, password secret, has nothing to do with private.>
// --leaving     one that whoever reads the output puts into lame duck mode when a line `lame duck` comes
// --plain       one without JetStream
// --last-words  an error text has to arrive even though the server closes behind it; nats-server is less careful

// Each case gets: connect(options), whose connections are closed for it; the options of the command line; the client; and
// skip(why), which ends it.

export const PATIENCE_MILLIS = 40_000;

class Skipped extends Error {}

function commandLine() {
  const [url, ...flags] = process.argv.slice(2);
  const value = (name) => flags.find((flag) => flag.startsWith(`--${name}=`))?.slice(name.length + 3);
  return {
    url,
    restart: flags.includes("--restart"),
    lastWords: flags.includes("--last-words"),
    full: value("full"),
    restricted: value("restricted"),
    leaving: value("leaving"),
    secure: value("secure"),
    plain: value("plain"),
    ca: value("ca"),
    seed: value("seed"),
  };
}

async function runCase(name, body, client, options) {
  const connections = [];
  const context = {
    client,
    options,
    skip: (why) => {
      throw new Skipped(why);
    },
    connect: async (more = {}) => {
      const nc = await client.connect({ servers: options.url, name, timeout: PATIENCE_MILLIS, ...more });
      connections.push(nc);
      return nc;
    },
  };
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${PATIENCE_MILLIS} ms`)), PATIENCE_MILLIS);
  });
  try {
    await Promise.race([body(context), late]);
    console.log(`ok ${name}`);
    return true;
  } catch (e) {
    const why = `${e.message}`.replace(/\s+/g, " ").slice(0, 500);
    console.log(`${e instanceof Skipped ? "skipped" : "failed"} ${name}: ${why}`);
    return e instanceof Skipped;
  } finally {
    clearTimeout(timer);
    await Promise.all(connections.map((nc) => nc.close()));
  }
}

/**
 * Runs every case with a client, given as connect, headers, the options of requestMany that end it after a silence
 * (untilSilence), nkeyAuthenticator, and what tells its errors: isTimeout, isNoResponders.
 */
export async function run(cases, client) {
  const options = commandLine();
  let good = true;
  for (const [name, body] of Object.entries(cases)) good = (await runCase(name, body, client, options)) && good;
  console.log("end");
  process.exitCode = good ? 0 : 1;
}
