// Accounts with an email address and a password.

import { type Email, emailTo, openEmailLink } from "./email";
import { expect, type Locator, type Page } from "./fixtures";
import { emailField, passwordField } from "./form";
import { pageHeading } from "./page";
import { uniqueEmail } from "./person";

export type Account = { email: string; password: string };

/** The credentials of an account that does not exist yet. */
export function newAccount(): Account {
  return { email: uniqueEmail(), password: "seven lanterns over a quiet harbour" };
}

/** Signs up, from the sign-up form through the email to the dashboard. */
export async function signUp(page: Page, account: Account): Promise<Account> {
  await page.goto("/signup");
  await submitSignUp(page, account);
  await openEmailLink(page, await confirmationEmail(account));
  await finishSignUpButton(page).click();
  await expect(page).toHaveURL("/dashboard");
  return account;
}

/** Submits the sign-up form. The email is sent, but not opened. */
export async function submitSignUp(page: Page, { email, password }: Account) {
  await emailField(page).fill(email);
  await passwordField(page).fill(password);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(pageHeading(page, "Check your inbox")).toBeVisible();
}

/** The email whose link finishes the sign-up. */
export function confirmationEmail({ email }: Account): Promise<Email> {
  return emailTo(email, /confirm your email address/i);
}

export function finishSignUpButton(page: Page): Locator {
  return page.getByRole("button", { name: "Finish sign-up" });
}

/** Signs in with the password, from the login page to the dashboard. */
export async function signInWithPassword(page: Page, account: Account) {
  await page.goto("/login");
  await submitPassword(page, account);
  await expect(page).toHaveURL("/dashboard");
}

/** Submits the password form of the login page. */
export async function submitPassword(page: Page, { email, password }: Account) {
  await emailField(page).fill(email);
  await passwordField(page).fill(password);
  await page.getByRole("button", { name: /^Sign in/ }).click();
}
