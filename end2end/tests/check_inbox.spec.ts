// "Check your inbox": sends again, counts down, and goes on when the link was used on another device.

import { confirmationEmail, finishSignUpButton, newAccount, submitSignUp } from "./support/account";
import { expectNoAxeViolations } from "./support/axe";
import { emailsTo, openEmailLink } from "./support/email";
import { expect, test } from "./support/fixtures";
import { passwordField } from "./support/form";
import { pageHeading } from "./support/page";

test("the email of a sign-up is sent again", async ({ page, javaScriptEnabled }) => {
  const account = newAccount();
  await page.goto("/signup");
  await submitSignUp(page, account);
  await confirmationEmail(account);
  await expect(page.getByText(javaScriptEnabled ? /again in 0:\d\d/ : "again in a minute")).toBeVisible();
  if (javaScriptEnabled) await expectNoAxeViolations(page);
  await page.getByRole("button", { name: "Send it again" }).click();
  await expect(pageHeading(page, "Check your inbox")).toBeVisible();
  await expect.poll(async () => (await emailsTo(account.email)).length).toBe(2);
});

test("the page goes on when the link was used on another device", async ({ page, anotherBrowser, javaScriptEnabled }) => {
  const account = newAccount();
  await page.goto("/signup");
  await submitSignUp(page, account);
  const phone = await anotherBrowser.newPage();
  await openEmailLink(phone, await confirmationEmail(account));
  await passwordField(phone).fill(account.password);
  await finishSignUpButton(phone).click();
  await expect(phone).toHaveURL("/dashboard");
  // Without script the page reloads by itself after half a minute.
  if (!javaScriptEnabled) await page.reload();
  await expect(page).toHaveURL("/login?done=signed_up_elsewhere", { timeout: 15_000 });
  await expect(page.getByText("Your email address is confirmed.")).toBeVisible();
});
