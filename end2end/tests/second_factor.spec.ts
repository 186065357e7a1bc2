// Two-step verification: an authenticator app, recovery codes, and a browser that is trusted. The sandbox has the app.

import { sandbox } from "../servers.mjs";
import { newAccount, signUp, submitPassword, type Account } from "./support/account";
import { expectNoAxeViolations } from "./support/axe";
import { emailTo } from "./support/email";
import { expect, type Page, test } from "./support/fixtures";
import { pageHeading, signOutButton } from "./support/page";
import { statusMessage } from "./support/settings";

const codeField = (page: Page) => page.getByLabel("Code", { exact: true });
const continueButton = (page: Page) => page.getByRole("button", { name: "Continue", exact: true });

/** The code that the sandbox's app shows for an account, once it is another than the one before. */
async function codeOf(page: Page, account: Account, before?: string): Promise<string> {
  const app = await page.context().newPage();
  let code = before;
  await expect(async () => {
    await app.goto(appUrl);
    const row = app.getByRole("listitem").filter({ hasText: account.email });
    code = (await row.locator("code").textContent()) ?? undefined;
    expect(code).toMatch(/^\d{6}$/);
    expect(code).not.toBe(before);
  }).toPass({ timeout: 40_000 });
  await app.close();
  return code!;
}

const appUrl = `${sandbox.origin}/authenticator`;

/** Turns it on; returns the code that was used, and the recovery codes. */
async function turnOn(page: Page, account: Account): Promise<{ code: string; recoveryCodes: string[] }> {
  await page.goto("/settings/security");
  await page.getByRole("link", { name: "Turn on two-step verification" }).click();
  await expect(page.getByRole("img", { name: /qr code/i })).toBeVisible();
  await page.getByText("Can't scan it? Type this key instead.").click();
  const key = (await page.locator(".secret").textContent())!.replaceAll(" ", "");
  const uri = `otpauth://totp/Latchkey:${encodeURIComponent(account.email)}?secret=${key}&issuer=Latchkey`;
  const app = await page.context().newPage();
  await app.goto(`${appUrl}?add=${encodeURIComponent(uri)}`);
  await app.close();
  const code = await codeOf(page, account);
  await codeField(page).fill(code);
  await page.getByRole("button", { name: "Turn on" }).click();
  await expect(statusMessage(page)).toContainText("Two-step verification is on.");
  const recoveryCodes = await page.locator(".recovery-codes code").allTextContents();
  expect(recoveryCodes).toHaveLength(10);
  await page.getByRole("link", { name: "I've saved them" }).click();
  await expect(page).toHaveURL("/settings/security");
  return { code, recoveryCodes };
}

async function signOut(page: Page) {
  await page.goto("/dashboard");
  await signOutButton(page).click();
  await expect(pageHeading(page, "Sign in to Latchkey")).toBeVisible();
}

async function firstStep(page: Page, account: Account) {
  await page.goto("/login");
  await submitPassword(page, account);
  await expect(pageHeading(page, "Two-step verification")).toBeVisible();
}

test("a code, a recovery code and a trusted browser sign in", async ({ page, anotherBrowser, javaScriptEnabled }) => {
  test.slow();
  const account = await signUp(page, newAccount());
  const { code, recoveryCodes } = await turnOn(page, account);
  await emailTo(account.email, /two-step verification was turned on/i);
  await signOut(page);

  await firstStep(page, account);
  if (javaScriptEnabled !== false) await expectNoAxeViolations(page);
  await codeField(page).fill(code);
  await continueButton(page).click();
  await expect(page.getByRole("alert")).toHaveText(/that two-step code is incorrect/i);
  await codeField(page).fill(await codeOf(page, account, code));
  await page.getByLabel(/don't ask again in this browser/i).check();
  await continueButton(page).click();
  await expect(page).toHaveURL("/dashboard");

  // Trusted: the password is enough here, and nowhere else.
  await signOut(page);
  await page.goto("/login");
  await submitPassword(page, account);
  await expect(page).toHaveURL("/dashboard");
  const elsewhere = await anotherBrowser.newPage();
  await firstStep(elsewhere, account);
  await codeField(elsewhere).fill(recoveryCodes[0]);
  await continueButton(elsewhere).click();
  await expect(elsewhere).toHaveURL("/dashboard");
  await emailTo(account.email, /a recovery code for your account/i);

  // No longer trusted.
  await elsewhere.goto("/settings/security");
  await elsewhere.getByRole("button", { name: /stop trusting/i }).click();
  await expect(statusMessage(elsewhere)).toContainText("no longer trusted");
  await signOut(page);
  await firstStep(page, account);
});
