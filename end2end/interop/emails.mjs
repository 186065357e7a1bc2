// Emails of each kind of layout, checked by caniemail: `node emails.mjs PACKAGES`, a folder with caniemail. It starts the sandbox
// and Latchkey, and does what causes them.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { providerVariables, startLatchkey, stopProcess, waitFor } from "../processes.mjs";
import { latchkey, sandbox } from "../servers.mjs";
import { Visitor } from "./visitor.mjs";

const packages = resolve(process.argv[2]);
const from = createRequire(pathToFileURL(join(packages, "node_modules/")));
const { caniemail } = await import(pathToFileURL(from.resolve("caniemail")));

// The dark palette, round corners, names for screen readers and the wrapping of the link in words; and `<body>`, whose colour
// the outer table repeats.
const dispensable = new Set(["@media", "<style> element", "border-radius", "role attribute", "word-break", "<body> element"]);
const password = "correct horse battery staple";

/** Sends the form of a page, with the account that it was rendered for. */
async function submit(visitor, page, action, fields) {
  const { text } = await visitor.request(page);
  const owner = /name="form_owner" value="([^"]*)"/.exec(text)?.[1];
  const response = await visitor.request(action, {
    method: "POST",
    headers: { origin: latchkey.origin, "content-type": "application/x-www-form-urlencoded" },
    body: String(new URLSearchParams({ ...(owner && { form_owner: owner }), ...fields })),
  });
  assert.equal(response.status, 303, `${action}: ${response.status} ${response.text.slice(0, 200)}`);
  assert.doesNotMatch(response.headers.location, /error=/, action);
}

async function causeEmails() {
  const stranger = new Visitor(latchkey.origin);
  await submit(stranger, "/signup", "/auth/password/sign-up", { email: "new@example.com", password });
  await submit(stranger, "/forgot", "/auth/password/forgot", { email: "nobody@example.com" });
  const ada = new Visitor(latchkey.origin);
  await ada.signIn("ada");
  await submit(stranger, "/forgot", "/auth/password/forgot", { email: "ada@gmail.com" });
  await submit(ada, "/settings/password", "/settings/password", { password });
  await submit(stranger, "/forgot", "/auth/password/forgot", { email: "ada@gmail.com" });
  await submit(ada, "/settings/email", "/settings/email", { email: "ada@example.com" });
}

async function emails(number) {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const { emails } = await (await fetch(`${sandbox.origin}/control/emails`)).json();
    if (emails.length >= number) return emails;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("the emails do not arrive");
}

const mock = startLatchkey("sandbox", { SANDBOX_ADDR: sandbox.listen, SANDBOX_SMTP_ADDR: sandbox.smtp }, "emails-sandbox");
let server;
try {
  await waitFor(`${sandbox.origin}/control/variables`, mock);
  const settings = {
    BASE_URL: latchkey.origin,
    LISTEN_ADDR: latchkey.listen,
    RATE_LIMITS: "off",
    SMTP_URL: `smtp://${sandbox.smtp}`,
    MAIL_FROM: "Latchkey <no-reply@localhost>",
  };
  server = startLatchkey("serve", { ...(await providerVariables()), ...settings }, "emails");
  await waitFor(`${latchkey.origin}/readyz`, server);
  await causeEmails();
  let lacking = 0;
  for (const { subject, html } of await emails(6)) {
    assert.ok(html, `${subject} has HTML`);
    const { issues } = caniemail({ clients: ["outlook.*", "gmail.*"], html });
    const features = [...issues.errors].flatMap(([client, found]) =>
      found.filter(({ title }) => !dispensable.has(title)).map(({ title }) => `${client} lacks ${title}`),
    );
    console.log(`${features.length === 0 ? "ok     " : "FAILED "} ${subject}${features.map((feature) => `\n          ${feature}`).join("")}`);
    lacking += features.length;
  }
  console.log(`\nemails: ${lacking} features lacking`);
  process.exitCode = lacking > 0 ? 1 : 0;
} finally {
  if (server) await stopProcess(server);
  await stopProcess(mock);
}
