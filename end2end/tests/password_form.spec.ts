// The password form and its islands.

import { confirmationEmail, newAccount } from "./support/account";
import { emailsTo } from "./support/email";
import { expect, test } from "./support/fixtures";
import { emailField, passwordField } from "./support/form";
import { pageHeading, waitForIslands } from "./support/page";

test.describe("the password form", { tag: "@js" }, () => {
  test("shows the typed password and hides it on submit", async ({ page }) => {
    await page.goto("/login");
    await waitForIslands(page, true);
    const [field, toggle] = [passwordField(page), page.getByRole("button", { name: "Show typed text" })];
    await field.fill("something");
    await expect(field).toHaveAttribute("type", "password");
    await toggle.click();
    await expect(field).toHaveAttribute("type", "text");
    await expect(toggle).toHaveAttribute("aria-pressed", "true");
    await toggle.click();
    await expect(field).toHaveAttribute("type", "password");

    await toggle.click();
    await page.evaluate(() => addEventListener("submit", (event) => event.preventDefault()));
    await emailField(page).fill(newAccount().email);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(field).toHaveAttribute("type", "password");
  });

  test("is sent once when its button is double-clicked", async ({ page }) => {
    const account = newAccount();
    const sent: string[] = [];
    page.on("request", (request) => request.method() === "POST" && sent.push(request.url()));
    await page.goto("/signup");
    await waitForIslands(page, true);
    await emailField(page).fill(account.email);
    await passwordField(page).fill(account.password);
    await page.getByRole("button", { name: "Create account" }).dblclick();
    await expect(pageHeading(page, "Check your inbox")).toBeVisible();
    expect(sent).toHaveLength(1);
    await confirmationEmail(account);
    expect(await emailsTo(account.email)).toHaveLength(1);
  });
});

test("without JavaScript no button to show the password appears", async ({ page, javaScriptEnabled }) => {
  test.skip(javaScriptEnabled !== false, "about pages without JavaScript");
  await page.goto("/login");
  await expect(passwordField(page)).toBeVisible();
  await expect(page.getByRole("button", { name: "Show typed text" })).toHaveCount(0);
});
