// Walks past every page in its main states, for whoever wants to look at them: axe, a ruler, a camera.

import { addressField, askForAccount, confirmation, newcomer, passwordField, signUp } from "./accounts";
import { expect, type BrowserContext, type Page } from "./browser";
import { follow, letterTo } from "./letters";
import { continueWith, freshAddress, introduce, signIn, signOut, somebody } from "./people";
import { wayOf } from "./settings";
import { walksOfGrants } from "./walks_of_grants";

/** Looks at the page as it is now. */
export type Look = (page: Page, name: string) => Promise<void>;
export type Walk = (page: Page, anotherBrowser: BrowserContext, look: Look) => Promise<void>;

const longName = "Maximiliana-Theodora Wolfeschlegelsteinhausenbergerdorffwelchevoralternwaren von Hohenlohe";
const longAddress = () => `maximiliana.theodora.wolfeschlegelsteinhausen.${freshAddress()}`;

export const walks: Record<string, Walk> = {
  "the sign-in": async (page, _, look) => {
    await page.goto("/login");
    await look(page, "login");
    await page.goto("/login?return_to=%2Fsettings");
    await look(page, "login-first");
    await page.goto("/login?error=wrong_credentials");
    await look(page, "login-wrong-credentials");
    await page.goto("/login?error=too_many_attempts");
    await look(page, "login-too-many-attempts");
    await signUp(page, newcomer());
    await signOut(page);
    await look(page, "login-signed-out");
  },

  "the sign-up": async (page, anotherBrowser, look) => {
    const account = newcomer();
    await page.goto("/signup");
    await look(page, "signup");
    await page.goto("/signup?error=password_common");
    await look(page, "signup-refused");
    await page.goto("/signup");
    await askForAccount(page, account);
    await look(page, "check-inbox-signup");
    const letter = await confirmation(account);
    await follow(page, letter);
    await look(page, "verify-email");
    const elsewhere = await anotherBrowser.newPage();
    await follow(elsewhere, letter);
    await look(elsewhere, "verify-email-elsewhere");
    await elsewhere.goto("/verify-email?error=wrong_password");
    await look(elsewhere, "verify-email-wrong-password");
    await elsewhere.goto("/reset-password");
    await look(elsewhere, "reset-password-instead");
  },

  "a forgotten password": async (page, anotherBrowser, look) => {
    const account = await signUp(await anotherBrowser.newPage(), newcomer());
    await page.goto("/forgot");
    await look(page, "forgot");
    await page.goto("/forgot?error=email_invalid");
    await look(page, "forgot-refused");
    await addressField(page).fill(account.email);
    await page.getByRole("button", { name: "Send email" }).click();
    await expect(page).toHaveURL((url) => url.pathname === "/check-inbox");
    await look(page, "check-inbox-reset");
    await follow(page, await letterTo(account.email, /choose a new password/i));
    await look(page, "reset-password");
    await page.goto("/reset-password?error=password_short");
    await look(page, "reset-password-refused");
  },

  "the link prompt": async (page, anotherBrowser, look) => {
    const account = await signUp(await anotherBrowser.newPage(), newcomer());
    const person = await somebody("Ada Lovelace", account.email);
    await page.goto("/login");
    await continueWith(page, "Google");
    await introduce(page, person);
    await look(page, "link");
    await page.goto("/link?error=wrong_password");
    await look(page, "link-wrong-password");
    await page.getByRole("button", { name: "Cancel" }).click();
    await expect(page).toHaveURL((url) => url.pathname === "/login");
    await look(page, "login-link-cancelled");
  },

  "the link prompt of an account with other providers": async (page, anotherBrowser, look) => {
    const person = await somebody(longName, longAddress());
    const elsewhere = await anotherBrowser.newPage();
    await elsewhere.goto("/login");
    await continueWith(elsewhere, "GitHub");
    await introduce(elsewhere, person);
    await elsewhere.goto("/settings/password");
    await passwordField(elsewhere).fill(newcomer().password);
    await elsewhere.getByRole("button", { name: "Save password" }).click();
    await expect(elsewhere).toHaveURL((url) => url.pathname === "/settings");
    await page.goto("/login");
    await continueWith(page, "Google");
    await introduce(page, person);
    await look(page, "link-both");
  },

  "the settings of a newcomer": async (page, _, look) => {
    const person = await somebody();
    await signIn(page, person);
    await look(page, "dashboard");
    await page.goto("/settings");
    await look(page, "settings");
    await page.goto("/settings/password");
    await look(page, "settings-first-password");
    await page.goto("/settings/link?provider=github");
    await look(page, "settings-link");
    await page.goto("/settings/delete");
    await look(page, "settings-delete");
    await page.goto("/settings/delete?error=confirmation_missing");
    await look(page, "settings-delete-refused");
  },

  "the settings of somebody with much": async (page, anotherBrowser, look) => {
    const account = await signUp(page, { ...newcomer(), email: longAddress() });
    const [google, github] = [await somebody(longName), await somebody(longName, longAddress())];
    for (const [label, person] of [["Google", google], ["GitHub", github]] as const) {
      await page.goto("/settings");
      await page.getByRole("button", { name: `Add ${label}` }).click();
      await introduce(page, person);
      await expect(wayOf(page, label)).toBeVisible();
    }
    const elsewhere = await anotherBrowser.newPage();
    await elsewhere.goto("/login");
    await continueWith(elsewhere, "Google");
    await elsewhere.locator(`button[name="person"][value="${google.id}"]`).click();
    await expect(elsewhere).toHaveURL("/dashboard");
    await look(elsewhere, "dashboard-full");

    await page.goto("/settings?done=linked");
    await look(page, "settings-full");
    await page.goto("/settings/password?error=password_personal");
    await look(page, "settings-password-refused");
    await page.goto("/confirm?return_to=%2Fsettings&error=wrong_password");
    await look(page, "confirm");
    await page.goto("/settings");
    await page.getByRole("link", { name: `Unlink GitHub ${github.email}` }).click();
    await look(page, "settings-unlink");

    const moved = freshAddress();
    await page.goto("/settings/email");
    await look(page, "settings-email");
    await addressField(page).fill(moved);
    await page.getByRole("button", { name: "Send email" }).click();
    await expect(page).toHaveURL((url) => url.pathname === "/check-inbox");
    await look(page, "check-inbox-email");
    const letter = await letterTo(moved, /confirm your new email address/i);
    await follow(page, letter);
    await look(page, "confirm-email");
    await signOut(elsewhere);
    await follow(elsewhere, letter);
    await look(elsewhere, "confirm-email-elsewhere");
    await follow(page, await letterTo(account.email, /github was added/i));
    await look(page, "undo");
  },

  "links that count no more": async (page, _, look) => {
    for (const path of ["verify-email", "reset-password", "confirm-email", "undo"]) {
      await page.goto(`/${path}`);
      await look(page, `worn-out-${path}`);
    }
  },
  ...walksOfGrants,
};
