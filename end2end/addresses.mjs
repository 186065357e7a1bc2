// Where the end-to-end tests' servers listen: on free ports, so that two runs, or whatever else runs, are not in the way.
// Latchkey is `localhost`; the certified provider is `127.0.0.1`, another site to a browser, so that the way back crosses
// sites as it does in life (SameSite, Fetch Metadata).

import { createServer } from "node:net";

// Playwright reads this in several processes, and starts the servers as more: the first one chooses, the others inherit.
const ports = (process.env.LATCHKEY_TEST_PORTS ??= (await freePorts(6)).join(" ")).split(" ").map(Number);

const [latchkeyPort, sandboxPort, smtpPort, certifiedPort, ...detourPorts] = ports;

export const latchkey = { origin: `http://localhost:${latchkeyPort}`, listen: `127.0.0.1:${latchkeyPort}` };

export const sandbox = {
  origin: `http://localhost:${sandboxPort}`,
  listen: `127.0.0.1:${sandboxPort}`,
  smtp: `127.0.0.1:${smtpPort}`,
};

export const certified = {
  issuer: `http://127.0.0.1:${certifiedPort}`,
  host: "127.0.0.1",
  port: certifiedPort,
  clientId: "latchkey",
  clientSecret: "a-secret-for-the-end-to-end-tests-only",
  redirectUri: `${latchkey.origin}/auth/callback/certified`,
};

// Where the certified provider's authorization endpoint leads on through, before anybody sees a page: other origins, as those
// of providers are that have one front for every country or company.
export const detours = detourPorts.map((port) => ({ origin: `http://127.0.0.1:${port}`, host: "127.0.0.1", port }));

/**
 * Ports that nobody listens on, all different: each is held until the last is found. Below those that the system gives to
 * outgoing connections, one of which could take it before our server does.
 */
export async function freePorts(count) {
  const servers = [];
  while (servers.length < count) {
    const server = createServer();
    const listening = new Promise((settled) => server.once("listening", () => settled(true)).once("error", () => settled(false)));
    server.listen(20_000 + Math.floor(Math.random() * 12_000), "127.0.0.1");
    if (await listening) servers.push(server);
  }
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  return ports;
}
