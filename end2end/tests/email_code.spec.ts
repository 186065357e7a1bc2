// “Confirm it's you” by a code from an email, for people whose only way to sign in is a provider. As in
// `reauthentication.spec.ts`, the page is opened as it is after a failed attempt.

import { expectNoAxeViolations } from "./support/axe";
import { type Email, emailTo } from "./support/email";
import { expect, type Page, test } from "./support/fixtures";
import { pageHeading } from "./support/page";
import { createPerson, type Person } from "./support/person";
import { signIn } from "./support/session";

const failedConfirmation =
  "/confirm?return_to=%2Fsettings%2Fdelete&error=reauthentication_unsupported&provider=google";
const codeField = (page: Page) => page.getByLabel("Code", { exact: true });
const confirmButton = (page: Page) => page.getByRole("button", { name: "Confirm", exact: true });

/** The code in the email, in two groups. */
function codeIn(email: Email): string {
  const [, code] = /enter this code there:\s+(\S{4}-\S{4})/.exec(email.text) ?? [];
  expect(code, email.text).toBeTruthy();
  return code!;
}

async function requestCode(page: Page, person: Person): Promise<Email> {
  await signIn(page, person);
  await page.goto(failedConfirmation);
  await expect(page.getByRole("alert")).toHaveText(/google can't confirm that you signed in there just now/i);
  await page.getByRole("button", { name: "Email me a code" }).click();
  await expect(page.getByText(`We've sent a code to ${person.email}.`)).toBeVisible();
  return emailTo(person.email, /your code/i);
}

test("the code from the email leads to the deletion page", async ({ page, javaScriptEnabled }) => {
  const person = await createPerson();
  const code = codeIn(await requestCode(page, person));
  if (javaScriptEnabled !== false) await expectNoAxeViolations(page);
  await codeField(page).fill("2222-2222");
  await confirmButton(page).click();
  await expect(page.getByRole("alert")).toHaveText(/that code is incorrect/i);

  await codeField(page).fill(code.toLowerCase().replace("-", " "));
  await confirmButton(page).click();
  await expect(pageHeading(page, "Delete your account")).toBeVisible();
});

test("the link in the email only fills in the form, in the browser that asked", async ({ page, anotherBrowser }) => {
  const person = await createPerson();
  const email = await requestCode(page, person);
  const link = email.links.find((url) => url.includes("/confirm?code="));
  expect(link, email.text).toBeTruthy();

  const elsewhere = await anotherBrowser.newPage();
  await signIn(elsewhere, person);
  await elsewhere.goto(link!);
  await expect(codeField(elsewhere)).toHaveCount(0);

  await page.goto(link!);
  await expect(codeField(page)).toHaveValue(codeIn(email));
  await confirmButton(page).click();
  await expect(pageHeading(page, "Delete your account")).toBeVisible();
});
