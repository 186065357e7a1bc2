// The last used sign-in method comes first: a cookie remembers it, with a first name, until the user forgets it.

import { newAccount, signUp } from "./support/account";
import { expect, type Page, test } from "./support/fixtures";
import { createPerson } from "./support/person";
import { authorize } from "./support/provider_page";
import { continueWith, nameHeading, signIn, signOut } from "./support/session";

const lastUsedBadges = (page: Page) => page.getByText("Last used", { exact: true });
const passwordButton = (page: Page) => page.getByRole("button", { name: "Sign in Last used" });

test("no sign-in method is marked before the first sign-in", async ({ page }) => {
  await page.goto("/login");
  await expect(lastUsedBadges(page)).toHaveCount(0);
});

test("the provider of the last sign-in comes first, until it is forgotten", async ({ page, context }) => {
  const [ada, grace] = [await createPerson("Ada Lovelace"), await createPerson("Grace Hopper")];
  await signIn(page, ada);
  await signOut(page);
  await expect(page.getByRole("link", { name: /^Continue/ }).first()).toHaveText(/Continue as Ada · Google/);
  const values = (await context.cookies()).map(({ value }) => value);
  expect(values.join()).not.toMatch(/Ada|Lovelace/);

  await continueWith(page, "GitHub");
  await authorize(page, grace);
  await expect(nameHeading(page, grace)).toBeVisible();
  await signOut(page);
  await expect(page.getByRole("link", { name: /^Continue/ }).first()).toHaveText(/Continue as Grace · GitHub/);

  await page.getByRole("button", { name: "Forget this account" }).click();
  await expect(page.getByRole("link", { name: /^Continue as/ })).toHaveCount(0);
  await expect(page.getByRole("link", { name: /^Continue/ }).first()).toHaveText(/Continue with Google/);
});

test("the password is marked by a cookie that names no user", async ({ page, context }) => {
  const account = await signUp(page, newAccount());
  await signOut(page);
  await expect(passwordButton(page)).toBeVisible();
  await expect(lastUsedBadges(page)).toHaveCount(1);
  const values = (await context.cookies()).map(({ value }) => value);
  expect(values).toContain("password");
  expect(values.join()).not.toContain(account.email.split("@")[0]);
});
