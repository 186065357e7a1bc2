// Generates clients from the OpenAPI document of a development build, compiles them, and lets each sign a user in.
// `node run.mjs FOLDER`: the folder with the generators, which scripts/interop-generators installs.

import { execFile } from "node:child_process";
import { copyFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { googleIdToken } from "../google_id_token.mjs";
import { providerVariables, startLatchkey, stopProcess, waitFor } from "../processes.mjs";
import { latchkey, sandbox } from "../servers.mjs";

const folder = resolve(process.argv[2]);
const program = (name) => join(folder, "node_modules/.bin", name);
const python = (name) => join(folder, "python/bin", name);
const processes = [];

/** The clients in TypeScript: the generator's command, and the module here that calls what it generates. */
const inTypeScript = {
  openapi_typescript: [program("openapi-typescript"), "openapi.json", "-o", "openapi_typescript/schema.d.ts"],
  hey_api: [program("openapi-ts"), "-i", "openapi.json", "-o", "hey_api", "-c", "@hey-api/client-fetch"],
  orval: [program("orval"), "--config", "orval.config.mjs"],
};

try {
  const variables = await startServers();
  writeFileSync(join(folder, "openapi.json"), await (await fetch(`${latchkey.origin}/api/openapi.json`)).text());
  await generateTypeScript();
  await generatePython();
  for (const name of Object.keys(inTypeScript)) await call(`${name}.ts`, process.execPath, `calls/${name}.mjs`, variables);
  await call("python_client.py", python("python"), "python_client.py", variables);
} finally {
  await Promise.all(processes.map(stopProcess));
}

async function startServers() {
  const run = async (command, url, settings) => {
    const child = startLatchkey(command, settings, `generators-${command}`);
    processes.push(child);
    await waitFor(url, child);
  };
  const { origin, listen, smtp } = sandbox;
  await run("sandbox", `${origin}/control/variables`, { SANDBOX_ADDR: listen, SANDBOX_SMTP_ADDR: smtp });
  const variables = await providerVariables();
  const settings = { ...variables, BASE_URL: latchkey.origin, LISTEN_ADDR: latchkey.listen };
  await run("serve", `${latchkey.origin}/readyz`, settings);
  return variables;
}

async function generateTypeScript() {
  const output = { target: "orval/client.ts", client: "fetch", baseUrl: { getBaseUrlFromSpecification: true } };
  const config = { latchkey: { input: "openapi.json", output } };
  writeFileSync(join(folder, "orval.config.mjs"), `export default ${JSON.stringify(config)};\n`);
  const names = Object.keys(inTypeScript);
  for (const [name, command] of Object.entries(inTypeScript)) {
    await run(...command);
    copyFileSync(join(import.meta.dirname, `${name}.ts`), join(folder, `${name}.ts`));
  }
  const compilerOptions = { strict: true, noEmit: true, target: "es2022", module: "esnext", moduleResolution: "bundler" };
  Object.assign(compilerOptions, { lib: ["es2022", "dom", "dom.iterable"], types: [] });
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: names.map((name) => `${name}.ts`) }));
  await run(program("tsc"), "--project", "tsconfig.json");
  const bundle = ["--bundle", "--platform=node", "--format=esm", "--out-extension:.js=.mjs", "--outdir=calls"];
  await run(program("esbuild"), ...bundle, "--log-level=warning", ...names.map((name) => `${name}.ts`));
}

async function generatePython() {
  await run(python("openapi-python-client"), "generate", "--path", "openapi.json", "--output-path", "latchkey_client", "--meta", "none");
  copyFileSync(join(import.meta.dirname, "python_client.py"), join(folder, "python_client.py"));
  await run(python("python"), "-m", "compileall", "-q", "latchkey_client");
  await run(python("mypy"), "--no-error-summary", "latchkey_client", "python_client.py");
}

/** Runs a module with a fresh id_token. It exits with 0 if all of its calls were answered as it expects. */
async function call(name, command, module, variables) {
  const { nonce, nonce_token: nonceToken } = await (await fetch(`${latchkey.origin}/api/auth/nonce`)).json();
  await run(command, module, latchkey.origin, await googleIdToken(variables, nonce), nonceToken);
  console.log(`ok    ${name}`);
}

/** Not the synchronous variant: idle connections to the servers would break unnoticed. */
async function run(command, ...parameters) {
  const running = promisify(execFile)(command, parameters, { cwd: folder });
  await running.catch(({ stdout, stderr }) => {
    throw new Error(`${command} ${parameters[0]}: ${stdout}${stderr}`);
  });
}
