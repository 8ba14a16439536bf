// Runs the scenarios of dynamics-web-api against an emulator and reports each as one JSON line.
//
// node runner.mjs list                       names only
// node runner.mjs run CLIENTS URL            CLIENTS is the folder that holds node_modules
//
// It speaks to the emulator at URL and to nothing else.
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

import { registered } from "./scenario.mjs";
import { Tenant } from "./tenant.mjs";

const folder = join(import.meta.dirname, "scenarios");
for (const file of readdirSync(folder).sort()) {
  await import(join(folder, file));
}

function report(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

// Inside a batch the client's calls reject on their own; a scenario answers for those as well.
let stray;
process.on("unhandledRejection", (error) => {
  stray = error;
});

async function outcome(steps) {
  stray = undefined;
  await steps();
  await new Promise(setImmediate);
  if (stray !== undefined) throw stray;
}

async function run(clients, url) {
  const { DynamicsWebApi } = createRequire(join(clients, "package.json"))("dynamics-web-api");
  const connect = (options = {}) =>
    new DynamicsWebApi({
      serverUrl: url,
      dataApi: { version: "9.2" },
      onTokenRefresh: async () => "conformance",
      ...options,
    });
  const tenant = await Tenant.at(url);
  for (const { name, steps } of registered) {
    await tenant.restore();
    try {
      await outcome(() => steps({ api: connect(), connect, tenant }));
      report({ name, passed: true });
    } catch (error) {
      report({ name, passed: false, why: String(error?.stack ?? JSON.stringify(error)) });
    }
  }
}

const [command, ...rest] = process.argv.slice(2);
if (command === "list") {
  registered.forEach(({ name }) => report({ name }));
} else {
  await run(...rest);
}
