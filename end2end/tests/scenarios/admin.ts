// The administration pages, and an invitation.

import { newAccount, signUp } from "../support/account";
import { emailTo, openEmailLink } from "../support/email";
import { expect } from "../support/fixtures";
import { createAdministrator, longEmail } from "../support/person";
import { signIn } from "../support/session";
import { section } from "../support/settings";
import type { Scenarios } from "./scenario";

export const adminScenarios: Scenarios = {
  "users for an administrator": async (page, anotherBrowser, inspect) => {
    const other = await anotherBrowser.newPage();
    const account = await signUp(other, { ...newAccount(), email: longEmail() });
    await signIn(page, await createAdministrator());
    await page.goto("/admin?done=invited");
    await inspect(page, "admin");
    await page.goto("/admin?q=nobody%40example.org");
    await inspect(page, "admin-nobody");
    await page.goto("/admin?error=email_invalid");
    await inspect(page, "admin-invite-error");
    await page.goto(`/admin?q=${encodeURIComponent(account.email)}`);
    await page.getByRole("link", { name: account.email }).click();
    await inspect(page, "admin-user");
    await page.goto(`${page.url()}&error=confirmation_missing`);
    await inspect(page, "admin-user-error");

    const email = longEmail();
    await page.goto("/admin");
    await section(page, "Invite").getByLabel("Email address").fill(email);
    await page.getByRole("button", { name: "Send invitation" }).click();
    await expect(page).toHaveURL((url) => url.searchParams.get("done") === "invited");
    const invited = await anotherBrowser.newPage();
    await openEmailLink(invited, await emailTo(email, /you're invited/i));
    await inspect(invited, "invitation");
    await invited.goto("/invitation?error=password_short");
    await inspect(invited, "invitation-error");
  },
};
