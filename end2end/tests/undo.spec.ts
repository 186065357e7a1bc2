// The undo link in emails that announce a change.

import { newAccount, signInWithPassword, signUp, submitPassword } from "./support/account";
import { emailTo, openEmailLink, tokenLink } from "./support/email";
import { expect, test } from "./support/fixtures";
import { savePassword } from "./support/form";
import { pageHeading } from "./support/page";
import { createPerson, uniqueEmail } from "./support/person";
import { personButton } from "./support/provider_page";
import { continueWith } from "./support/session";
import { linkProvider, signInMethod } from "./support/settings";

test("undoing an added provider unlinks it and ends all sessions", async ({ page, anotherBrowser }) => {
  const account = await signUp(page, newAccount());
  const intruder = await anotherBrowser.newPage();
  await signInWithPassword(intruder, account);
  const mallory = await createPerson("Mallory", uniqueEmail());
  await linkProvider(intruder, "GitHub", mallory);
  await expect(signInMethod(intruder, "GitHub")).toContainText(mallory.email);

  const email = await emailTo(account.email, /github was added/i);
  await openEmailLink(page, email);
  await expect(page).toHaveURL("/undo");
  await expect(page.getByText("GitHub was added as a way to sign in.")).toBeVisible();
  await page.getByRole("button", { name: "Undo this change" }).click();
  await expect(page.getByRole("status").first()).toHaveText(/was undone/i);
  const updated = { ...account, password: "nine herons on the far bank" };
  await savePassword(page, updated.password);
  await expect(page).toHaveURL("/dashboard");
  await page.goto("/settings/security");
  await expect(signInMethod(page, "GitHub")).toHaveCount(0);

  await intruder.goto("/settings/security");
  await expect(intruder).toHaveURL((url) => url.pathname === "/login");
  await submitPassword(intruder, account);
  await expect(intruder.getByRole("alert")).toBeVisible();
  await continueWith(intruder, "GitHub");
  await personButton(intruder, mallory).click();
  await expect(intruder.getByText(mallory.email).first()).toBeVisible();
  await expect(intruder.getByText(account.email)).toHaveCount(0);

  await page.goto(tokenLink(email));
  await expect(pageHeading(page, /has expired/i)).toBeVisible();
});

test("opening the undo link alone changes nothing", async ({ page, anotherBrowser }) => {
  const [account, person] = [await signUp(page, newAccount()), await createPerson("Ada Lovelace", uniqueEmail())];
  await linkProvider(page, "GitHub", person);
  await expect(signInMethod(page, "GitHub")).toBeVisible();

  const otherPage = await anotherBrowser.newPage();
  await openEmailLink(otherPage, await emailTo(account.email, /github was added/i));
  await expect(otherPage.getByRole("button", { name: "Undo this change" })).toBeVisible();
  await page.reload();
  await expect(signInMethod(page, "GitHub")).toBeVisible();
});

test("the mailbox owner undoes a password change", async ({ page, anotherBrowser }) => {
  const account = await signUp(page, newAccount());
  const intruder = await anotherBrowser.newPage();
  await signInWithPassword(intruder, account);
  await intruder.goto("/settings/password");
  const changed = { ...account, password: "a choice of the intruder" };
  await savePassword(intruder, changed.password);
  await expect(intruder.getByRole("status").first()).toHaveText(/password changed/i);

  await openEmailLink(page, await emailTo(account.email, /password for your account was changed/i));
  await page.getByRole("button", { name: "Undo this change" }).click();
  await savePassword(page, "nine herons on the far bank");
  await expect(page).toHaveURL("/dashboard");

  await intruder.goto("/login");
  await submitPassword(intruder, changed);
  await expect(intruder.getByRole("alert")).toHaveText(/incorrect email or password/i);
});
