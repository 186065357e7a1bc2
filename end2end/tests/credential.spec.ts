// Google's own button in redirect mode: its page posts an id_token to us from another origin.

import { latchkey, sandbox } from "../servers.mjs";
import { expect, test } from "./browser";
import { choose, nameOf, signOut, somebody } from "./people";

const button = new URLSearchParams({ client_id: "sandbox-google", login_uri: `${latchkey.origin}/auth/google/credential` });

test("Google's own button ends at the dashboard", async ({ page }) => {
  const person = await somebody();
  await page.goto(`${sandbox.origin}/google/gsi/button?${button}`);
  await choose(page, person);
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page).toHaveURL("/dashboard");
  await expect(nameOf(page, person)).toBeVisible();
  await signOut(page);
});
