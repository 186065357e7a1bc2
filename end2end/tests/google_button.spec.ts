// Google's own button in redirect mode: Google's page posts an ID token to Latchkey from another origin.

import { latchkey, sandbox } from "../servers.mjs";
import { expect, test } from "./support/fixtures";
import { createPerson } from "./support/person";
import { pickPersonIfAsked } from "./support/provider_page";
import { nameHeading, signOut } from "./support/session";

const button = new URLSearchParams({ client_id: "sandbox-google", login_uri: `${latchkey.origin}/auth/google/credential` });

test("Google's sign-in button leads to the dashboard", async ({ page }) => {
  const person = await createPerson();
  await page.goto(`${sandbox.origin}/google/gsi/button?${button}`);
  await pickPersonIfAsked(page, person);
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page).toHaveURL("/dashboard");
  await expect(nameHeading(page, person)).toBeVisible();
  await signOut(page);
});
