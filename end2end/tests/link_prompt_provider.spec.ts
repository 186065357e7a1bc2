// The link prompt, answered by signing in with a provider that is linked already.

import { expect, test } from "./support/fixtures";
import { passwordField } from "./support/form";
import { createGitHubUser, expectPrompt } from "./support/link_prompt";
import { createPerson, uniqueEmail } from "./support/person";
import { authorize, consentButton, personButton } from "./support/provider_page";
import { authorizeWith, continueWith } from "./support/session";
import { signInMethod } from "./support/settings";

test("signing in with the linked provider links Google", async ({ page, anotherBrowser }) => {
  const person = await createGitHubUser(anotherBrowser);
  await page.goto("/settings/security");
  await continueWith(page, "Google");
  await authorize(page, person);
  await expectPrompt(page, person.email);
  await expect(passwordField(page)).toHaveCount(0);

  await page.getByRole("button", { name: "Continue with GitHub" }).click();
  await personButton(page, person).click();
  await expect(page).toHaveURL("/settings/security");
  for (const label of ["Google", "GitHub"]) await expect(signInMethod(page, label)).toContainText(person.email);
});

test("cancelling at the linked provider returns to the prompt", async ({ page, anotherBrowser }) => {
  const person = await createGitHubUser(anotherBrowser);
  await authorizeWith(page, "Google", person);
  await page.getByRole("button", { name: "Continue with GitHub" }).click();
  await consentButton(page, "deny").click();
  await expectPrompt(page, person.email);
  await expect(page.getByRole("alert")).toHaveText(/you cancelled at github/i);

  await page.getByRole("button", { name: "Continue with GitHub" }).click();
  await personButton(page, person).click();
  await expect(page).toHaveURL("/dashboard");
});

test("another user of the linked provider cannot link Google", async ({ page, anotherBrowser }) => {
  const [person, other] = [await createGitHubUser(anotherBrowser), await createPerson("Mallory", uniqueEmail())];
  await authorizeWith(page, "Google", person);
  await page.getByRole("button", { name: "Continue with GitHub" }).click();
  await authorize(page, other);
  await expectPrompt(page, person.email);
  await expect(page.getByRole("alert")).toBeVisible();
});
