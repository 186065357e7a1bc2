// Giving back what Google gave: gone here at once, and an honest word about what Google said.

import { readFile } from "node:fs/promises";
import { expect, test, type Page } from "./browser";
import {
  befalls,
  connectButton,
  connectCalendar,
  connectDrive,
  disconnect,
  disconnectButton,
  filesOf,
  grantsOf,
  leaveInPeace,
  linkAnotherGoogle,
} from "./grants";
import { signIn, somebody } from "./people";
import { rowsOf, section } from "./settings";

const told = (page: Page) => page.getByRole("status").filter({ hasText: /disconnected\. we deleted/i });

test("from the files: what it ends is said before, and that it is done after", async ({ page }) => {
  await signIn(page, await somebody());
  await connectDrive(page);
  await expect(page.getByText(/Disconnecting removes all of Latchkey's access to this Google account: Drive and Calendar/)).toBeVisible();
  await disconnect(page);
  await expect(page).toHaveURL((url) => url.pathname === "/drive");
  await expect(connectButton(page, "Drive")).toHaveText(/^Connect Google Drive/);
  await expect(filesOf(page)).toHaveCount(0);

  await told(page).getByRole("link", { name: "Go to settings" }).click();
  await expect(page).toHaveURL("/settings#access");
  await expect(grantsOf(page)).toContainText(/Revoked/);
  await expect(grantsOf(page)).toContainText(/Google confirmed it/);
  await expect(disconnectButton(page)).toHaveCount(0);
  await expect(section(page, "Recent activity")).toContainText(/disconnected/i);
});

test("from the settings, which say in plain words what was seen, since when and until when", async ({ page }) => {
  const person = await somebody();
  await signIn(page, person);
  await page.goto("/settings");
  await expect(grantsOf(page)).toContainText("Only your basic profile");
  await connectDrive(page);
  await page.goto("/settings");
  const grants = grantsOf(page);
  await expect(grants).toContainText("Names, types, owners and dates of your files in Google Drive, but not their contents.");
  await expect(grants).toContainText(person.email);
  for (const fact of ["Connected", "Last used", "Renews automatically"]) await expect(grants).toContainText(fact);
  expect(await grants.locator("time").count()).toBe(3);
  await expect(grants).not.toContainText("auth/drive");

  await grants.getByRole("button", { name: `Disconnect Google ${person.email}` }).click();
  await expect(page).toHaveURL((url) => url.pathname === "/settings");
  await expect(told(page)).toBeVisible();
  await expect(grants).toContainText("Revoked");
});

test("where Google does not answer: being revoked, how often it was told, and how to do it by hand; then revoked", async ({
  page,
}) => {
  test.slow();
  const person = await somebody();
  await signIn(page, person);
  await connectDrive(page);
  await befalls(person, "revoke_500");
  await disconnect(page);
  await page.goto("/drive");
  await expect(filesOf(page)).toHaveCount(0);
  await expect(connectButton(page, "Drive")).toBeVisible();

  await page.goto("/settings");
  await expect(grantsOf(page)).toContainText("Revoking");
  await expect(grantsOf(page)).toContainText(/hasn't confirmed/);
  const byHand = grantsOf(page).getByRole("link", { name: /revoke it at Google/i });
  await expect(byHand).toHaveAttribute("href", "https://myaccount.google.com/connections");
  await expect(byHand).toHaveAttribute("rel", /noopener/);

  await leaveInPeace(person);
  await expect(async () => {
    await page.reload();
    await expect(grantsOf(page)).toContainText("Google confirmed it", { timeout: 500 });
  }).toPass({ timeout: 45_000 });
});

test("connecting again while Google is being told is a new connection", async ({ page }) => {
  const person = await somebody();
  await signIn(page, person);
  await connectDrive(page);
  await befalls(person, "revoke_500");
  await disconnect(page);
  await leaveInPeace(person);
  await connectDrive(page);
  await page.goto("/settings");
  await expect(grantsOf(page)).toContainText("Connected");
  await expect(grantsOf(page)).not.toContainText(/revoking/i);
});

test("it ends Drive and the calendar of that account, and nothing of another", async ({ page }) => {
  test.slow();
  const [home, work] = [await somebody("Ada Lovelace"), await somebody("Ada at work")];
  await signIn(page, home);
  await connectDrive(page);
  await connectCalendar(page);
  await linkAnotherGoogle(page, work);
  await page.goto("/drive");
  await page.getByText("Use another account", { exact: true }).click();
  await page.getByRole("link", { name: work.email }).click();
  await connectButton(page, "Drive").click();
  await page.locator('button[name="decision"][value="allow"]').click();
  await expect(filesOf(page)).toHaveCount(50);

  await page.goto("/settings");
  await expect(rowsOf(page, "Connected services").filter({ has: page.getByRole("heading", { level: 3 }) })).toHaveCount(2);
  await page.getByRole("button", { name: `Disconnect Google ${home.email}` }).click();
  await expect(told(page)).toBeVisible();
  await expect(disconnectButton(page)).toHaveCount(1);
  await page.goto("/dashboard");
  await expect(page.getByRole("link", { name: "Connect Google Calendar" })).toBeVisible();
  await page.goto("/drive");
  await expect(filesOf(page)).toHaveCount(50);
  await expect(page.locator(".whose-account")).toContainText(work.email);
});

test("the data to take along tells of it, and no token", async ({ page }) => {
  await signIn(page, await somebody());
  await connectDrive(page);
  await page.goto("/settings");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download my data" }).click(),
  ]);
  const text = await readFile(await download.path(), "utf8");
  expect(text).toContain("drive.metadata.readonly");
  expect(text).not.toMatch(/ya29|access_token|refresh_token|sealed/i);
});
