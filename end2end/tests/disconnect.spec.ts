// Disconnecting Google: Latchkey's access ends at once, and the settings report whether Google confirmed it.

import { readFile } from "node:fs/promises";
import {
  connectButton,
  connectCalendar,
  connectDrive,
  disconnect,
  confirmDisconnection,
  disconnectButton,
  disconnectedMessage,
} from "./support/api_access";
import { accountLine, fileRows } from "./support/drive_list";
import { expect, test } from "./support/fixtures";
import { applyPreset, clearFaults } from "./support/mock_google";
import { createPerson } from "./support/person";
import { consentButton } from "./support/provider_page";
import { signIn } from "./support/session";
import { connectedServices, linkSecondGoogleAccount, recentActivity, rowsOf } from "./support/settings";

test("the file list explains and confirms the disconnection", async ({ page }) => {
  await signIn(page, await createPerson());
  await connectDrive(page);
  const explanation = /Disconnecting removes all of Latchkey's access to this Google account: Drive and Calendar/;
  await expect(page.getByText(explanation)).toBeVisible();
  await disconnect(page);
  await expect(page).toHaveURL((url) => url.pathname === "/drive");
  await expect(connectButton(page, "Drive")).toHaveText(/^Connect Google Drive/);
  await expect(fileRows(page)).toHaveCount(0);

  await disconnectedMessage(page).getByRole("link", { name: "Go to connections" }).click();
  await expect(page).toHaveURL("/settings/connections");
  await expect(connectedServices(page)).toContainText(/Revoked/);
  await expect(connectedServices(page)).toContainText(/Google confirmed it/);
  await expect(disconnectButton(page)).toHaveCount(0);
  await page.goto("/settings/activity");
  await expect(recentActivity(page)).toContainText(/disconnected/i);
});

test("the settings describe the access and end it", async ({ page }) => {
  const person = await createPerson();
  await signIn(page, person);
  await page.goto("/settings/connections");
  await expect(connectedServices(page)).toContainText("Only your basic profile");
  await connectDrive(page);
  await page.goto("/settings/connections");
  const grants = connectedServices(page);
  await expect(grants).toContainText("Names, types, owners and dates of your files in Google Drive, but not their contents.");
  await expect(grants).toContainText(person.email);
  for (const fact of ["Connected", "Last used", "Renews automatically"]) await expect(grants).toContainText(fact);
  expect(await grants.locator("time").count()).toBe(3);
  await expect(grants).not.toContainText("auth/drive");

  await confirmDisconnection(page, `Google ${person.email}`);
  await expect(page).toHaveURL((url) => url.pathname === "/settings/connections");
  await expect(disconnectedMessage(page)).toBeVisible();
  await expect(grants).toContainText("Revoked");
});

test("a failed revocation is retried until Google confirms it", async ({ page }) => {
  test.slow();
  const person = await createPerson();
  await signIn(page, person);
  await connectDrive(page);
  await applyPreset(person, "revoke_500");
  await disconnect(page);
  await page.goto("/drive");
  await expect(fileRows(page)).toHaveCount(0);
  await expect(connectButton(page, "Drive")).toBeVisible();

  await page.goto("/settings/connections");
  await expect(connectedServices(page)).toContainText("Revoking");
  await expect(connectedServices(page)).toContainText(/hasn't confirmed/);
  const revokeLink = connectedServices(page).getByRole("link", { name: /revoke it at Google/i });
  await expect(revokeLink).toHaveAttribute("href", "https://myaccount.google.com/connections");
  await expect(revokeLink).toHaveAttribute("rel", /noopener/);

  await clearFaults(person);
  await expect(async () => {
    await page.reload();
    await expect(connectedServices(page)).toContainText("Google confirmed it", { timeout: 500 });
  }).toPass({ timeout: 45_000 });
});

test("reconnecting during a revocation creates a new grant", async ({ page }) => {
  const person = await createPerson();
  await signIn(page, person);
  await connectDrive(page);
  await applyPreset(person, "revoke_500");
  await disconnect(page);
  await clearFaults(person);
  await connectDrive(page);
  await page.goto("/settings/connections");
  await expect(connectedServices(page)).toContainText("Connected");
  await expect(connectedServices(page)).not.toContainText(/revoking/i);
});

test("disconnecting one account leaves the other connected", async ({ page }) => {
  test.slow();
  const [home, work] = [await createPerson("Ada Lovelace"), await createPerson("Ada at work")];
  await signIn(page, home);
  await connectDrive(page);
  await connectCalendar(page);
  await linkSecondGoogleAccount(page, work);
  await page.goto("/drive");
  await page.getByText("Use another account", { exact: true }).click();
  await page.getByRole("link", { name: work.email }).click();
  await connectButton(page, "Drive").click();
  await consentButton(page, "allow").click();
  await expect(fileRows(page)).toHaveCount(50);

  await page.goto("/settings/connections");
  await expect(rowsOf(page, "Connected services").filter({ has: page.getByRole("heading", { level: 3 }) })).toHaveCount(2);
  await confirmDisconnection(page, `Google ${home.email}`);
  await expect(disconnectedMessage(page)).toBeVisible();
  await expect(disconnectButton(page)).toHaveCount(1);
  await page.goto("/dashboard");
  await expect(page.getByRole("link", { name: "Connect Google Calendar" })).toBeVisible();
  await page.goto("/drive");
  await expect(fileRows(page)).toHaveCount(50);
  await expect(accountLine(page)).toContainText(work.email);
});

test("the data export lists the scopes and no tokens", async ({ page }) => {
  await signIn(page, await createPerson());
  await connectDrive(page);
  await page.goto("/settings/activity");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download my data" }).click(),
  ]);
  const text = await readFile(await download.path(), "utf8");
  expect(text).toContain("drive.metadata.readonly");
  expect(text).not.toMatch(/ya29|access_token|refresh_token|sealed/i);
});
