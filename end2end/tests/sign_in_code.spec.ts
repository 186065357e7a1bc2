// Sign-in by a code from an email, from the login page.

import { newAccount, signUp } from "./support/account";
import { expectNoAxeViolations } from "./support/axe";
import { emailTo } from "./support/email";
import { expect, test } from "./support/fixtures";
import { emailField } from "./support/form";
import { pageHeading } from "./support/page";

test("a code signs in the browser that asked, and its link no other", async ({
  page,
  anotherBrowser,
  browser,
  javaScriptEnabled,
}) => {
  const account = await signUp(page, newAccount());
  const asking = await anotherBrowser.newPage();
  await asking.goto("/login");
  await emailField(asking).fill(account.email);
  await asking.getByRole("button", { name: "Email me a code" }).click();
  await expect(pageHeading(asking, "Enter your code")).toBeVisible();
  if (javaScriptEnabled !== false) await expectNoAxeViolations(asking);

  const email = await emailTo(account.email, /your code to sign in/i);
  const [, code] = /enter this code there:\s+(\S{4}-\S{4})/.exec(email.text) ?? [];
  expect(code, email.text).toBeTruthy();
  const link = email.links.find((url) => url.includes("/login/code?code="));
  expect(link, email.text).toBeTruthy();

  const elsewhere = await browser.newContext();
  const other = await elsewhere.newPage();
  await other.goto(link!);
  await expect(other.getByText(/only in the browser that asked/i)).toBeVisible();
  await expect(other.getByLabel("Code", { exact: true })).toHaveCount(0);
  await elsewhere.close();

  await asking.getByLabel("Code", { exact: true }).fill("2222-2222");
  await asking.getByRole("button", { name: "Sign in" }).click();
  await expect(asking.getByRole("alert")).toHaveText(/that code is incorrect/i);
  await asking.getByLabel("Code", { exact: true }).fill(code!.toLowerCase().replace("-", " "));
  await asking.getByRole("button", { name: "Sign in" }).click();
  await expect(asking).toHaveURL("/dashboard");
});
