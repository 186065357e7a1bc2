// “Confirm it's you”: re-authentication before a sensitive action. `tests/it/http` tests with its own clock when it is
// required; these tests open the page as it is after a failed attempt, which is shown at any time.

import { newAccount, signUp } from "./support/account";
import { expect, type Page, test } from "./support/fixtures";
import { passwordField } from "./support/form";
import { pageHeading } from "./support/page";
import { createPerson } from "./support/person";
import { authorize, consentButton, personButton } from "./support/provider_page";
import { signIn } from "./support/session";
import { linkProvider } from "./support/settings";

const failedConfirmation = "/confirm?return_to=%2Fsettings%2Fdelete&error=wrong_password";
const deletionHeading = (page: Page) => pageHeading(page, "Delete your account");

test("only the right password leads to the deletion page", async ({ page }) => {
  const account = await signUp(page, newAccount());
  await page.goto(failedConfirmation);
  await expect(page.getByText(`You're signed in as ${account.email}.`)).toBeVisible();
  await passwordField(page).fill("not this one");
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await expect(page.getByRole("alert")).toHaveText(/incorrect password/i);

  await passwordField(page).fill(account.password);
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await expect(deletionHeading(page)).toBeVisible();
});

test("only the linked Google account leads to the deletion page", async ({ page }) => {
  const [person, other] = [await createPerson("Ada Lovelace"), await createPerson("Mallory")];
  await signIn(page, person);
  await page.goto(failedConfirmation);
  await expect(passwordField(page)).toHaveCount(0);
  await page.getByRole("button", { name: "Continue with Google" }).click();
  await authorize(page, other);
  await expect(page).toHaveURL((url) => url.pathname === "/confirm");
  await expect(page.getByRole("alert")).toHaveText(/isn't linked to yours/i);

  await page.getByRole("button", { name: "Continue with Google" }).click();
  await personButton(page, person).click();
  await expect(deletionHeading(page)).toBeVisible();
});

test("cancelling at the provider returns to /confirm", async ({ page }) => {
  const [account, person] = [await signUp(page, newAccount()), await createPerson()];
  await linkProvider(page, "GitHub", person);
  await page.goto(failedConfirmation);
  await page.getByRole("button", { name: "Continue with GitHub" }).click();
  await consentButton(page, "deny").click();
  await expect(page).toHaveURL((url) => url.pathname === "/confirm");
  await expect(page.getByRole("alert")).toHaveText(/you cancelled at github/i);

  await passwordField(page).fill(account.password);
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await expect(deletionHeading(page)).toBeVisible();
});

test("a recent sign-in needs no re-authentication", async ({ page }) => {
  await signUp(page, newAccount());
  await page.goto("/confirm?return_to=%2Fsettings%2Fdelete");
  await expect(deletionHeading(page)).toBeVisible();
});
