// Sign-ins that the user cancels, starts several times or goes back to.

import { latchkey } from "../servers.mjs";
import { expect, type Page, test } from "./support/fixtures";
import { createPerson } from "./support/person";
import { authorizeIfAsked, consentButton, personButton, pickPersonIfAsked } from "./support/provider_page";
import { continueWith, nameHeading, signIn } from "./support/session";
import { expectSignInError } from "./support/sign_in_errors";

test("cancelling at Google shows an error, and a retry succeeds", async ({ page }) => {
  const person = await createPerson();
  await page.goto("/login");
  await continueWith(page, "Google");
  await pickPersonIfAsked(page, person);
  await consentButton(page, "deny").click();
  await expectSignInError(page, "cancelled", /cancel/i);

  await page.getByRole("alert").getByRole("link").click();
  await authorizeIfAsked(page, person);
  await expect(page).toHaveURL("/dashboard");
  await expect(nameHeading(page, person)).toBeVisible();
});

test("two tabs that start a sign-in both complete it", async ({ context }) => {
  const person = await createPerson();
  const [left, right] = [await context.newPage(), await context.newPage()];
  for (const tab of [left, right]) {
    await tab.goto("/login");
    await continueWith(tab, "Google");
    await expect(personButton(tab, person)).toBeVisible();
  }
  for (const tab of [right, left]) {
    await authorizeIfAsked(tab, person);
    await expect(tab).toHaveURL("/dashboard");
    await expect(nameHeading(tab, person)).toBeVisible();
  }
});

test("a sixth sign-in replaces the first, which shows an error", async ({ context }) => {
  const person = await createPerson();
  const tabs: Page[] = [];
  for (let number = 0; number < 6; number++) {
    const tab = await context.newPage();
    await tab.goto("/auth/google?prompt=select_account");
    await expect(personButton(tab, person)).toBeVisible();
    tabs.push(tab);
  }
  expect((await context.cookies(latchkey.origin)).filter(({ name }) => name.startsWith("flow-"))).toHaveLength(5);

  await personButton(tabs[0], person).click();
  await consentButton(tabs[0], "allow").click();
  await expectSignInError(tabs[0], "flow_unknown", /./);
  await authorizeIfAsked(tabs[5], person);
  await expect(nameHeading(tabs[5], person)).toBeVisible();
});

test("going back to Google keeps the user signed in", async ({ page }) => {
  const person = await createPerson();
  await signIn(page, person);
  await page.goBack();
  if (await consentButton(page, "allow").isVisible()) await consentButton(page, "allow").click();
  else await page.goForward();
  await expect(page).toHaveURL("/dashboard");
  await expect(nameHeading(page, person)).toBeVisible();
});

test("the login page ignores unknown error codes", async ({ page }) => {
  await page.goto("/login?error=call_0900_now");
  await expect(page.getByRole("alert")).toHaveCount(0);
  await expect(page.getByText(/0900/)).toHaveCount(0);
});
