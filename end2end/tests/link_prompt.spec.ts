// The link prompt, answered with the password. It appears when an email address has an account already and the provider is
// not authoritative for that address.

import { signInWithPassword } from "./support/account";
import { emailTo } from "./support/email";
import { expect, test } from "./support/fixtures";
import { emailField, passwordField } from "./support/form";
import { tabTo } from "./support/keyboard";
import { createPasswordUser, expectPrompt, submitLinkPassword } from "./support/link_prompt";
import { bodyText, waitForIslands } from "./support/page";
import { authorize, personButton } from "./support/provider_page";
import { authorizeWith, continueWith, signOut } from "./support/session";
import { signInMethod } from "./support/settings";

test("the password links Google and continues to settings", async ({ page, anotherBrowser }) => {
  const { account, person } = await createPasswordUser(anotherBrowser);
  await page.goto("/settings/security");
  await continueWith(page, "Google");
  await authorize(page, person);
  await expectPrompt(page, account.email);
  await expect(page.getByRole("button", { name: /^Continue with/ })).toHaveCount(0);

  await submitLinkPassword(page, account);
  await expect(page).toHaveURL("/settings/security");
  await expect(signInMethod(page, "Google")).toContainText(account.email);
  await emailTo(account.email, /google was added/i);

  await signOut(page);
  await continueWith(page, "Google");
  await personButton(page, person).click();
  await expect(page).toHaveURL("/dashboard");
});

test("a wrong password links nothing, and the right one does", async ({ page, anotherBrowser }) => {
  const { account, person } = await createPasswordUser(anotherBrowser);
  await authorizeWith(page, "Google", person);
  await submitLinkPassword(page, { ...account, password: "it was something else" });
  await expect(page.getByRole("alert")).toHaveText(/incorrect password/i);
  await expectPrompt(page, account.email);

  await submitLinkPassword(page, account);
  await expect(page).toHaveURL("/dashboard");
});

test("cancelling the prompt links nothing", async ({ page, anotherBrowser }) => {
  const { account, person } = await createPasswordUser(anotherBrowser);
  await authorizeWith(page, "Google", person);
  await expectPrompt(page, account.email);
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page).toHaveURL((url) => url.pathname === "/login");
  await expect(page.getByRole("status")).toHaveText(/accounts weren't linked/i);

  // The prompt is gone: nothing is left to link.
  await page.goto("/link");
  await expect(page).toHaveURL((url) => url.pathname === "/login");

  await signInWithPassword(page, account);
  await page.goto("/settings/security");
  await expect(signInMethod(page, "Password")).toBeVisible();
  await expect(signInMethod(page, "Google")).toHaveCount(0);
});

test("the prompt works by keyboard alone", async ({ page, anotherBrowser, javaScriptEnabled }) => {
  const { account, person } = await createPasswordUser(anotherBrowser);
  await authorizeWith(page, "Google", person);
  await expectPrompt(page, account.email);
  await waitForIslands(page, javaScriptEnabled);

  await tabTo(page, passwordField(page));
  await page.keyboard.type(account.password);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/dashboard");
});

test("the prompt reveals nothing else about the account", async ({ page, anotherBrowser }) => {
  const { account, person } = await createPasswordUser(anotherBrowser);
  await authorizeWith(page, "Google", person);
  await expectPrompt(page, account.email);
  await expect(emailField(page)).toHaveCount(0);
  expect(await bodyText(page)).not.toMatch(/signed in|last seen|member|since/i);
});
