// "Confirm it's you": a fresh proof before something sensitive. That it is asked for after ten minutes is tested with a
// clock of its own in `tests/http`; here the page is opened as it stands after a slip, which is shown at any time.

import { newcomer, passwordField, signUp } from "./accounts";
import { expect, test, type Page } from "./browser";
import { consentButton, introduce, signIn, somebody } from "./people";

const slip = "/confirm?return_to=%2Fsettings%2Fdelete&error=wrong_password";
const deletion = (page: Page) => page.getByRole("heading", { level: 1, name: "Delete your account" });

test("the password is proof, a wrong one is none, and the way goes on", async ({ page }) => {
  const account = await signUp(page, newcomer());
  await page.goto(slip);
  await expect(page.getByText(`You're signed in as ${account.email}.`)).toBeVisible();
  await passwordField(page).fill("not this one");
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await expect(page.getByRole("alert")).toHaveText(/incorrect password/i);

  await passwordField(page).fill(account.password);
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await expect(deletion(page)).toBeVisible();
});

test("a round trip to the provider is proof; another account there is none", async ({ page }) => {
  const [person, other] = [await somebody("Ada Lovelace"), await somebody("Mallory")];
  await signIn(page, person);
  await page.goto(slip);
  await expect(passwordField(page)).toHaveCount(0);
  await page.getByRole("button", { name: "Continue with Google" }).click();
  await introduce(page, other);
  await expect(page).toHaveURL((url) => url.pathname === "/confirm");
  await expect(page.getByRole("alert")).toHaveText(/isn't linked to yours/i);

  await page.getByRole("button", { name: "Continue with Google" }).click();
  await page.locator(`button[name="person"][value="${person.id}"]`).click();
  await expect(deletion(page)).toBeVisible();
});

test("cancelling at the provider comes back to the question", async ({ page }) => {
  const [account, person] = [await signUp(page, newcomer()), await somebody()];
  await page.goto("/settings");
  await page.getByRole("button", { name: "Add GitHub" }).click();
  await introduce(page, person);
  await page.goto(slip);
  await page.getByRole("button", { name: "Continue with GitHub" }).click();
  await consentButton(page, "deny").click();
  await expect(page).toHaveURL((url) => url.pathname === "/confirm");
  await expect(page.getByRole("alert")).toHaveText(/you cancelled at github/i);

  await passwordField(page).fill(account.password);
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await expect(deletion(page)).toBeVisible();
});

test("who proved it a moment ago is not asked", async ({ page }) => {
  await signUp(page, newcomer());
  await page.goto("/confirm?return_to=%2Fsettings%2Fdelete");
  await expect(deletion(page)).toBeVisible();
});
