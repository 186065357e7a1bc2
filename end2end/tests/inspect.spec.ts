// The walkthrough of a sign-in that the test has just made: on a phone and a desktop, without JavaScript, after a refusal.
//
// Tests share a server, and so the record: each opens its own flow by the id of its request.

import { latchkey } from "../servers.mjs";
import { expectNoAxeViolations } from "./support/axe";
import { expect, type Page, test } from "./support/fixtures";
import { applyPreset } from "./support/mock_google";
import { expectNoOverflow, pageHeading } from "./support/page";
import { createPerson } from "./support/person";
import { authorizeWith, signIn } from "./support/session";

const phone = { width: 390, height: 844 };
const desktop = { width: 1280, height: 900 };

/** Signs in as `action` does, and returns the path of the walkthrough of it. */
async function flowOf(page: Page, action: () => Promise<void>): Promise<string> {
  const callback = page.waitForResponse((response) => response.url().startsWith(`${latchkey.origin}/auth/callback/`));
  await action();
  return `/inspect/${(await callback).headers()["x-request-id"]}`;
}

async function goodFlow(page: Page): Promise<string> {
  const person = await createPerson();
  return flowOf(page, () => signIn(page, person));
}

async function badFlow(page: Page, preset: string): Promise<string> {
  const person = await createPerson();
  await applyPreset(person, preset, 1);
  return flowOf(page, () => authorizeWith(page, "Google", person));
}

async function unfold(page: Page) {
  const closed = page.locator(".walk-page details:not([open]) > summary");
  for (let left = await closed.count(); left > 0; left--) await closed.last().click();
}

test("a sign-in is shown from its start to its session", async ({ page }) => {
  await page.goto(await goodFlow(page));
  await expect(pageHeading(page, "Sign-in with Google")).toBeVisible();
  await expect(page.getByText("Succeeded", { exact: true })).toBeVisible();
  for (const title of ["Sign-in begins", "The id_token, taken apart", "Linking decision: create", "A session begins"]) {
    await expect(page.getByRole("heading", { name: title })).toBeVisible();
  }
  const request = page.getByRole("listitem").filter({ has: page.getByRole("heading", { name: /^Authorization request to/ }) });
  await expect(request.getByText("code: only a code travels")).toBeHidden();
  await request.locator("summary").click();
  await expect(request.getByText("code: only a code travels")).toBeVisible();
  await expect(request.getByText(/^secret, 43 bytes, fingerprint/).first()).toBeVisible();
  await expect(page.getByRole("link", { name: "RFC 6749 §4.1.1" }).first()).toHaveAttribute("href", /rfc6749/);
});

test("a refused sign-in ends at the check that refused", async ({ page }) => {
  const path = await badFlow(page, "wrong_nonce");
  await expect(page.getByRole("link", { name: "What happened, step by step" })).toHaveAttribute("href", "/inspect/last");
  await page.goto(path);
  const ending = page.getByRole("region", { name: "Why it was refused" });
  await expect(ending.getByText("Stopped at: nonce")).toBeVisible();
  await expect(ending.getByText("What to do:")).toBeVisible();
  await expect(ending.getByText("Without this check")).toBeVisible();
});

test("the tour leads through the sign-in in eleven steps", async ({ page }) => {
  await page.goto(await goodFlow(page));
  await page.getByRole("link", { name: "Take the guided tour" }).click();
  await expect(page.getByRole("heading", { name: /^Step \d+ of 11: / })).toHaveCount(11);
  const decision = page.getByRole("region", { name: /^Step 10 of 11/ });
  await expect(decision.getByRole("heading", { name: "Linking decision: create" })).toBeVisible();
});

test("a good and a bad sign-in are compared", async ({ page, anotherBrowser }) => {
  const good = (await goodFlow(page)).split("/").pop();
  const bad = (await badFlow(await anotherBrowser.newPage(), "wrong_aud")).split("/").pop();
  await page.goto(`/inspect/compare?one=${good}&other=${bad}`);
  await expect(page.getByRole("row", { name: /^Differs: Check: aud passed refused/ })).toBeVisible();
  await expect(page.getByRole("row", { name: /^Check: Signature passed passed/ })).toBeVisible();
});

test("the file has no script and masks who it was", async ({ page, context }) => {
  const person = await createPerson();
  const path = await flowOf(page, () => signIn(page, person));
  const file = await (await page.request.get(`${path}/file`)).text();
  expect(file).toContain("personal data, ");
  for (const absent of ["<script", "<link", person.email, person.name]) expect(file).not.toContain(absent);
  // A page without an origin, as a file is, and so without our policy.
  const opened = await context.newPage();
  await opened.setContent(file);
  await expect(pageHeading(opened, "Sign-in with Google")).toBeVisible();
});

test.describe("on a phone", () => {
  test.use({ viewport: phone });

  test("lanes become a list and nothing overflows", async ({ page }) => {
    await page.goto(await goodFlow(page));
    await expect(page.locator(".walk-lanes")).toBeHidden();
    await expect(page.getByText("Browser → Latchkey").first()).toBeVisible();
    await unfold(page);
    await expectNoOverflow(page);
    await page.goto("/inspect");
    await expectNoOverflow(page);
  });
});

test.describe("with JavaScript", { tag: "@js" }, () => {
  for (const colorScheme of ["light", "dark"] as const) {
    test(`axe finds nothing in ${colorScheme} mode`, async ({ page }) => {
      test.setTimeout(180_000);
      await page.emulateMedia({ colorScheme });
      const path = await badFlow(page, "bad_signature");
      const id = path.split("/").pop();
      for (const viewport of [phone, desktop]) {
        await page.setViewportSize(viewport);
        for (const visited of ["/inspect", path, `${path}/tour`, `/inspect/compare?one=${id}&other=${id}`]) {
          await page.goto(visited);
          await unfold(page);
          await expectNoAxeViolations(page, 60_000);
          await expectNoOverflow(page);
        }
      }
    });
  }
});
