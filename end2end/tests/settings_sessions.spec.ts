// The list of sessions in the settings, and the recent activity.

import { newAccount, signInWithPassword, signUp, submitPassword } from "./support/account";
import { expect, type Page, test } from "./support/fixtures";
import { recentActivity, rowsOf, statusMessage } from "./support/settings";

test.describe("where you're signed in", () => {
  const devices = (page: Page) => rowsOf(page, "Where you're signed in");
  const deviceSignOutButton = (page: Page) => devices(page).getByRole("button", { name: /^Sign out/ });

  test("another browser is signed out, and this one stays", async ({ page, anotherBrowser }) => {
    const account = await signUp(page, newAccount());
    const otherPage = await anotherBrowser.newPage();
    await signInWithPassword(otherPage, account);

    await page.goto("/settings/security");
    await expect(devices(page)).toHaveCount(2);
    await expect(devices(page).first()).toContainText("This browser");
    await expect(deviceSignOutButton(page)).toHaveCount(1);
    await deviceSignOutButton(page).click();
    await expect(statusMessage(page)).toHaveText(/that device has been signed out/i);
    await expect(devices(page)).toHaveCount(1);
    await page.goto("/settings/activity");
    await expect(recentActivity(page)).toContainText("Signed out another device");

    await otherPage.goto("/dashboard");
    await expect(otherPage).toHaveURL((url) => url.pathname === "/login");
  });

  test("all other browsers are signed out at once", async ({ page, anotherBrowser, browser }) => {
    const account = await signUp(page, newAccount());
    const thirdBrowser = await browser.newContext();
    const others = [await anotherBrowser.newPage(), await thirdBrowser.newPage()];
    for (const other of others) await signInWithPassword(other, account);

    await page.goto("/settings/security");
    await expect(devices(page)).toHaveCount(3);
    await page.getByRole("button", { name: "Sign out everywhere else" }).click();
    await expect(statusMessage(page)).toHaveText(/signed out everywhere else/i);
    await expect(devices(page)).toHaveCount(1);
    await expect(page.getByRole("button", { name: "Sign out everywhere else" })).toHaveCount(0);
    for (const other of others) {
      await other.goto("/dashboard");
      await expect(other).toHaveURL((url) => url.pathname === "/login");
    }
    await thirdBrowser.close();
  });
});

test("recent activity highlights a wrong password", async ({ page, anotherBrowser }) => {
  const account = await signUp(page, newAccount());
  const stranger = await anotherBrowser.newPage();
  await stranger.goto("/login");
  await submitPassword(stranger, { ...account, password: "a guess of the stranger" });
  await expect(stranger.getByRole("alert")).toBeVisible();

  // Latchkey records it after the response, so that response times do not reveal which accounts exist.
  await expect(async () => {
    await page.goto("/settings/activity");
    const rows = recentActivity(page).getByRole("listitem");
    const rejection = rows.filter({ hasText: "A sign-in with a wrong password was refused" });
    await expect(rejection).toContainText("Worth a look", { timeout: 500 });
  }).toPass();
  await expect(recentActivity(page)).toContainText("Signed up with a password");
});
