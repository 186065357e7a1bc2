// Errors of Google Drive: each page says what happened and what to do.

import { connectButton, connectDrive, disconnect, grantAccess } from "./support/api_access";
import { fileRows } from "./support/drive_list";
import { expect, type Page, test } from "./support/fixtures";
import { applyPreset, clearFaults, denyFiles, injectFault, revokeAtGoogle } from "./support/mock_google";
import { pageHeading, signOutButton } from "./support/page";
import { createPerson, type Person } from "./support/person";
import { signIn } from "./support/session";
import { connectedServices } from "./support/settings";

const tryAgainLink = (page: Page) => page.getByRole("main").getByRole("link", { name: "Try again" });

test.use({ expectedErrors: [/status of (403|503)/] });

let person: Person;

test.beforeEach(async ({ page }) => {
  person = await createPerson();
  await signIn(page, person);
  await connectDrive(page);
});

test("a quota error says how long to wait", async ({ page }) => {
  await applyPreset(person, "drive_quota_429");
  const response = await page.goto("/drive?kind=pdf");
  expect(response?.status()).toBe(503);
  expect(Number(response?.headers()["retry-after"])).toBeGreaterThan(20);
  await expect(pageHeading(page, /limiting requests/)).toBeVisible();
  await expect(page.getByText(/still connected. Try again in (30|29|28) seconds/)).toBeVisible();
  await expect(signOutButton(page)).toBeVisible();
  // An immediate retry shows the same error without a request to Google.
  await tryAgainLink(page).click();
  await expect(page).toHaveURL("/drive?kind=pdf");
  await expect(pageHeading(page, /limiting requests/)).toBeVisible();
});

test("a brief rate limit ends, and a retry succeeds", async ({ page }) => {
  await applyPreset(person, "drive_user_rate_limited", 1);
  await page.goto("/drive");
  await expect(pageHeading(page, /limiting requests/)).toBeVisible();
  await expect(async () => {
    await tryAgainLink(page).click();
    await expect(fileRows(page)).toHaveCount(50, { timeout: 500 });
  }).toPass();
});

test("after an invalid response a retry succeeds", async ({ page }) => {
  for (const preset of ["drive_html", "drive_truncated"]) {
    await applyPreset(person, preset, 1);
    const response = await page.goto("/drive?kind=pdf");
    expect(response?.status()).toBe(503);
    await expect(pageHeading(page, /Google Drive isn't responding/)).toBeVisible();
    await tryAgainLink(page).click();
    await expect(page).toHaveURL("/drive?kind=pdf");
    await expect(fileRows(page).first()).toBeVisible();
  }
});

test("a domain policy error offers another account", async ({ page }) => {
  await denyFiles(person, "domainPolicy");
  const response = await page.goto("/drive");
  expect(response?.status()).toBe(403);
  await expect(pageHeading(page, /denied access/)).toBeVisible();
  await expect(page.getByText(/an administrator may have turned it off/i)).toBeVisible();
  await expect(page.getByRole("link", { name: "Use another account" })).toBeVisible();
});

test("an expired access token is refreshed silently", async ({ page }) => {
  await applyPreset(person, "drive_token_expired", 1);
  await page.goto("/drive");
  await expect(fileRows(page)).toHaveCount(50);
});

test("access revoked at Google is reconnected by one button", async ({ page }) => {
  await revokeAtGoogle(person);
  await page.goto("/drive?kind=pdf");
  await expect(page.getByText(/Google Drive is no longer connected/)).toBeVisible();
  await expect(connectButton(page, "Drive")).toHaveText(/Reconnect Google Drive/);
  await page.goto("/settings/connections");
  await expect(connectedServices(page)).toContainText("Not working");
  await clearFaults(person);
  await connectedServices(page).getByRole("link", { name: "Reconnect" }).click();
  await grantAccess(page, "Drive");
  await expect(fileRows(page)).toHaveCount(50);
  await page.goto("/settings/connections");
  await expect(connectedServices(page)).not.toContainText("Not working");
  await expect(connectedServices(page)).toContainText("Connected");
});

test("access without a refresh token expires as announced", async ({ page }) => {
  await disconnect(page);
  await injectFault(person, "token", { kind: "patch", remove: ["refresh_token"] }, 1);
  await connectDrive(page);
  await page.goto("/settings/connections");
  await expect(connectedServices(page)).toContainText("Can't be renewed. Works until");

  await page.goto("/drive");
  await disconnect(page);
  await injectFault(person, "token", { kind: "patch", set: { expires_in: 1 }, remove: ["refresh_token"] }, 1);
  await page.goto("/drive");
  await grantAccess(page, "Drive");
  await expect(async () => {
    await page.goto("/drive");
    await expect(page.getByText(/Access to Google Drive has expired/)).toBeVisible({ timeout: 500 });
  }).toPass();
  await expect(connectButton(page, "Drive")).toHaveText(/Reconnect/);
});

test("a scope that Google has revoked is requested again", async ({ page }) => {
  await denyFiles(person, "insufficientPermissions");
  await page.goto("/drive?kind=pdf");
  await expect(page).toHaveURL("/drive?kind=pdf");
  await grantAccess(page, "Drive");
  await expect(page).toHaveURL((url) => url.searchParams.get("kind") === "pdf");
  await expect(fileRows(page).first()).toBeVisible();
});
