// Signing in with a provider, signing out, and what a signed-in page shows.

import { latchkey } from "../../servers.mjs";
import { expect, type Locator, type Page } from "./fixtures";
import { pageHeading, signOutButton } from "./page";
import type { Person } from "./person";
import { authorize, authorizeIfAsked } from "./provider_page";

/** Signs in with Google, from the login page to the dashboard. */
export async function signIn(page: Page, person: Person) {
  await page.goto("/login");
  await continueWith(page, "Google");
  await authorizeIfAsked(page, person);
  await expect(page).toHaveURL("/dashboard");
  await expect(nameHeading(page, person)).toBeVisible();
}

/** Authorizes at a provider, from the login page to the callback. The outcome is up to the test. */
export async function authorizeWith(page: Page, label: string, person: Person) {
  await page.goto("/login");
  await continueWith(page, label);
  await authorize(page, person);
}

/** A provider on the login page: "Continue with Google", or "Continue as Ada · Google" after a sign-in. */
export function providerLink(page: Page, label: string): Locator {
  return page.getByRole("link", { name: new RegExp(`^Continue (with|as .+ ·) ${label}`) });
}

/** Clicks a provider, which may be behind "More options". */
export async function continueWith(page: Page, label: string) {
  await page.getByRole("link", { name: /^Continue/ }).first().waitFor();
  if (!(await providerLink(page, label).isVisible())) await page.getByText("More options").click();
  await providerLink(page, label).click();
}

/** Signs out by the button of the page. */
export async function signOut(page: Page) {
  await signOutButton(page).click();
  await expect(page).toHaveURL((url) => url.pathname === "/login");
}

/** The heading of the dashboard. */
export function nameHeading(page: Page, person: Person): Locator {
  return pageHeading(page, person.name);
}

/** When the account was created: the attribute, since islands reformat the text. */
export async function memberSince(page: Page): Promise<string | null> {
  return page.getByText(/since/i).first().locator("time").getAttribute("datetime");
}

/** The callback URL that `action` sends the browser to. */
export async function callbackUrlDuring(page: Page, action: () => Promise<void>): Promise<string> {
  const callback = page.waitForRequest((request) => request.url().startsWith(`${latchkey.origin}/auth/callback/`));
  await action();
  return (await callback).url();
}
