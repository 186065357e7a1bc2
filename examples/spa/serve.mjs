// Serves this folder on loopback. Node's own modules only.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";

const PORT = Number(process.env.PORT ?? 3020);
const API = process.env.LATCHKEY_URL ?? "http://localhost:3000";
const PROVIDER = process.env.PROVIDER_URL ?? "http://localhost:3010/google";
const FILES = {
  "/": ["index.html", "text/html; charset=utf-8"],
  "/app.js": ["app.js", "text/javascript; charset=utf-8"],
  "/app.css": ["app.css", "text/css; charset=utf-8"],
};
const origin = (address) => new URL(address).origin;
const HEADERS = {
  "content-security-policy":
    `default-src 'none'; script-src 'self'; style-src 'self'; img-src data: https: ${origin(PROVIDER)}; ` +
    `connect-src 'self' ${origin(API)} ${origin(PROVIDER)}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
};

createServer(async (request, response) => {
  const { pathname } = new URL(request.url, "http://localhost");
  if (request.method !== "GET" && request.method !== "HEAD") return response.writeHead(405, HEADERS).end();
  if (pathname === "/config.json") {
    response.writeHead(200, { ...HEADERS, "content-type": "application/json" });
    return response.end(JSON.stringify({ api: API, provider: PROVIDER, client_id: "sandbox-google-spa" }));
  }
  const file = FILES[pathname];
  if (!file) return response.writeHead(404, HEADERS).end("Not found");
  const body = await readFile(new URL(file[0], import.meta.url));
  response.writeHead(200, { ...HEADERS, "content-type": file[1] }).end(body);
}).listen(PORT, "localhost", () => console.log(`http://localhost:${PORT}`));
