// Signing up with an email address and a password.

import { sandbox } from "../servers.mjs";
import {
  confirmationEmail,
  finishSignUpButton,
  newAccount,
  signInWithPassword,
  signUp,
  submitPassword,
  submitSignUp,
} from "./support/account";
import { emailTo, openEmailLink, tokenLink } from "./support/email";
import { expect, test } from "./support/fixtures";
import { emailField, passwordField, savePassword } from "./support/form";
import { pageHeading, signOutButton, waitForIslands } from "./support/page";
import { signOut } from "./support/session";

test("a sign-up returns to the page that was requested first", async ({ page }) => {
  const account = newAccount();
  await page.goto("/settings");
  await expect(page).toHaveURL("/login?return_to=%2Fsettings");
  await page.getByRole("link", { name: "Create an account" }).click();
  await submitSignUp(page, account);
  await expect(page.getByText(account.email)).toBeVisible();
  await expect(signOutButton(page)).toHaveCount(0);

  await openEmailLink(page, await confirmationEmail(account));
  await expect(page).toHaveURL("/verify-email");
  await expect(page.getByText(account.email)).toBeVisible();
  await expect(passwordField(page)).toHaveCount(0);
  await finishSignUpButton(page).click();
  await expect(page).toHaveURL("/settings");
  await expect(page.getByText(account.email).first()).toBeVisible();

  await signOut(page);
  await signInWithPassword(page, account);
});

test("the link in the sandbox's inbox finishes the sign-up", async ({ page }) => {
  const account = newAccount();
  await page.goto("/signup");
  await submitSignUp(page, account);
  await confirmationEmail(account);
  await page.goto(`${sandbox.origin}/inbox?to=${account.email}`);
  await page.getByRole("link", { name: /confirm your email address/i }).click();
  await page.frameLocator("iframe").getByRole("link", { name: /confirm email address/i }).click();
  await finishSignUpButton(page).click();
  await expect(page).toHaveURL("/dashboard");
});

test("in another browser the email link asks for the password", async ({ page, anotherBrowser }) => {
  const account = newAccount();
  await page.goto("/signup");
  await submitSignUp(page, account);

  const otherPage = await anotherBrowser.newPage();
  await openEmailLink(otherPage, await confirmationEmail(account));
  await passwordField(otherPage).fill("not the chosen one");
  await finishSignUpButton(otherPage).click();
  await expect(otherPage.getByRole("alert")).toHaveText(/incorrect password/i);
  await expect(signOutButton(otherPage)).toHaveCount(0);

  await passwordField(otherPage).fill(account.password);
  await finishSignUpButton(otherPage).click();
  await expect(otherPage).toHaveURL("/dashboard");
});

test("the mailbox owner replaces a stranger's password", async ({ page, anotherBrowser }) => {
  const account = newAccount();
  await page.goto("/signup");
  await submitSignUp(page, account);

  const owner = await anotherBrowser.newPage();
  await openEmailLink(owner, await confirmationEmail(account));
  await owner.getByRole("link", { name: /choose a new one/i }).click();
  await savePassword(owner, "the heron stands in cold water");
  await expect(owner).toHaveURL("/dashboard");

  await page.goto("/login");
  await submitPassword(page, account);
  await expect(page.getByRole("alert")).toHaveText(/incorrect email or password/i);
  await expect(signOutButton(page)).toHaveCount(0);
});

test("an email link works once and then says that it has expired", async ({ page }) => {
  const account = newAccount();
  await signUp(page, account);
  await page.goto(tokenLink(await confirmationEmail(account)));
  await expect(pageHeading(page, /has expired/i)).toBeVisible();
});

test("signing up with a registered address only emails its owner", async ({ page, anotherBrowser }) => {
  const account = await signUp(page, newAccount());
  const stranger = await anotherBrowser.newPage();
  await stranger.goto("/signup");
  await submitSignUp(stranger, { ...account, password: "a choice of the stranger" });
  const email = await emailTo(account.email, /already have an account/i);
  expect(email.links.every((link) => !link.includes("token="))).toBe(true);
});

for (const [password, reason] of [
  ["short", /too short/i],
  ["password1", /too common/i],
] as const) {
  test(`the password ${JSON.stringify(password)} is rejected with a reason`, async ({ page, javaScriptEnabled }) => {
    const { email } = newAccount();
    await page.goto("/signup");
    await waitForIslands(page, javaScriptEnabled);
    await emailField(page).fill(email);
    await passwordField(page).fill(password);
    await page.getByRole("button", { name: "Create account" }).click();
    await expect(page.getByRole("alert")).toHaveText(reason);
    await expect(emailField(page)).toHaveValue(email);
    await expect(passwordField(page)).toHaveAttribute("aria-invalid", "true");
    await expect(passwordField(page)).toHaveAccessibleDescription(reason);

    await submitSignUp(page, { email, password: "a longer one that is not common" });
  });
}
