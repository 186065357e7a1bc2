// A session that ended elsewhere: the login page says why, and a form that was submitted meanwhile can be sent after the sign-in.

import { newAccount, signInWithPassword, signUp, submitPassword } from "./support/account";
import { expectNoAxeViolations } from "./support/axe";
import { expect, test } from "./support/fixtures";
import { pageHeading } from "./support/page";

test("a form that was submitted after the session ended is offered again", async ({
  page,
  anotherBrowser,
  javaScriptEnabled,
}) => {
  const account = await signUp(page, newAccount());
  await page.goto("/settings");
  await page.getByRole("textbox", { name: "Name" }).fill("Countess of Lovelace");

  const other = await anotherBrowser.newPage();
  await signInWithPassword(other, account);
  await other.goto("/settings/security");
  await other.getByRole("button", { name: /everywhere else/i }).click();

  await page.getByRole("button", { name: "Save" }).click();
  await expect(page).toHaveURL("/login?return_to=%2Funsent");
  await expect(page.getByText("You were signed out from another device.")).toBeVisible();
  await expect(page.getByText(/We kept what you entered/)).toBeVisible();
  await submitPassword(page, account);

  await expect(pageHeading(page, "This wasn't sent")).toBeVisible();
  await expect(page.getByText("Countess of Lovelace")).toBeVisible();
  if (javaScriptEnabled) await expectNoAxeViolations(page);
  await page.getByRole("button", { name: "Save name" }).click();
  await expect(page).toHaveURL(/done=profile_saved/);
  await expect(page.getByRole("textbox", { name: "Name" })).toHaveValue("Countess of Lovelace");

  await page.goto("/unsent");
  await expect(pageHeading(page, "Nothing to send")).toBeVisible();
  if (javaScriptEnabled) await expectNoAxeViolations(page);
});
