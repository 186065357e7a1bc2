// Signing in, up and out by keyboard alone.

import { newAccount } from "./support/account";
import { expect, test } from "./support/fixtures";
import { emailField, passwordField } from "./support/form";
import { tabTo } from "./support/keyboard";
import { pageHeading, signOutButton, waitForIslands } from "./support/page";
import { createPerson } from "./support/person";
import { consentButton, personButton } from "./support/provider_page";
import { nameHeading } from "./support/session";

test("a user signs in and out by keyboard alone", async ({ page, javaScriptEnabled }) => {
  const person = await createPerson();
  await page.goto("/login");
  await waitForIslands(page, javaScriptEnabled);
  await tabTo(page, page.getByRole("link", { name: "Continue with Google" }));
  await page.keyboard.press("Enter");

  const button = personButton(page, person);
  await expect(button).toBeVisible();
  // The chooser lists the people of all tests, too many for Tab.
  await button.focus();
  await page.keyboard.press("Enter");

  const consent = consentButton(page, "allow");
  await expect(consent).toBeVisible();
  await tabTo(page, consent);
  await page.keyboard.press("Enter");

  await expect(nameHeading(page, person)).toBeVisible();
  await waitForIslands(page, javaScriptEnabled);
  await tabTo(page, signOutButton(page));
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL((url) => url.pathname === "/login");
});

test("a user signs up by keyboard alone", async ({ page, javaScriptEnabled }) => {
  const { email, password } = newAccount();
  await page.goto("/signup");
  await waitForIslands(page, javaScriptEnabled);
  await tabTo(page, emailField(page));
  await page.keyboard.type(email);
  await tabTo(page, passwordField(page));
  await page.keyboard.type(password);
  await tabTo(page, page.getByRole("button", { name: "Create account" }));
  await page.keyboard.press("Enter");
  await expect(pageHeading(page, "Check your inbox")).toBeVisible();
});

test("the first Tab stop skips the header", async ({ page }) => {
  await page.goto("/login");
  await page.keyboard.press("Tab");
  const skip = page.locator(":focus");
  await expect(skip).toHaveText(/skip/i);
  await expect(skip).toBeInViewport();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/#main$/);
});
