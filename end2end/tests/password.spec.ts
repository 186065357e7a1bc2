// Signing in with a password, and resetting a forgotten one.

import { newAccount, signUp, submitPassword } from "./support/account";
import { emailTo, openEmailLink } from "./support/email";
import { expect, test } from "./support/fixtures";
import { emailField, savePassword, submitEmail } from "./support/form";
import { pageHeading, signOutButton } from "./support/page";
import { createPerson } from "./support/person";
import { signIn } from "./support/session";

test("a wrong password and an unknown address get the same error", async ({ page, anotherBrowser }) => {
  const account = await signUp(await anotherBrowser.newPage(), newAccount());
  const messages: string[] = [];
  for (const attempt of [{ ...account, password: "it was something else" }, newAccount()]) {
    await page.goto("/login");
    await submitPassword(page, attempt);
    await expect(page.getByRole("alert")).toBeVisible();
    messages.push(await page.getByRole("alert").innerText());
    await expect(emailField(page)).toHaveValue(attempt.email);
    await expect(signOutButton(page)).toHaveCount(0);
  }
  expect(messages[1]).toBe(messages[0]);

  await submitPassword(page, account);
  await expect(page).toHaveURL("/dashboard");
});

test("a password reset signs out every other browser", async ({ page, anotherBrowser }) => {
  const account = newAccount();
  const otherPage = await anotherBrowser.newPage();
  await signUp(otherPage, account);

  await page.goto("/login?return_to=%2Fsettings");
  await page.getByRole("link", { name: "Forgot your password?" }).click();
  await submitEmail(page, account.email);
  await expect(pageHeading(page, "Check your inbox")).toBeVisible();

  await openEmailLink(page, await emailTo(account.email, /choose a new password/i));
  await expect(page).toHaveURL("/reset-password");
  const updated = { ...account, password: "nine herons on the far bank" };
  await savePassword(page, updated.password);
  await expect(page).toHaveURL("/settings");

  await otherPage.goto("/dashboard");
  await expect(otherPage).toHaveURL((url) => url.pathname === "/login");
  await submitPassword(otherPage, account);
  await expect(otherPage.getByRole("alert")).toBeVisible();
  await submitPassword(otherPage, updated);
  await expect(otherPage).toHaveURL("/dashboard");
});

test("a reset for a Google account points to Google", async ({ page, anotherBrowser }) => {
  const person = await createPerson();
  await signIn(await anotherBrowser.newPage(), person);

  await page.goto("/forgot");
  await submitEmail(page, person.email);
  const email = await emailTo(person.email, /has no password/i);
  expect(email.text).toContain("You sign in with Google.");
});

test("a reset for an unknown address says so by email only", async ({ page }) => {
  const { email } = newAccount();
  await page.goto("/forgot");
  await submitEmail(page, email);
  await expect(pageHeading(page, "Check your inbox")).toBeVisible();
  await emailTo(email, /there's no account/i);
});
