// Google Drive on a bad day: each trouble is a page that says what happened and what to do.

import { expect, test, type Page } from "./browser";
import {
  askGoogle,
  befalls,
  connectButton,
  connectDrive,
  disconnect,
  faultOf,
  filesOf,
  grantsOf,
  leaveInPeace,
  revokedAtGoogle,
} from "./grants";
import { consentButton, signIn, signedIn, somebody, type Person } from "./people";

const heading = (page: Page, name: RegExp) => page.getByRole("heading", { level: 1, name });
const tryAgain = (page: Page) => page.getByRole("main").getByRole("link", { name: "Try again" });

test.use({ provokes: [/status of (403|503)/] });

let person: Person;

test.beforeEach(async ({ page }) => {
  person = await somebody();
  await signIn(page, person);
  await connectDrive(page);
});

test("a quota: how long to wait, and that nothing is lost", async ({ page }) => {
  await befalls(person, "drive_quota_429");
  const answer = await page.goto("/drive?kind=pdf");
  expect(answer?.status()).toBe(503);
  expect(Number(answer?.headers()["retry-after"])).toBeGreaterThan(20);
  await expect(heading(page, /limiting requests/)).toBeVisible();
  await expect(page.getByText(/still connected. Try again in (30|29|28) seconds/)).toBeVisible();
  await expect(signedIn(page)).toBeVisible();
  // Trying at once asks nobody and says the same.
  await tryAgain(page).click();
  await expect(page).toHaveURL("/drive?kind=pdf");
  await expect(heading(page, /limiting requests/)).toBeVisible();
});

test("a short pause is over soon, and trying again works", async ({ page }) => {
  await befalls(person, "drive_user_rate_limited", 1);
  await page.goto("/drive");
  await expect(heading(page, /limiting requests/)).toBeVisible();
  await expect(async () => {
    await tryAgain(page).click();
    await expect(filesOf(page)).toHaveCount(50, { timeout: 500 });
  }).toPass();
});

test("an answer that is none: it is still connected, and trying again works", async ({ page }) => {
  for (const preset of ["drive_html", "drive_truncated"]) {
    await befalls(person, preset, 1);
    const answer = await page.goto("/drive?kind=pdf");
    expect(answer?.status()).toBe(503);
    await expect(heading(page, /Google Drive isn't responding/)).toBeVisible();
    await tryAgain(page).click();
    await expect(page).toHaveURL("/drive?kind=pdf");
    await expect(filesOf(page).first()).toBeVisible();
  }
});

test("a no that is about the account: whom to ask, or another account", async ({ page }) => {
  const body = JSON.stringify({ error: { code: 403, errors: [{ domain: "global", reason: "domainPolicy" }] } });
  await faultOf(person, "files", { kind: "answer", status: 403, body }, 1);
  const answer = await page.goto("/drive");
  expect(answer?.status()).toBe(403);
  await expect(heading(page, /denied access/)).toBeVisible();
  await expect(page.getByText(/an administrator may have turned it off/i)).toBeVisible();
  await expect(page.getByRole("link", { name: "Use another account" })).toBeVisible();
});

test("a token that has just run out is renewed without a word", async ({ page }) => {
  await befalls(person, "drive_token_expired", 1);
  await page.goto("/drive");
  await expect(filesOf(page)).toHaveCount(50);
});

test("taken back at Google: said, and connected again by one button", async ({ page }) => {
  await revokedAtGoogle(person);
  await page.goto("/drive?kind=pdf");
  await expect(page.getByText(/Google Drive is no longer connected/)).toBeVisible();
  await expect(connectButton(page, "Drive")).toHaveText(/Reconnect Google Drive/);
  await page.goto("/settings");
  await expect(grantsOf(page)).toContainText("Not working");
  await leaveInPeace(person);
  await grantsOf(page).getByRole("link", { name: "Reconnect" }).click();
  await askGoogle(page, "Drive");
  await consentButton(page, "allow").click();
  await expect(filesOf(page)).toHaveCount(50);
  await page.goto("/settings");
  await expect(grantsOf(page)).not.toContainText("Not working");
  await expect(grantsOf(page)).toContainText("Connected");
});

test("access that nothing renews ends when it runs out, and the settings told so before", async ({ page }) => {
  await disconnect(page);
  await faultOf(person, "token", { kind: "patch", remove: ["refresh_token"] }, 1);
  await connectDrive(page);
  await page.goto("/settings");
  await expect(grantsOf(page)).toContainText("Can't be renewed. Works until");

  await page.goto("/drive");
  await disconnect(page);
  await faultOf(person, "token", { kind: "patch", set: { expires_in: 1 }, remove: ["refresh_token"] }, 1);
  await page.goto("/drive");
  await askGoogle(page, "Drive");
  await consentButton(page, "allow").click();
  await expect(async () => {
    await page.goto("/drive");
    await expect(page.getByText(/Access to Google Drive has expired/)).toBeVisible({ timeout: 500 });
  }).toPass();
  await expect(connectButton(page, "Drive")).toHaveText(/Reconnect/);
});

test("a scope that Google knows nothing of any more is asked for again", async ({ page }) => {
  const body = JSON.stringify({ error: { code: 403, errors: [{ domain: "global", reason: "insufficientPermissions" }] } });
  await faultOf(person, "files", { kind: "answer", status: 403, body }, 1);
  await page.goto("/drive?kind=pdf");
  await expect(page).toHaveURL("/drive?kind=pdf");
  await askGoogle(page, "Drive");
  await consentButton(page, "allow").click();
  await expect(page).toHaveURL((url) => url.searchParams.get("kind") === "pdf");
  await expect(filesOf(page).first()).toBeVisible();
});
