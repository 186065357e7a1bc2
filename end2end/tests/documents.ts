// Keeps the HTML of every page in all its states, for a checker: Latchkey's documents, the sandbox's, and the emails.
// `scripts/interop-html` runs it, into html/.

import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { request } from "@playwright/test";
import { latchkey, sandbox } from "../servers.mjs";
import { scenarios } from "./scenarios";
import { type BrowserContext, expect, test as base } from "./support/fixtures";
import { signInErrorCodes } from "./support/sign_in_errors";

const folder = resolve(import.meta.dirname, "../html");
mkdirSync(folder, { recursive: true });

/** Writes a document, once for each content. */
function keep(name: string, html: string) {
  const digest = createHash("sha256").update(html.replaceAll(/nonce="[^"]*"/g, "")).digest("hex").slice(0, 8);
  writeFileSync(`${folder}/${name.replaceAll(/[^a-z0-9]+/g, "-").slice(0, 80)}.${digest}.html`, html);
}

/** Keeps every document that a browser loads from Latchkey or the sandbox. Returns a promise of the pending ones. */
function keepDocuments(context: BrowserContext): () => Promise<unknown> {
  const pending: Promise<void>[] = [];
  context.on("response", (response) => {
    const { origin, pathname } = new URL(response.url());
    const isRedirect = response.status() >= 300 && response.status() < 400;
    const isHtml = /^text\/html/.test(response.headers()["content-type"] ?? "");
    if (isRedirect || !isHtml || ![latchkey.origin, sandbox.origin].includes(origin)) return;
    const name = `${origin === sandbox.origin ? "sandbox" : "latchkey"}${pathname}-${response.status()}`;
    // A page that the browser has left already has no body any more.
    pending.push(response.text().then((html) => keep(name, html), () => undefined));
  });
  return () => Promise.all(pending);
}

const test = base.extend({
  context: async ({ context }, use) => {
    const kept = keepDocuments(context);
    await use(context);
    await kept();
  },
  anotherBrowser: async ({ anotherBrowser }, use) => {
    const kept = keepDocuments(anotherBrowser);
    await use(anotherBrowser);
    await kept();
  },
});

test.use({ javaScriptEnabled: false, expectedErrors: [/status of \d+/] });

for (const [name, scenario] of Object.entries(scenarios)) {
  test(name, async ({ page, anotherBrowser }) => {
    test.setTimeout(180_000);
    await scenario(page, anotherBrowser, async () => {});
  });
}

test("sign-in errors", async ({ page }) => {
  for (const code of signInErrorCodes) await page.goto(`/login?error=${code}`);
});

test("pages that no scenario visits", async ({ page }) => {
  for (const path of ["/api/docs", "/no/such/page", "/login?signed_out=1"]) await page.goto(path);
  // Another site's form: the answer is an error page.
  const refused = await page.request.post("/auth/logout", { headers: { origin: "https://other.example", accept: "text/html" } });
  keep("latchkey/auth/logout-refused", await refused.text());
});

test("pages of the sandbox", async ({ page }) => {
  for (const path of ["/", "/control", "/inbox", "/inbox?to=nobody@example.org", "/nothing"]) await page.goto(sandbox.origin + path);
});

test.afterAll("the emails", async () => {
  const control = await request.newContext({ baseURL: sandbox.origin });
  const { emails } = await (await control.get("/control/emails")).json();
  for (const { subject, html, id } of emails) {
    keep(`email ${subject}`.toLowerCase(), html);
    const shown = await control.get(`/inbox/${id}`);
    expect(shown.ok()).toBe(true);
    keep("sandbox/inbox/email", await shown.text());
  }
  await control.dispose();
});
