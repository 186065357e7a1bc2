// The dashboard and the settings.

import { newAccount, signInWithPassword, signUp, submitPassword } from "../support/account";
import { emailTo, openEmailLink } from "../support/email";
import { expect } from "../support/fixtures";
import { submitEmail } from "../support/form";
import { createPerson, longEmail, longName, uniqueEmail } from "../support/person";
import { personButton } from "../support/provider_page";
import { continueWith, signIn, signOut } from "../support/session";
import { linkProvider, openAdditions, signInMethod } from "../support/settings";
import type { Scenarios } from "./scenario";

export const settingsScenarios: Scenarios = {
  "the settings of a new user": async (page, _, inspect) => {
    const person = await createPerson();
    await signIn(page, person);
    await inspect(page, "dashboard");
    for (const [path, state] of [
      ["/settings", "settings-account"],
      ["/settings/security", "settings-security"],
      ["/settings/connections", "settings-connections"],
      ["/settings/activity", "settings-activity"],
    ]) {
      await page.goto(path);
      await inspect(page, state);
    }
    await page.goto("/settings/password");
    await inspect(page, "settings-first-password");
    await page.goto("/settings/link?provider=github");
    await inspect(page, "settings-link");
    await page.goto("/settings/delete");
    await inspect(page, "settings-delete");
    await page.goto("/settings/delete?error=confirmation_missing");
    await inspect(page, "settings-delete-error");
  },

  "a session that ended elsewhere": async (page, anotherBrowser, inspect) => {
    const account = await signUp(page, newAccount());
    await page.goto("/settings/email");
    await submitEmail(page, uniqueEmail());
    await page.goto("/settings");
    await inspect(page, "settings-pending-email");
    await page.getByRole("textbox", { name: "Name" }).fill("Countess of Lovelace");
    const other = await anotherBrowser.newPage();
    await signInWithPassword(other, account);
    await other.goto("/settings/security");
    await other.getByRole("button", { name: /everywhere else/i }).click();
    await page.getByRole("button", { name: "Save" }).click();
    await inspect(page, "login-session-ended");
    await submitPassword(page, account);
    await inspect(page, "unsent");
    await page.goto("/verify-email");
    await inspect(page, "used-link-signed-in");
  },

  "the settings of a user with several sign-in methods": async (page, anotherBrowser, inspect) => {
    const account = await signUp(page, { ...newAccount(), email: longEmail() });
    const [google, github] = [await createPerson(longName), await createPerson(longName, longEmail())];
    for (const [label, person] of [["Google", google], ["GitHub", github]] as const) {
      await linkProvider(page, label, person);
      await expect(signInMethod(page, label)).toBeVisible();
    }
    const otherPage = await anotherBrowser.newPage();
    await otherPage.goto("/login");
    await continueWith(otherPage, "Google");
    await personButton(otherPage, google).click();
    await expect(otherPage).toHaveURL("/dashboard");
    await inspect(otherPage, "dashboard-full");

    await page.goto("/settings/security?done=linked");
    await openAdditions(page);
    await inspect(page, "settings-security-full");
    await page.goto("/settings/password?error=password_personal");
    await inspect(page, "settings-password-error");
    await page.goto("/confirm?return_to=%2Fsettings&error=wrong_password");
    await inspect(page, "confirm");
    await page.goto("/settings/security");
    await page.getByRole("link", { name: `Unlink GitHub ${github.email}` }).click();
    await inspect(page, "settings-unlink");

    const newEmail = uniqueEmail();
    await page.goto("/settings/email");
    await inspect(page, "settings-email");
    await submitEmail(page, newEmail);
    await expect(page).toHaveURL((url) => url.pathname === "/check-inbox");
    await inspect(page, "check-inbox-email");
    const email = await emailTo(newEmail, /confirm your new email address/i);
    await openEmailLink(page, email);
    await inspect(page, "confirm-email");
    await signOut(otherPage);
    await openEmailLink(otherPage, email);
    await inspect(otherPage, "confirm-email-elsewhere");
    await openEmailLink(page, await emailTo(account.email, /github was added/i));
    await inspect(page, "undo");
  },
};
