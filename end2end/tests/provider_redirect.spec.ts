// Leaving for a provider from a form: the redirect page, and providers that redirect through other origins.

import { certified, latchkey } from "../servers.mjs";
import { expectNoAxeViolations } from "./support/axe";
import { expect, type Page, test } from "./support/fixtures";
import { pageHeading } from "./support/page";
import { createPerson, uniqueEmail } from "./support/person";
import { authorize } from "./support/provider_page";
import { continueWith, signIn } from "./support/session";
import { addSignInMethod, signInMethod } from "./support/settings";

test.describe("a provider that redirects through two other origins", () => {
  test("is linked from the settings", async ({ page }) => {
    await signIn(page, await createPerson());
    await page.goto("/settings/security");
    await addSignInMethod(page, "Certified");
    await authorizeAtCertified(page, uniqueEmail());
    await expect(page).toHaveURL((url) => url.pathname === "/settings/security" && url.searchParams.get("done") === "linked");
    await expect(signInMethod(page, "Certified")).toBeVisible();
  });

  test("re-authenticates, and the back button leads to /confirm", async ({ page }) => {
    const email = uniqueEmail();
    await page.goto("/login");
    await continueWith(page, "Certified");
    await authorizeAtCertified(page, email);
    await page.goto("/confirm?return_to=%2Fsettings%2Fdelete&error=wrong_password");
    await page.getByRole("button", { name: "Continue with Certified" }).click();
    await expect(page).toHaveURL((url) => url.origin === certified.issuer);
    await page.goBack();
    await expect(page).toHaveURL((url) => url.pathname === "/confirm");
    await page.getByRole("button", { name: "Continue with Certified" }).click();
    await authorizeAtCertified(page, email);
    await expect(pageHeading(page, "Delete your account")).toBeVisible();
  });
});

test("the redirect page names the provider and links to it", async ({ page, javaScriptEnabled }) => {
  const person = await createPerson();
  await signIn(page, person);
  // Without `http-equiv="refresh"`, as in a browser that ignores it.
  await page.route(`${latchkey.origin}/settings/link`, async (route) => {
    const response = await route.fetch();
    const html = await response.text();
    expect(response.headers()["cache-control"]).toContain("no-store");
    expect(response.headers()["referrer-policy"]).toBe("same-origin");
    expect(html).toMatch(/http-equiv="refresh"/);
    expect(html).not.toMatch(/<script/);
    await route.fulfill({ response, body: html.replace(/http-equiv="refresh"/, "") });
  });
  await page.goto("/settings/security");
  await addSignInMethod(page, "GitHub");
  await expect(pageHeading(page, "Continue to GitHub")).toBeVisible();
  if (javaScriptEnabled) await expectNoAxeViolations(page);
  await page.getByRole("link", { name: "Continue to GitHub" }).click();
  await authorize(page, person);
  await expect(page).toHaveURL((url) => url.pathname === "/settings/security");
  await expect(signInMethod(page, "GitHub")).toBeVisible();
});

async function authorizeAtCertified(page: Page, email: string) {
  await expect(page).toHaveURL((url) => url.origin === certified.issuer);
  const field = page.getByLabel("Email");
  if (await field.isVisible()) await field.fill(email);
  await page.getByRole("button", { name: "Allow" }).click();
}
