// "Last used": the browser remembers which way in was taken, and nothing of who took it.

import { newcomer, signUp } from "./accounts";
import { expect, test, type Page } from "./browser";
import { continueWith, introduce, nameOf, signIn, signOut, somebody } from "./people";

const badges = (page: Page) => page.getByText("Last used", { exact: true });
const byPassword = (page: Page) => page.getByRole("button", { name: "Sign in Last used" });

test("nothing is marked before the first sign-in", async ({ page }) => {
  await page.goto("/login");
  await expect(badges(page)).toHaveCount(0);
});

test("the provider of the last sign-in is marked", async ({ page }) => {
  const [ada, grace] = [await somebody("Ada Lovelace"), await somebody("Grace Hopper")];
  await signIn(page, ada);
  await signOut(page);
  await expect(page.getByRole("link", { name: "Continue with Google" })).toHaveAccessibleDescription("Last used");
  await expect(badges(page)).toHaveCount(1);

  await continueWith(page, "GitHub");
  await introduce(page, grace);
  await expect(nameOf(page, grace)).toBeVisible();
  await signOut(page);
  await expect(page.getByRole("link", { name: "Continue with GitHub" })).toHaveAccessibleDescription("Last used");
  await expect(badges(page)).toHaveCount(1);
});

test("the password is marked, and the cookie says nothing else", async ({ page, context }) => {
  const account = await signUp(page, newcomer());
  await signOut(page);
  await expect(byPassword(page)).toBeVisible();
  await expect(badges(page)).toHaveCount(1);
  const values = (await context.cookies()).map(({ value }) => value);
  expect(values).toContain("password");
  expect(values.join()).not.toContain(account.email.split("@")[0]);
});
