// The pages of the settings: their sections and rows, and linking a provider.

import { expect, type Locator, type Page } from "./fixtures";
import type { Person } from "./person";
import { authorize } from "./provider_page";

/** A section by its heading. */
export function section(page: Page, heading: string): Locator {
  return page.getByRole("region", { name: heading });
}

/** The rows of a section. */
export function rowsOf(page: Page, heading: string): Locator {
  return section(page, heading).getByRole("listitem");
}

/** The row of a sign-in method: a provider's label, or "Password". */
export function signInMethod(page: Page, label: string): Locator {
  return rowsOf(page, "Ways to sign in").filter({ has: page.getByRole("heading", { level: 3, name: label, exact: true }) });
}

/** The section about access to Drive and Calendar. */
export function connectedServices(page: Page): Locator {
  return section(page, "Connected services");
}

export function recentActivity(page: Page): Locator {
  return section(page, "Recent activity");
}

/** The message that confirms a change. */
export function statusMessage(page: Page): Locator {
  return page.getByRole("status").first();
}

/** Shows what can be added as a sign-in method, on the security page. */
export async function openAdditions(page: Page) {
  await page.getByText("Add a sign-in method").click();
}

/** The sign-in method to add, on the security page. */
export async function addSignInMethod(page: Page, label: string) {
  await openAdditions(page);
  await page.getByRole("button", { name: `Add ${label}` }).click();
}

/** Opens the settings and authorizes at a provider to link it. The outcome is up to the test. */
export async function linkProvider(page: Page, label: string, person: Person) {
  await page.goto("/settings/security");
  await addSignInMethod(page, label);
  await authorize(page, person);
}

/** Links a second Google account. */
export async function linkSecondGoogleAccount(page: Page, person: Person) {
  await linkProvider(page, "Google", person);
  await expect(signInMethod(page, "Google")).toHaveCount(2);
}
