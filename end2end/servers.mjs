// The servers of the tests and their origins. Latchkey's host is `localhost` and the certified provider's `127.0.0.1`, so
// that the browser treats them as two sites and the redirect back is cross-site, as in production (SameSite, Fetch
// Metadata).

import { freePorts } from "./ports.mjs";

// Playwright loads this module in several processes: the first one chooses the ports, and the others inherit them.
const ports = (process.env.LATCHKEY_TEST_PORTS ??= (await freePorts(6)).join(" ")).split(" ").map(Number);

const [latchkeyPort, sandboxPort, smtpPort, certifiedPort, ...hopPorts] = ports;

export const latchkey = { origin: `http://localhost:${latchkeyPort}`, listen: `127.0.0.1:${latchkeyPort}` };

/** The person whose account is an administrator's. */
export const adminEmail = "e2e-admin@gmail.com";

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

// The certified provider redirects authorization requests through these origins before its first page, as providers with
// one host per country or company do.
export const hops = hopPorts.map((port) => ({ origin: `http://127.0.0.1:${port}`, host: "127.0.0.1", port }));
