// Starts examples/spa unchanged on a free port, with its own Latchkey that allows the app's origin (CORS).

import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { freePorts } from "./ports.mjs";
import { providerVariables, startLatchkey, stopProcess, waitFor } from "./processes.mjs";
import { sandbox } from "./servers.mjs";

const serve = resolve(import.meta.dirname, "../examples/spa/serve.mjs");

export async function startSpa() {
  const [front, back] = await freePorts(2);
  const [spa, latchkey] = [front, back].map((port) => `http://localhost:${port}`);
  const settings = {
    BASE_URL: latchkey,
    LISTEN_ADDR: `127.0.0.1:${back}`,
    CORS_ORIGINS: spa,
    RATE_LIMITS: "off",
    SMTP_URL: `smtp://${sandbox.smtp}`,
    MAIL_FROM: "Latchkey <no-reply@localhost>",
  };
  const environment = { ...process.env, PORT: front, LATCHKEY_URL: latchkey, PROVIDER_URL: `${sandbox.origin}/google` };
  const processes = [
    startLatchkey("serve", { ...(await providerVariables()), ...settings }, `spa-${front}`),
    spawn(process.execPath, [serve], { env: environment, stdio: ["ignore", "ignore", "inherit"] }),
  ];
  const stop = () => Promise.all(processes.map(stopProcess));
  try {
    await waitFor(`${latchkey}/healthz`, processes[0]);
    await waitFor(spa, processes[1]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { origin: spa, latchkey, stop };
}
