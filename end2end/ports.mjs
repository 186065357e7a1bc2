// Free ports, so that several runs on one machine do not collide.

import { createServer } from "node:net";

/**
 * Distinct free ports: each stays bound until the last one is found. They are below the ephemeral range; otherwise an
 * outgoing connection could take one before its server starts.
 */
export async function freePorts(count) {
  const servers = [];
  while (servers.length < count) {
    const server = createServer();
    const bound = new Promise((resolve) => server.once("listening", () => resolve(true)).once("error", () => resolve(false)));
    server.listen(20_000 + Math.floor(Math.random() * 12_000), "127.0.0.1");
    if (await bound) servers.push(server);
  }
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
