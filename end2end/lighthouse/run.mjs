// Lighthouse on the login page, the dashboard and the settings of the production build, with the sandbox of a development
// build: 100 in every category. A browser without a cache downloads at most 65 kB for the login page.
// `scripts/interop-lighthouse` starts it.
//
//   node lighthouse/run.mjs FOLDER   the folder where lighthouse is installed

import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { browserPath } from "../browser.mjs";
import { Visitor, send } from "../interop/visitor.mjs";
import { providerVariables, startLatchkey, stopProcess, waitFor } from "../processes.mjs";
import { latchkey, sandbox } from "../servers.mjs";

const MAX_LOGIN_BYTES = 65_000;
const pages = ["/login", "/dashboard", "/settings"];

const require = createRequire(join(process.argv[2], "package.json"));
const load = async (name) => (await import(pathToFileURL(require.resolve(name)))).default;
const [lighthouse, puppeteer] = [await load("lighthouse"), await load("puppeteer-core")];
const logs = join(import.meta.dirname, "../logs");
mkdirSync(logs, { recursive: true });

const failures = [];

/** Runs Lighthouse on a page, as on a phone. */
async function run(browser, path, cookies) {
  const page = await browser.newPage();
  for (const [name, value] of cookies) await page.setCookie({ name, value, url: latchkey.origin });
  const { lhr } = await lighthouse(latchkey.origin + path, { disableStorageReset: true, logLevel: "error" }, undefined, page);
  await page.close();
  return lhr;
}

/** Compares the scores of a page: the best of up to three runs, since a busy machine slows a page down. Returns its audits. */
async function rate(browser, path, cookies) {
  let lhr;
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const again = await run(browser, path, cookies);
    if (!lhr || total(again) > total(lhr)) lhr = again;
    if (Object.values(lhr.categories).every(({ score }) => score === 1)) break;
  }
  writeFileSync(join(logs, `lighthouse${path.replaceAll("/", "-")}.json`), JSON.stringify(lhr, undefined, 1));
  const scores = Object.values(lhr.categories).map(({ title, score }) => `${title} ${Math.round(score * 100)}`);
  console.log(`${path}: ${scores.join(", ")}`);
  if (lhr.finalDisplayedUrl !== latchkey.origin + path) failures.push(`${path} led to ${lhr.finalDisplayedUrl}`);
  for (const { title, score, auditRefs } of Object.values(lhr.categories).filter(({ score }) => score < 1)) {
    const lacking = auditRefs.filter(({ id, weight }) => weight > 0 && lhr.audits[id].score < 1).map(({ id }) => id);
    failures.push(`${path}: ${title} ${Math.round(score * 100)} (${lacking.join(", ")})`);
  }
  return lhr.audits;
}

function total({ categories }) {
  return Object.values(categories).reduce((sum, { score }) => sum + score, 0);
}

function checkWeight(audits) {
  const requests = audits["network-requests"].details.items;
  const bytes = requests.reduce((sum, { transferSize }) => sum + transferSize, 0);
  for (const { url, transferSize } of requests) console.log(`  ${String(transferSize).padStart(6)}  ${new URL(url).pathname}`);
  console.log(`  ${String(bytes).padStart(6)}  /login in all, of at most ${MAX_LOGIN_BYTES}`);
  if (bytes > MAX_LOGIN_BYTES) failures.push(`/login downloads ${bytes} bytes`);
}

const settings = {
  BASE_URL: latchkey.origin,
  LISTEN_ADDR: latchkey.listen,
  SMTP_URL: `smtp://${sandbox.smtp}`,
  MAIL_FROM: "Latchkey <no-reply@localhost>",
};
const running = [];
const start = async (url, ...words) => {
  const child = startLatchkey(...words);
  running.push(child);
  await waitFor(url, child);
};

try {
  await start(`${sandbox.origin}/`, "sandbox", { SANDBOX_ADDR: sandbox.listen, SANDBOX_SMTP_ADDR: sandbox.smtp }, "lighthouse-sandbox");
  const variables = { ...(await providerVariables()), ...settings };
  await start(`${latchkey.origin}/healthz`, "serve", variables, "lighthouse-latchkey", process.env.PRODUCTION);

  const { headers } = await send(`${latchkey.origin}/login`, { headers: { "accept-encoding": "br, gzip" } });
  if (!headers["content-encoding"]) failures.push("/login is not compressed");

  const visitor = new Visitor(latchkey.origin);
  await visitor.signIn("ada");
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const browser = await puppeteer.launch({ executablePath: browserPath(), args });
  try {
    for (const path of pages) {
      const audits = await rate(browser, path, path === "/login" ? [] : visitor.cookies);
      if (path === "/login") checkWeight(audits);
    }
  } finally {
    await browser.close();
  }
} finally {
  for (const child of running.reverse()) await stopProcess(child);
}
for (const failure of failures) console.log(`FAILED: ${failure}`);
process.exitCode = failures.length > 0 ? 1 : 0;
