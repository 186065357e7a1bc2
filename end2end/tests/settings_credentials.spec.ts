// Changing the password and the email address in the settings.

import { newAccount, signInWithPassword, signUp, submitPassword } from "./support/account";
import { emailTo, openEmailLink, tokenLink } from "./support/email";
import { expect, test } from "./support/fixtures";
import { emailField, savePassword, submitEmail } from "./support/form";
import { pageHeading } from "./support/page";
import { createPerson, uniqueEmail } from "./support/person";
import { nameHeading, signIn, signOut } from "./support/session";
import { openAdditions, recentActivity, section, signInMethod, statusMessage } from "./support/settings";

test("a Google user sets a first password", async ({ page }) => {
  const person = await createPerson();
  const account = { email: person.email, password: "seven lanterns over a quiet harbour" };
  await signIn(page, person);
  await page.goto("/settings/security");
  await openAdditions(page);
  await page.getByRole("link", { name: "Set a password" }).click();
  await expect(page.getByText(`You sign in with ${person.email} and this password.`)).toBeVisible();

  await savePassword(page, person.email.split("@")[0]);
  await expect(page.getByRole("alert")).toHaveText(/too easy to guess/i);

  await savePassword(page, account.password);
  await expect(statusMessage(page)).toHaveText(/password set/i);
  await page.goto("/settings/activity");
  await expect(recentActivity(page)).toContainText("Set a password");
  await emailTo(person.email, /a password was set/i);

  await signOut(page);
  await signInWithPassword(page, account);
  await expect(nameHeading(page, person)).toBeVisible();
});

test("a password change signs out the other browsers", async ({ page, anotherBrowser }) => {
  const account = await signUp(page, newAccount());
  const otherPage = await anotherBrowser.newPage();
  await signInWithPassword(otherPage, account);

  await page.goto("/settings/security");
  await signInMethod(page, "Password").getByRole("link", { name: "Change password" }).click();
  const updated = { ...account, password: "nine herons on the far bank" };
  await savePassword(page, updated.password);
  await expect(statusMessage(page)).toHaveText(/password changed/i);
  await emailTo(account.email, /password for your account was changed/i);

  await otherPage.goto("/dashboard");
  await expect(otherPage).toHaveURL((url) => url.pathname === "/login");
  await submitPassword(otherPage, account);
  await expect(otherPage.getByRole("alert")).toBeVisible();
  await submitPassword(otherPage, updated);
  await expect(otherPage).toHaveURL("/dashboard");
});

test("the new email address confirms, and the old one is notified", async ({ page, anotherBrowser }) => {
  const account = await signUp(page, newAccount());
  const updated = { ...account, email: uniqueEmail() };
  await page.goto("/settings");
  await page.getByRole("link", { name: "Change email address" }).click();
  await expect(emailField(page)).toHaveValue("");
  await submitEmail(page, updated.email);
  await expect(pageHeading(page, "Check your inbox")).toBeVisible();

  const email = await emailTo(updated.email, /confirm your new email address/i);
  // A signed-out browser cannot confirm the change.
  const otherPage = await anotherBrowser.newPage();
  await otherPage.goto(tokenLink(email));
  await expect(otherPage.getByRole("button", { name: "Use this address" })).toHaveCount(0);

  await openEmailLink(page, email);
  await page.getByRole("button", { name: "Use this address" }).click();
  await expect(statusMessage(page)).toHaveText(/email address changed/i);
  await expect(section(page, "Email address")).toContainText(updated.email);
  await emailTo(account.email, /email address for your account .* was changed/i);

  await signOut(page);
  await signInWithPassword(page, updated);
});

test("changing to the current email address is rejected", async ({ page }) => {
  const { email } = await signUp(page, newAccount());
  await page.goto("/settings/email");
  await submitEmail(page, email);
  await expect(page.getByRole("alert")).toHaveText(/already your email address/i);
});
