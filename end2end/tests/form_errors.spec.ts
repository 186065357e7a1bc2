// Where a form shows its error.

import { newAccount, signUp, submitPassword } from "./support/account";
import { expectNoAxeViolations } from "./support/axe";
import { expect, type Page, test } from "./support/fixtures";
import { emailField, expectDescribedByError, passwordField, savePassword } from "./support/form";
import { uniqueEmail } from "./support/person";
import { signOut } from "./support/session";

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 664 }, isMobile: true, hasTouch: true });

  test("a wrong password shows a focused error in view", async ({ page, javaScriptEnabled }) => {
    const account = await signUp(page, newAccount());
    await page.goto("/dashboard");
    await signOut(page);
    await submitPassword(page, { ...account, password: "not this one" });
    await expectErrorInView(page, /incorrect email or password/i, javaScriptEnabled);
    await expect(emailField(page)).toHaveValue(account.email);
    for (const field of [emailField(page), passwordField(page)]) await expectDescribedByError(page, field);
    await expect(passwordField(page)).toBeInViewport();
    const firstControl = page.locator("main").getByRole("button").or(page.locator("main a.provider")).first();
    await expect(firstControl).not.toHaveText(/Continue with/);

    await passwordField(page).fill(account.password);
    await page.getByRole("button", { name: /^Sign in/ }).click();
    await expect(page).toHaveURL("/dashboard");
  });

  test("other invalid input shows a focused error in view", async ({ page, javaScriptEnabled }) => {
    await page.goto("/signup");
    await emailField(page).fill(uniqueEmail());
    await passwordField(page).fill("short");
    await page.getByRole("button", { name: "Create account" }).click();
    await expectErrorInView(page, /too short/i, javaScriptEnabled);
    await expectDescribedByError(page, passwordField(page));

    await signUp(page, newAccount());
    await page.goto("/settings/password");
    await savePassword(page, "password1");
    await expectErrorInView(page, /too common/i, javaScriptEnabled);
    await expectDescribedByError(page, passwordField(page));

    await page.goto("/settings/delete");
    const confirmation = page.getByRole("textbox", { name: /to confirm/ });
    await confirmation.fill("no");
    await page.getByRole("button", { name: "Delete my account" }).click();
    await expectErrorInView(page, /nothing was deleted/i, javaScriptEnabled);
    await expectDescribedByError(page, confirmation);
  });
});

test("a provider's error is shown outside the password form", async ({ page }) => {
  await page.goto("/login?error=cancelled&provider=google");
  const error = page.getByRole("alert");
  await expect(error).toBeVisible();
  await expect(page.locator("form").getByRole("alert")).toHaveCount(0);
  await expect(passwordField(page)).not.toHaveAttribute("aria-invalid", "true");
});

/** Expects an error that is in view and focused, a title that says so, and no axe violations. */
async function expectErrorInView(page: Page, text: RegExp, javaScriptEnabled: boolean | undefined) {
  const error = page.getByRole("alert");
  await expect(error).toHaveText(text);
  await expect(error).toBeInViewport({ ratio: 1 });
  await expect(error).toBeFocused();
  await expect(page).toHaveTitle(/^Error: /);
  if (javaScriptEnabled) await expectNoAxeViolations(page);
}
