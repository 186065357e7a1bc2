// Downloading the data and deleting the account.

import { readFile } from "node:fs/promises";
import { newAccount, signUp, submitPassword } from "./support/account";
import { emailTo } from "./support/email";
import { expect, test } from "./support/fixtures";
import { signOutButton } from "./support/page";
import { statusMessage } from "./support/settings";

test("the data export is JSON and contains no secrets", async ({ page }) => {
  const account = await signUp(page, newAccount());
  await page.goto("/settings/activity");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download my data" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("latchkey-data.json");
  const text = await readFile(await download.path(), "utf8");
  expect(JSON.parse(text)).toMatchObject({
    user: { email: { address: account.email, verified: true } },
    sessions: [{ method: "password" }],
  });
  expect(text).not.toMatch(/argon2|token|id_hash|secret/i);
});

test('typing "delete" deletes the account', async ({ page }) => {
  const account = await signUp(page, newAccount());
  await page.goto("/settings/activity");
  await page.getByRole("link", { name: "Delete my account" }).click();
  const confirmation = page.getByRole("textbox", { name: /^type .* to confirm/i });
  await confirmation.fill("remove");
  await page.getByRole("button", { name: "Delete my account" }).click();
  await expect(page.getByRole("alert")).toHaveText(/nothing was deleted/i);

  await confirmation.fill("delete");
  await page.getByRole("button", { name: "Delete my account" }).click();
  await expect(page).toHaveURL((url) => url.pathname === "/login");
  await expect(statusMessage(page)).toHaveText(/your account has been deleted/i);
  await expect(signOutButton(page)).toHaveCount(0);
  await emailTo(account.email, /was deleted/i);

  await submitPassword(page, account);
  await expect(page.getByRole("alert")).toHaveText(/incorrect email or password/i);
});
