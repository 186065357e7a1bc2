// The page that asks a user to link a provider account whose email address already has an account.

import { type Account, newAccount, signUp } from "./account";
import { expect, type BrowserContext, type Page } from "./fixtures";
import { passwordField } from "./form";
import { pageHeading, signOutButton } from "./page";
import { createPerson, type Person, uniqueEmail } from "./person";
import { authorizeWith, nameHeading } from "./session";

/** Creates an account with a password, and a person with the same email address at the providers. */
export async function createPasswordUser(browser: BrowserContext): Promise<{ account: Account; person: Person }> {
  const account = await signUp(await browser.newPage(), newAccount());
  return { account, person: await createPerson("Ada Lovelace", account.email) };
}

/** Creates an account that signs in with GitHub; its person has the same email address at Google. */
export async function createGitHubUser(browser: BrowserContext): Promise<Person> {
  const person = await createPerson("Grace Hopper", uniqueEmail());
  const page = await browser.newPage();
  await authorizeWith(page, "GitHub", person);
  await expect(nameHeading(page, person)).toBeVisible();
  return person;
}

export async function expectPrompt(page: Page, email: string) {
  await expect(page).toHaveURL((url) => url.pathname === "/link");
  await expect(pageHeading(page, "You already have an account")).toBeVisible();
  await expect(page.getByText(`There's already an account for ${email}`)).toBeVisible();
  await expect(signOutButton(page)).toHaveCount(0);
}

/** Signs in with the password to link the account. */
export async function submitLinkPassword(page: Page, { password }: Account) {
  await passwordField(page).fill(password);
  await page.getByRole("button", { name: "Sign in and link" }).click();
}
