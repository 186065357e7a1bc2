// Linking and unlinking providers in the settings.

import { emailTo } from "./support/email";
import { expect, test } from "./support/fixtures";
import { pageHeading } from "./support/page";
import { createPerson, uniqueEmail } from "./support/person";
import { authorize, consentButton, personButton } from "./support/provider_page";
import { continueWith, signIn, signOut } from "./support/session";
import { addSignInMethod, linkSecondGoogleAccount, recentActivity, signInMethod, statusMessage } from "./support/settings";

test("a linked provider signs the user in until it is unlinked", async ({ page }) => {
  const [person, work] = [await createPerson("Ada Lovelace"), await createPerson("Ada at work", uniqueEmail())];
  await signIn(page, person);
  await page.goto("/settings/security");
  await expect(signInMethod(page, "Google")).toContainText(/only way to sign in/i);
  await addSignInMethod(page, "GitHub");
  await authorize(page, work);
  await expect(page).toHaveURL((url) => url.pathname === "/settings/security");
  await expect(statusMessage(page)).toHaveText(/sign-in method added/i);
  await expect(signInMethod(page, "GitHub")).toContainText(work.email);
  await page.goto("/settings/activity");
  await expect(recentActivity(page)).toContainText("Linked GitHub");
  await emailTo(person.email, /github was added/i);

  await signOut(page);
  await continueWith(page, "GitHub");
  await personButton(page, work).click();
  await expect(page).toHaveURL("/dashboard");
  await expect(page.getByText(person.email).first()).toBeVisible();

  await page.goto("/settings/security");
  await signInMethod(page, "GitHub").getByRole("link", { name: /unlink/i }).click();
  await expect(pageHeading(page, "Unlink GitHub")).toBeVisible();
  await page.getByRole("button", { name: "Unlink" }).click();
  await expect(statusMessage(page)).toHaveText(/sign-in method removed/i);
  await expect(signInMethod(page, "GitHub")).toHaveCount(0);
  await expect(signInMethod(page, "Google")).toContainText(/only way to sign in/i);
  await page.goto("/settings/activity");
  await expect(recentActivity(page)).toContainText("Removed GitHub");
  await emailTo(person.email, /github was removed/i);
});

test("two accounts of one provider are listed by email address", async ({ page }) => {
  const [home, work] = [await createPerson("Ada Lovelace"), await createPerson("Ada at work")];
  await signIn(page, home);
  await linkSecondGoogleAccount(page, work);
  for (const { email } of [home, work]) {
    await expect(page.getByRole("link", { name: `Unlink Google ${email}` })).toBeVisible();
  }
});

test("cancelling at the provider links nothing", async ({ page }) => {
  await signIn(page, await createPerson());
  await page.goto("/settings/security");
  await addSignInMethod(page, "GitHub");
  await consentButton(page, "deny").click();
  await expect(page).toHaveURL((url) => url.pathname === "/settings/security");
  await expect(page.getByRole("alert")).toHaveText(/you cancelled at github/i);
  await expect(signInMethod(page, "GitHub")).toHaveCount(0);
});

test("a provider account of another user is not linked", async ({ page, anotherBrowser }) => {
  const [ada, grace] = [await createPerson("Ada Lovelace"), await createPerson("Grace Hopper")];
  await signIn(await anotherBrowser.newPage(), grace);
  await signIn(page, ada);
  await page.goto("/settings/security");
  await addSignInMethod(page, "Google");
  await personButton(page, grace).click();
  await expect(page.getByRole("alert")).toHaveText(/already linked to another user/i);
  await expect(signInMethod(page, "Google")).toHaveCount(1);
});

test("the only sign-in method cannot be unlinked", async ({ page }) => {
  await signIn(page, await createPerson());
  await page.goto("/settings/security");
  await expect(signInMethod(page, "Google").getByRole("link")).toHaveCount(0);
});
