// Signing in at a certified OpenID provider by other authors: discovery, PKCE, RS256, `iss` in the response, and email and
// name from userinfo alone.

import { certified } from "../servers.mjs";
import { expect, test } from "./support/fixtures";
import { pageHeading } from "./support/page";
import { continueWith, memberSince, signOut } from "./support/session";

test("two sign-ins at a certified provider lead to one account", async ({ page, anotherBrowser }) => {
  const email = certifiedEmail();
  const created: (string | null)[] = [];
  for (const tab of [page, await anotherBrowser.newPage()]) {
    await tab.goto("/login");
    await continueWith(tab, "Certified");
    await expect(tab).toHaveURL((url) => url.origin === certified.issuer);
    await tab.getByLabel("Email").fill(email);
    await tab.getByLabel("Name").fill("Cora Certified");
    await tab.getByRole("button", { name: "Allow" }).click();
    await expect(tab).toHaveURL("/dashboard");
    await expect(pageHeading(tab, "Cora Certified")).toBeVisible();
    await expect(tab.getByText(email).first()).toBeVisible();
    await expect(tab.getByText("Certified").first()).toBeVisible();
    created.push(await memberSince(tab));
  }
  expect(created[0]).toBeTruthy();
  expect(created[1]).toBe(created[0]);
  await signOut(page);
});

test("cancelling shows an error, and a retry succeeds", async ({ page }) => {
  await page.goto("/login");
  await continueWith(page, "Certified");
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page).toHaveURL((url) => url.pathname === "/login" && url.searchParams.get("error") === "cancelled");
  await expect(page.getByRole("alert")).toBeVisible();

  await continueWith(page, "Certified");
  await page.getByLabel("Email").fill(certifiedEmail());
  await page.getByRole("button", { name: "Allow" }).click();
  await expect(page).toHaveURL("/dashboard");
});

function certifiedEmail(): string {
  return `${crypto.randomUUID().slice(0, 8)}@certified.example`;
}
