// The walkthrough of a sign-in that the test has just made: on a phone and a desktop, without JavaScript, and after a refusal.

import { expectNoAxeViolations } from "./support/axe";
import { expect, type Page, test } from "./support/fixtures";
import { applyPreset } from "./support/mock_google";
import { expectNoOverflow, pageHeading } from "./support/page";
import { createPerson } from "./support/person";
import { authorizeWith, signIn } from "./support/session";

const phone = { width: 390, height: 844 };
const desktop = { width: 1280, height: 900 };

/** Opens the newest recorded flow. */
async function openNewest(page: Page) {
  await page.goto("/inspect");
  await page.getByRole("listitem").getByRole("link", { name: /Sign-in with google/ }).first().click();
  await expect(pageHeading(page, "Sign-in with google")).toBeVisible();
}

test("a sign-in is shown from its start to its session", async ({ page }) => {
  await signIn(page, await createPerson());
  await openNewest(page);
  await expect(page.getByText("Succeeded")).toBeVisible();
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

test("a refused sign-in leads to the check that refused", async ({ page }) => {
  const person = await createPerson();
  await applyPreset(person, "wrong_nonce", 1);
  await authorizeWith(page, "Google", person);
  await expect(page).toHaveURL(/\/login\?error=provider_invalid/);
  await page.getByRole("link", { name: "What happened, step by step" }).click();
  const ending = page.getByRole("region", { name: "Why it was refused" });
  await expect(ending.getByText("Stopped at: nonce")).toBeVisible();
  await expect(ending.getByText("What to do:")).toBeVisible();
  const refused = page.getByRole("listitem").filter({ hasText: "Refused" }).last();
  await expect(refused.getByText("Without this check")).toBeVisible();
});

test.describe("on a phone", () => {
  test.use({ viewport: phone });

  test("lanes become a list and nothing overflows", async ({ page }) => {
    await signIn(page, await createPerson());
    await openNewest(page);
    await expect(page.locator(".walk-lanes")).toBeHidden();
    await expect(page.getByText("Browser → Latchkey").first()).toBeVisible();
    for (const summary of await page.locator(".walk-page summary").all()) await summary.click();
    await expectNoOverflow(page);
  });
});

test.describe("with JavaScript", { tag: "@js" }, () => {
  for (const colorScheme of ["light", "dark"] as const) {
    test(`axe finds nothing in ${colorScheme} mode`, async ({ page }) => {
      test.setTimeout(120_000);
      await page.emulateMedia({ colorScheme });
      const person = await createPerson();
      await applyPreset(person, "bad_signature", 1);
      await authorizeWith(page, "Google", person);
      for (const viewport of [phone, desktop]) {
        await page.setViewportSize(viewport);
        await page.goto("/inspect");
        await expectNoAxeViolations(page);
        await page.goto("/inspect/last");
        for (const summary of await page.locator(".walk-page details:not([open]) > summary").all()) await summary.click();
        await expectNoAxeViolations(page, 60_000);
        await expectNoOverflow(page);
      }
    });
  }
});
