// Accounts with an email address and a password, and what their owners do with them.

import { expect, type Locator, type Page } from "./browser";
import { follow, letterTo } from "./letters";
import { freshAddress } from "./people";

export type Account = { email: string; password: string };

/** Somebody new, who has no account yet. */
export function newcomer(): Account {
  return { email: freshAddress(), password: "seven lanterns over a quiet harbour" };
}

/** Fills in the form of the sign-up and sends it; the letter is not opened yet. */
export async function askForAccount(page: Page, { email, password }: Account) {
  await addressField(page).fill(email);
  await passwordField(page).fill(password);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Check your inbox" })).toBeVisible();
}

/** The letter that finishes a sign-up. */
export function confirmation({ email }: Account) {
  return letterTo(email, /confirm your email address/i);
}

/** From the page of the sign-up to the dashboard, by the letter. */
export async function signUp(page: Page, account: Account): Promise<Account> {
  await page.goto("/signup");
  await askForAccount(page, account);
  await follow(page, await confirmation(account));
  await page.getByRole("button", { name: "Finish sign-up" }).click();
  await expect(page).toHaveURL("/dashboard");
  return account;
}

/** Fills in the form of the login page and sends it. */
export async function tryPassword(page: Page, { email, password }: Account) {
  await addressField(page).fill(email);
  await passwordField(page).fill(password);
  await page.getByRole("button", { name: /^Sign in/ }).click();
}

/** From the login page to the dashboard. */
export async function signInByPassword(page: Page, account: Account) {
  await page.goto("/login");
  await tryPassword(page, account);
  await expect(page).toHaveURL("/dashboard");
}

/** The address in a form. */
export function addressField(page: Page): Locator {
  return page.getByRole("textbox", { name: /email address/i });
}

/** The password in a form. */
export function passwordField(page: Page): Locator {
  return page.getByRole("textbox", { name: /password/i });
}
