// The addresses of the servers: free ports, so that runs do not collide. Latchkey is `localhost`; the certified provider
// is `127.0.0.1`, another site to a browser, so that the redirect back is cross-site as in production (SameSite, Fetch
// Metadata).

import { createServer } from "node:net";

// Playwright loads this in several processes: the first one chooses the ports, and the others inherit them.
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

// Origins through which the certified provider's authorization endpoint redirects before its first page, as providers
// with one front per country or company do.
export const detours = detourPorts.map((port) => ({ origin: `http://127.0.0.1:${port}`, host: "127.0.0.1", port }));

/**
 * Distinct free ports: each is held until the last is found. They are below the ephemeral range, since an outgoing
 * connection could otherwise take one before our server does.
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
