// The people of the tests and what they do to sign in and out. Each test makes up its own, so that they can run side
// by side.

import { randomUUID } from "node:crypto";
import { request } from "@playwright/test";
import { latchkey, sandbox } from "../servers.mjs";
import { expect, type Locator, type Page } from "./browser";

export type Person = { id: string; email: string; name: string };

/** Somebody new with an account at each of the sandbox's providers. Google runs the mailbox, unless another is given. */
export async function somebody(name = "Ada Lovelace", email?: string): Promise<Person> {
  const id = `e2e-${randomUUID().slice(0, 8)}`;
  const person = { id, email: email ?? `${id}@gmail.com`, name };
  const control = await request.newContext({ baseURL: sandbox.origin });
  const answer = await control.post("/control/persons", { data: { ...person, email_verified: true } });
  expect(answer.ok(), await answer.text()).toBe(true);
  await control.dispose();
  return person;
}

/** From the login page to the dashboard. */
export async function signIn(page: Page, person: Person) {
  await page.goto("/login");
  await continueWith(page, "Google");
  await answerAs(page, person);
  await expect(page).toHaveURL("/dashboard");
  await expect(nameOf(page, person)).toBeVisible();
}

/** Clicks "Continue with …". */
export async function continueWith(page: Page, label: string) {
  await page.getByRole("link", { name: `Continue with ${label}` }).click();
}

/** An address that nobody has yet, at a provider that is none of the sandbox's. */
export function freshAddress(): string {
  return `e2e-${randomUUID().slice(0, 8)}@example.org`;
}

/** Picks the person and consents, at any provider of the sandbox that has not seen them in this browser. */
export async function introduce(page: Page, person: Person) {
  await page.locator(`button[name="person"][value="${person.id}"]`).click();
  await consentButton(page, "allow").click();
}

/** Picks the person and consents. What the provider does not ask a second time, this does not wait for. */
export async function answerAs(page: Page, person: Person) {
  await choose(page, person);
  await allow(page);
}

/** Picks the person on the provider's account chooser. */
export async function choose(page: Page, person: Person) {
  const theirs = page.locator(`button[name="person"][value="${person.id}"]`);
  await expect(theirs.or(signedIn(page)).first()).toBeVisible();
  if (await theirs.isVisible()) await theirs.click();
}

/** Consents on the provider's consent screen, if it is shown. */
export async function allow(page: Page) {
  const consent = consentButton(page, "allow");
  await expect(consent.or(signedIn(page)).first()).toBeVisible();
  if (await consent.isVisible()) await consent.click();
}

/** The button on the consent screen that says yes or no. */
export function consentButton(page: Page, decision: "allow" | "deny"): Locator {
  return page.locator(`button[name="decision"][value="${decision}"]`);
}

/** The button that ends the session: what tells a signed-in page. */
export function signedIn(page: Page): Locator {
  return page.getByRole("button", { name: "Sign out", exact: true });
}

/** The heading of the dashboard. */
export function nameOf(page: Page, person: Person): Locator {
  return page.getByRole("heading", { level: 1, name: person.name });
}

/** When the account was made, for machines: what is to be read changes when the islands wake up. */
export async function memberSince(page: Page): Promise<string | null> {
  return page.getByText(/since/i).first().locator("time").getAttribute("datetime");
}

/** Ends the session by its button. */
export async function signOut(page: Page) {
  await signedIn(page).click();
  await expect(page).toHaveURL((url) => url.pathname === "/login");
}

/** Waits until the islands of the page are awake. Without JavaScript there is nothing to wait for. */
export async function awake(page: Page, javaScriptEnabled: boolean | undefined) {
  if (javaScriptEnabled !== false) await expect(page.locator("html")).toHaveAttribute("data-hydrated", "true");
}

/** Everything that the page shows, as text. */
export async function textOf(page: Page) {
  return page.locator("body").innerText();
}

/** The callback that the browser is sent to during `action`. */
export async function callbackDuring(page: Page, action: () => Promise<void>): Promise<string> {
  const callback = page.waitForRequest((sent) => sent.url().startsWith(`${latchkey.origin}/auth/callback/`));
  await action();
  return (await callback).url();
}
