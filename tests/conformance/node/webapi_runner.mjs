// Runs the scenarios of dataverse-webapi against an emulator and reports each as one JSON line.
//
// node webapi_runner.mjs list                names only
// node webapi_runner.mjs run CLIENTS URL     CLIENTS is the folder that holds node_modules
//
// The client knows an address by its host alone and speaks TLS on port 443. Where the emulator
// listens on another port, Node's own agent is told so; the client is as it was installed.
import { readdirSync } from "node:fs";
import https from "node:https";
import { createRequire } from "node:module";
import { join } from "node:path";

import { registered } from "./scenario.mjs";
import { Tenant } from "./tenant.mjs";

const folder = join(import.meta.dirname, "webapi_scenarios");
for (const file of readdirSync(folder).sort()) {
  await import(join(folder, file));
}

function report(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function run(clients, url) {
  // The package exports its files to `import` only, and they are no modules that can be imported.
  const file = join(clients, "node_modules", "dataverse-webapi", "lib", "node.js");
  const client = createRequire(import.meta.url)(file);
  const { hostname, port } = new URL(url);
  https.globalAgent.defaultPort = Number(port);
  const config = () => {
    const made = new client.WebApiConfig("9.2", "conformance", `https://${hostname}`);
    made.url = `https://${hostname}/api/data/v9.2`; // it makes one slash of the first two
    return made;
  };
  const tenant = await Tenant.at(url);
  for (const { name, steps } of registered) {
    await tenant.restore();
    try {
      await steps({ api: client, config, tenant });
      report({ name, passed: true });
    } catch (error) {
      report({ name, passed: false, why: String(error?.stack ?? JSON.stringify(error)) });
    }
  }
  https.globalAgent.destroy();
}

const [command, ...rest] = process.argv.slice(2);
if (command === "list") {
  registered.forEach(({ name }) => report({ name }));
} else {
  await run(...rest);
}
