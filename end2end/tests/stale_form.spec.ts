// A form that was opened as one account and submitted as another.

import { newAccount, signInWithPassword, signUp } from "./support/account";
import { expectNoAxeViolations } from "./support/axe";
import { expect, test } from "./support/fixtures";
import { pageHeading } from "./support/page";
import { signOut } from "./support/session";

test.describe("a form on another account's page", () => {
  // The console message about the rejected form.
  test.use({ expectedErrors: [/status of 409/] });

  test("changes nothing and names both accounts", async ({ page, context, javaScriptEnabled }) => {
    const [first, second] = [await signUp(page, newAccount()), newAccount()];
    const profile = await context.newPage();
    await page.goto("/settings/delete");
    await profile.goto("/settings");

    // Another tab signs in to another account.
    const other = await context.newPage();
    await other.goto("/settings");
    await signOut(other);
    await signUp(other, second);

    await page.getByRole("textbox", { name: /to confirm/ }).fill("delete");
    await page.getByRole("button", { name: "Delete my account" }).click();
    await expect(pageHeading(page, "Nothing was changed")).toBeVisible();
    await expect(page.getByText(`That page belongs to ${first.email}.`)).toBeVisible();
    await expect(page.getByText(`You're now signed in as ${second.email}.`)).toBeVisible();
    if (javaScriptEnabled) await expectNoAxeViolations(page);

    await profile.getByRole("textbox", { name: "Name" }).fill("Another name");
    await profile.getByRole("button", { name: "Save" }).click();
    await expect(pageHeading(profile, "Nothing was changed")).toBeVisible();
    await profile.getByRole("link", { name: "Go to settings" }).click();
    await expect(profile.getByRole("textbox", { name: "Name" })).toHaveValue("");

    // A form on the current account's page works, and the first account still exists.
    await profile.getByRole("textbox", { name: "Name" }).fill("Second");
    await profile.getByRole("button", { name: "Save" }).click();
    await expect(profile.getByRole("status").first()).toHaveText(/profile/i);
    await signOut(profile);
    await signInWithPassword(profile, first);
  });
});
