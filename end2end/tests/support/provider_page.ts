// The account chooser and the consent screen of the sandbox's providers.

import { expect, type Locator, type Page } from "./fixtures";
import { signOutButton } from "./page";
import type { Person } from "./person";

/** Picks the person and consents, at a provider that they have not used in this browser. */
export async function authorize(page: Page, person: Person) {
  await personButton(page, person).click();
  await consentButton(page, "allow").click();
}

/** Picks the person and consents, unless the provider remembers them and skips these pages. */
export async function authorizeIfAsked(page: Page, person: Person) {
  await pickPersonIfAsked(page, person);
  await consentIfAsked(page);
}

/** Picks the person on the account chooser, unless it is skipped. */
export async function pickPersonIfAsked(page: Page, person: Person) {
  await clickIfAsked(page, personButton(page, person));
}

/** Consents on the consent screen, unless it is skipped. */
export async function consentIfAsked(page: Page) {
  await clickIfAsked(page, consentButton(page, "allow"));
}

/** The person's button on the account chooser. */
export function personButton(page: Page, { id }: Pick<Person, "id">): Locator {
  return page.locator(`button[name="person"][value="${id}"]`);
}

/** The button on the consent screen that allows or denies access. */
export function consentButton(page: Page, decision: "allow" | "deny"): Locator {
  return page.locator(`button[name="decision"][value="${decision}"]`);
}

/** Waits for the button or for a signed-in page, and clicks the button if it is there. */
async function clickIfAsked(page: Page, button: Locator) {
  await expect(button.or(signOutButton(page)).first()).toBeVisible();
  if (await button.isVisible()) await button.click();
}
