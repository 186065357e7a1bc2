// Starts examples/nginx unchanged: a real nginx on a free port, its own Latchkey, and a service that echoes its request
// headers, all in a temporary folder.

import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { freePorts } from "./ports.mjs";
import { providerVariables, startLatchkey, stopProcess, waitFor } from "./processes.mjs";
import { sandbox } from "./servers.mjs";

const example = resolve(import.meta.dirname, "../examples/nginx");

/** Starts everything. `variables` are added to Latchkey's environment. */
export async function startBehindNginx(variables = {}) {
  const [front, back] = await freePorts(2);
  const origin = `http://localhost:${front}`;
  const service = await startService();
  const settings = {
    BASE_URL: origin,
    LISTEN_ADDR: `127.0.0.1:${back}`,
    TRUSTED_PROXIES: "127.0.0.1",
    RATE_LIMITS: "off",
    SMTP_URL: `smtp://${sandbox.smtp}`,
    MAIL_FROM: "Latchkey <no-reply@localhost>",
  };
  const latchkey = startLatchkey("serve", { ...(await providerVariables()), ...settings, ...variables }, `behind-nginx-${front}`);
  const folder = mkdtempSync(join(tmpdir(), "latchkey-nginx-"));
  cpSync(join(example, "site"), join(folder, "site"), { recursive: true });
  writeFileSync(join(folder, "nginx.conf"), nginxConf(front, back, service.address().port));
  const processes = [latchkey];
  const stop = async () => {
    service.close();
    await Promise.all(processes.map(stopProcess));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await waitFor(`http://127.0.0.1:${back}/healthz`, latchkey);
    const options = ["-p", folder, "-c", "nginx.conf", "-g", "daemon off;"];
    const nginx = spawn(nginxPath(), options, { stdio: ["ignore", "inherit", "inherit"] });
    processes.unshift(nginx);
    await waitFor(`${origin}/healthz`, nginx);
  } catch (error) {
    await stop();
    throw error;
  }
  return { origin, stop };
}

/** The example's configuration with the ports of this run. Throws when a line to change is missing. */
function nginxConf(front, back, service) {
  let text = readFileSync(join(example, "nginx.conf"), "utf8");
  const replace = (from, to) => {
    if (!text.includes(from)) throw new Error(`examples/nginx/nginx.conf has no line with ${from}`);
    text = text.replace(from, to);
  };
  replace("server 127.0.0.1:3000;", `server 127.0.0.1:${back};`);
  replace("listen 127.0.0.1:8080;", `listen 127.0.0.1:${front};`);
  replace("http://127.0.0.1:9000/;", `http://127.0.0.1:${service}/;`);
  // As root, nginx would run its workers as another user.
  return process.getuid?.() === 0 ? `user root;\n${text}` : text;
}

/** Starts a service that responds with the headers of the request. */
async function startService() {
  const server = createServer((request, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(request.headers));
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return server;
}

function nginxPath() {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin"];
  const found = folders.map((folder) => join(folder, "nginx")).find((path) => existsSync(path));
  if (!found) throw new Error("nginx is missing: scripts/setup test");
  return found;
}
