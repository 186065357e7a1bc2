// The pages of the settings as a whole, and the profile.

import { newAccount, signUp, submitPassword } from "./support/account";
import { expect, test } from "./support/fixtures";
import { pageHeading } from "./support/page";
import { createPerson } from "./support/person";
import { personButton } from "./support/provider_page";
import { continueWith, signIn, signOut } from "./support/session";
import { statusMessage } from "./support/settings";

test("the four pages lead to each other", async ({ page }) => {
  await signIn(page, await createPerson());
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Settings" }).click();
  const pages = page.getByRole("navigation", { name: "Settings" }).getByRole("link");
  await expect(pages).toHaveText(["Account", "Security", "Connections", "Activity and data"]);
  for (const name of await pages.allInnerTexts()) {
    await pages.filter({ hasText: name }).click();
    await expect(pageHeading(page, name)).toBeVisible();
    await expect(pages.filter({ hasText: name })).toHaveAttribute("aria-current", "page");
  }
});

test("a signed-out user signs in and returns to the page", async ({ page, anotherBrowser }) => {
  const account = await signUp(await anotherBrowser.newPage(), newAccount());
  await page.goto("/settings/password");
  await expect(page).toHaveURL("/login?return_to=%2Fsettings%2Fpassword");
  await submitPassword(page, account);
  await expect(pageHeading(page, "Change your password")).toBeVisible();
});

test("recent times are relative", async ({ page }) => {
  await signIn(page, await createPerson());
  await page.goto("/settings/security");
  await expect(page.getByRole("main")).toContainText("just now");
});

test("a chosen name overrides the provider's until it is cleared", async ({ page }) => {
  const person = await createPerson("Augusta Ada King");
  await signIn(page, person);
  const name = page.getByRole("textbox", { name: "Name" });
  for (const [typed, shown] of [
    ["  Ada  ", "Ada"],
    ["", "Augusta Ada King"],
  ]) {
    await page.goto("/settings");
    await name.fill(typed);
    await page.getByRole("button", { name: "Save" }).click();
    await expect(statusMessage(page)).toHaveText(/profile saved/i);
    await signOut(page);
    await continueWith(page, "Google");
    await personButton(page, person).click();
    await expect(page.getByRole("heading", { level: 1, name: shown, exact: true })).toBeVisible();
  }
});
