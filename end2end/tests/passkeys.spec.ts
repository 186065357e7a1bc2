// Passkeys, with Chromium's own client and authenticator as the witness.

import { newAccount, signUp } from "./support/account";
import { emailTo } from "./support/email";
import { expect, type Page, test } from "./support/fixtures";
import { pageHeading, signOutButton } from "./support/page";
import { addAuthenticator, withoutAutofill } from "./support/passkey";
import { rowsOf, statusMessage } from "./support/settings";

const passkeyButton = (page: Page) => page.getByRole("button", { name: "Use a passkey" });

async function addPasskey(page: Page) {
  await page.goto("/settings/security");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await expect(statusMessage(page)).toContainText("Passkey added.");
}

async function signOut(page: Page) {
  await page.goto("/dashboard");
  await signOutButton(page).click();
  await expect(pageHeading(page, "Sign in to Latchkey")).toBeVisible();
}

test("a passkey is added and signs in by the button @js", async ({ page }) => {
  await withoutAutofill(page);
  const account = await signUp(page, newAccount());
  const authenticator = await addAuthenticator(page);
  await addPasskey(page);
  await expect(rowsOf(page, "Passkeys")).toHaveCount(1);
  await emailTo(account.email, /a passkey was added/i);
  expect(await authenticator.credentials()).toHaveLength(1);

  await signOut(page);
  await page.goto("/login?return_to=%2Fsettings%2Femail");
  await passkeyButton(page).click();
  await expect(page).toHaveURL("/settings/email");
  await signOut(page);
  await expect(page.getByText("Last used")).toBeVisible();
});

test("the browser offers a passkey in the email field @js", async ({ page }) => {
  await signUp(page, newAccount());
  await addAuthenticator(page);
  await addPasskey(page);
  await page.goto("/dashboard");
  // The virtual user chooses at once what the field offers.
  await signOutButton(page).click();
  await expect(page).toHaveURL("/dashboard");
});

test("a passkey confirms that it is the user @js", async ({ page }) => {
  await signUp(page, newAccount());
  await addAuthenticator(page);
  await addPasskey(page);
  await page.goto("/confirm?return_to=%2Fsettings%2Fdelete&error=wrong_password");
  await passkeyButton(page).click();
  await expect(pageHeading(page, "Delete your account")).toBeVisible();
});

test("a passkey is renamed and removed @js", async ({ page }) => {
  await withoutAutofill(page);
  const account = await signUp(page, newAccount());
  const authenticator = await addAuthenticator(page);
  await addPasskey(page);
  const row = rowsOf(page, "Passkeys").first();
  await row.getByText("Rename").click();
  await row.getByRole("textbox", { name: "Name" }).fill("The blue key");
  await row.getByRole("button", { name: "Save" }).click();
  await expect(statusMessage(page)).toContainText("Passkey renamed.");
  await expect(row).toContainText("The blue key");

  await row.getByRole("link", { name: "Remove The blue key" }).click();
  await page.getByRole("button", { name: "Remove passkey" }).click();
  await expect(statusMessage(page)).toContainText("Passkey removed.");
  await expect(page.getByRole("region", { name: "Passkeys" }).getByRole("listitem")).toHaveCount(0);
  await emailTo(account.email, /a passkey was removed/i);
  // The settings tell the password manager which passkeys are left.
  await expect.poll(async () => (await authenticator.credentials()).length).toBe(0);
});

test.describe("a passkey that was removed elsewhere", () => {
  test.use({ expectedErrors: [/status of 422/] });

  test("signs nobody in @js", async ({ page, anotherBrowser }) => {
    await withoutAutofill(page);
    const account = await signUp(page, newAccount());
    await addAuthenticator(page);
    await addPasskey(page);
    await signOut(page);
    const other = await anotherBrowser.newPage();
    await other.goto("/login");
    await other.getByLabel("Email address").fill(account.email);
    await other.getByLabel("Password").fill(account.password);
    await other.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(other).toHaveURL("/dashboard");
    await other.goto("/settings/security");
    await rowsOf(other, "Passkeys").first().getByRole("link", { name: /^Remove/ }).click();
    await other.getByRole("button", { name: "Remove passkey" }).click();
    await expect(statusMessage(other)).toContainText("Passkey removed.");

    await passkeyButton(page).click();
    await expect(page.getByRole("alert")).toContainText("isn't linked to an account here");
    await expect(signOutButton(page)).toHaveCount(0);
  });
});

test("a user who cancels sees a message and can try again @js", async ({ page }) => {
  await withoutAutofill(page);
  await signUp(page, newAccount());
  const authenticator = await addAuthenticator(page);
  await addPasskey(page);
  await signOut(page);
  await page.evaluate(() => {
    const get = navigator.credentials.get.bind(navigator.credentials);
    navigator.credentials.get = async () => {
      navigator.credentials.get = get;
      throw new DOMException("The operation either timed out or was not allowed.", "NotAllowedError");
    };
  });
  await passkeyButton(page).click();
  await expect(page.getByRole("alert")).toContainText("No passkey was used.");
  await passkeyButton(page).click();
  await expect(page).toHaveURL("/dashboard");
  await authenticator.remove();
});

test("without JavaScript the page says what passkeys need", async ({ page, javaScriptEnabled }) => {
  test.skip(javaScriptEnabled !== false, "about pages without JavaScript");
  await page.goto("/login");
  await expect(page.locator("noscript p")).toHaveText("Passkeys need JavaScript.");
  await expect(passkeyButton(page)).toHaveCount(0);
});
