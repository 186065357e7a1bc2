// Signing in and up, and resetting the password.

import { latchkey, sandbox } from "../../servers.mjs";
import { confirmationEmail, newAccount, signUp, submitSignUp } from "../support/account";
import { emailTo, openEmailLink } from "../support/email";
import { expect } from "../support/fixtures";
import { submitEmail } from "../support/form";
import { pageHeading } from "../support/page";
import { createPerson } from "../support/person";
import { authorizeWith, signOut } from "../support/session";
import type { Scenarios } from "./scenario";

export const signInScenarios: Scenarios = {
  "the sign-in": async (page, _, inspect) => {
    await page.goto("/login");
    await inspect(page, "login");
    await page.goto("/login?return_to=%2Fsettings");
    await inspect(page, "login-return-to");
    await page.goto("/login?error=wrong_credentials");
    await inspect(page, "login-wrong-credentials");
    await page.goto("/login?error=too_many_attempts");
    await inspect(page, "login-too-many-attempts");
    await signUp(page, newAccount());
    await signOut(page);
    await inspect(page, "login-signed-out");
  },

  "the sign-up": async (page, anotherBrowser, inspect) => {
    const account = newAccount();
    await page.goto("/signup");
    await inspect(page, "signup");
    await page.goto("/signup?error=password_common");
    await inspect(page, "signup-error");
    await page.goto("/signup");
    await submitSignUp(page, account);
    await inspect(page, "check-inbox-signup");
    const email = await confirmationEmail(account);
    await openEmailLink(page, email);
    await inspect(page, "verify-email");
    const otherPage = await anotherBrowser.newPage();
    await openEmailLink(otherPage, email);
    await inspect(otherPage, "verify-email-elsewhere");
    await otherPage.goto("/verify-email?error=wrong_password");
    await inspect(otherPage, "verify-email-wrong-password");
    await otherPage.goto("/reset-password");
    await inspect(otherPage, "reset-password-instead");
  },

  "a request to delete data": async (page, _, inspect) => {
    await page.goto("/data-deletion");
    await inspect(page, "data-deletion");
    await page.goto("/data-deletion?code=0123456789abcdef0123456789abcdef");
    await inspect(page, "data-deletion-unknown");
    const person = await createPerson();
    await authorizeWith(page, "Facebook", person);
    await expect(page).toHaveURL("/dashboard");
    const to = `${latchkey.origin}/auth/events/facebook/deletion`;
    const event = { event: "data-deletion", person: person.id, to };
    const answer = await page.request.post(`${sandbox.origin}/control/facebook/event`, { data: event });
    const { body } = await answer.json();
    await page.goto(JSON.parse(body).url);
    await expect(pageHeading(page, "Your account was deleted")).toBeVisible();
    await inspect(page, "data-deletion-done");
  },

  "the password reset": async (page, anotherBrowser, inspect) => {
    const account = await signUp(await anotherBrowser.newPage(), newAccount());
    await page.goto("/forgot");
    await inspect(page, "forgot");
    await page.goto("/forgot?error=email_invalid");
    await inspect(page, "forgot-error");
    await submitEmail(page, account.email);
    await expect(page).toHaveURL((url) => url.pathname === "/check-inbox");
    await inspect(page, "check-inbox-reset");
    await openEmailLink(page, await emailTo(account.email, /choose a new password/i));
    await inspect(page, "reset-password");
    await page.goto("/reset-password?error=password_short");
    await inspect(page, "reset-password-error");
  },

  "expired links": async (page, _, inspect) => {
    for (const path of ["verify-email", "reset-password", "confirm-email", "undo"]) {
      await page.goto(`/${path}`);
      await inspect(page, `expired-${path}`);
    }
  },
};
