// “Last used”: a cookie remembers the sign-in method and nothing about the user.

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

test("the provider of the last sign-in is marked", async ({ page }) => {
  const [ada, grace] = [await createPerson("Ada Lovelace"), await createPerson("Grace Hopper")];
  await signIn(page, ada);
  await signOut(page);
  await expect(page.getByRole("link", { name: "Continue with Google" })).toHaveAccessibleDescription("Last used");
  await expect(lastUsedBadges(page)).toHaveCount(1);

  await continueWith(page, "GitHub");
  await authorize(page, grace);
  await expect(nameHeading(page, grace)).toBeVisible();
  await signOut(page);
  await expect(page.getByRole("link", { name: "Continue with GitHub" })).toHaveAccessibleDescription("Last used");
  await expect(lastUsedBadges(page)).toHaveCount(1);
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
