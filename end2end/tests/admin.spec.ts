// The administration page.

import { newAccount, signInWithPassword, signUp } from "./support/account";
import { emailTo, openEmailLink } from "./support/email";
import { expect, test } from "./support/fixtures";
import { pageHeading, signOutButton } from "./support/page";
import { createAdministrator, uniqueEmail } from "./support/person";
import { signIn } from "./support/session";
import { section, statusMessage } from "./support/settings";

test("an administrator finds, signs out, disables, enables and deletes a user", async ({ page, anotherBrowser }) => {
  const user = await anotherBrowser.newPage();
  const account = await signUp(user, newAccount());
  await signIn(page, await createAdministrator());
  await page.getByRole("link", { name: "Users", exact: true }).click();
  await expect(pageHeading(page, "Users")).toBeVisible();
  await page.getByLabel("Email address or ID").fill(account.email);
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByRole("link", { name: account.email }).click();
  await expect(pageHeading(page, account.email)).toBeVisible();
  await expect(section(page, "Ways to sign in")).toContainText("Password");

  await page.getByRole("button", { name: "Sign out everywhere" }).click();
  await expect(statusMessage(page)).toHaveText(/user signed out/i);
  await user.goto("/dashboard");
  await expect(user).toHaveURL((url) => url.pathname === "/login");
  await signInWithPassword(user, account);

  await page.getByRole("button", { name: "Disable" }).click();
  await expect(statusMessage(page)).toHaveText(/user disabled/i);
  await user.goto("/dashboard");
  await expect(user).toHaveURL((url) => url.pathname === "/login");
  await page.getByRole("button", { name: "Enable" }).click();
  await expect(statusMessage(page)).toHaveText(/user enabled/i);
  await signInWithPassword(user, account);

  const remove = page.getByRole("button", { name: "Delete this user" });
  await page.getByLabel(/to delete this user/).fill("no");
  await remove.click();
  await expect(page.getByRole("alert")).toHaveText(/nothing was deleted/i);
  await page.getByLabel(/to delete this user/).fill("delete");
  await remove.click();
  await expect(statusMessage(page)).toHaveText(/user deleted/i);
  await user.goto("/dashboard");
  await expect(user).toHaveURL((url) => url.pathname === "/login");
});

test("an administrator invites, and the invited user chooses a password", async ({ page, anotherBrowser }) => {
  const email = uniqueEmail();
  await signIn(page, await createAdministrator());
  await page.goto("/admin");
  await section(page, "Invite").getByLabel("Email address").fill(email);
  await page.getByRole("button", { name: "Send invitation" }).click();
  await expect(statusMessage(page)).toHaveText(/invitation sent/i);

  const user = await anotherBrowser.newPage();
  await openEmailLink(user, await emailTo(email, /you're invited/i));
  await expect(pageHeading(user, "Accept your invitation")).toBeVisible();
  await user.getByLabel("Password", { exact: true }).fill(newAccount().password);
  await user.getByRole("button", { name: "Create account" }).click();
  await expect(signOutButton(user)).toBeVisible();
});

test.describe("for anybody else", () => {
  test.use({ expectedErrors: [/status of 404/] });

  test("there is no such page", async ({ page }) => {
    await signUp(page, newAccount());
    await expect(page.getByRole("link", { name: "Users", exact: true })).toHaveCount(0);
    const response = await page.goto("/admin");
    expect(response?.status()).toBe(404);
  });
});
