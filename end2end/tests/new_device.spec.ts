// An email announces a sign-in with a new device; "This wasn't me" ends that session and no other.

import { newAccount, signInWithPassword, signUp } from "./support/account";
import { expectNoAxeViolations } from "./support/axe";
import { emailTo, emailsTo, openEmailLink } from "./support/email";
import { expect, test } from "./support/fixtures";
import { pageHeading } from "./support/page";

const newSignIn = /new sign-in/i;

test("this wasn't me", async ({ page, anotherBrowser, browser, javaScriptEnabled }) => {
  const account = await signUp(page, newAccount());
  expect((await emailsTo(account.email)).filter((email) => newSignIn.test(email.subject))).toHaveLength(0);
  const stranger = await anotherBrowser.newPage();
  await signInWithPassword(stranger, account);
  const email = await emailTo(account.email, newSignIn);

  // In a browser that is signed in nowhere.
  const mailbox = await browser.newContext();
  const reader = await mailbox.newPage();
  await openEmailLink(reader, email);
  await expect(pageHeading(reader, "Wasn't you?")).toBeVisible();
  await expect(reader.getByText(account.email)).toBeVisible();
  if (javaScriptEnabled !== false) await expectNoAxeViolations(reader);
  // Opening the link alone, as mail scanners do, ends nothing.
  await stranger.goto("/dashboard");
  await expect(stranger).toHaveURL("/dashboard");

  await reader.getByRole("button", { name: "This wasn't me" }).click();
  await expect(pageHeading(reader, "That session has ended")).toBeVisible();
  await expect(reader.getByRole("link", { name: "Choose a new password" })).toHaveAttribute("href", "/forgot");
  await stranger.goto("/dashboard");
  await expect(stranger).toHaveURL((url) => url.pathname === "/login");
  await expect(stranger.getByText(/didn't recognise this sign-in/i)).toBeVisible();
  await page.goto("/dashboard");
  await expect(page).toHaveURL("/dashboard");
  await reader.goto("/dashboard");
  await expect(reader).toHaveURL((url) => url.pathname === "/login");
  await mailbox.close();
});
