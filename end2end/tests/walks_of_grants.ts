// The walks past what Latchkey may see at Google: the files, the events, and the ways there and back.

import { expect, type Page } from "./browser";
import {
  askGoogle,
  befalls,
  calendarCard,
  connectButton,
  connectCalendar,
  connectDrive,
  disconnect,
  faultOf,
  foldersOf,
  leaveInPeace,
  linkAnotherGoogle,
  openDrive,
  revokedAtGoogle,
  signInAs,
} from "./grants";
import { consentButton, continueWith, freshAddress, introduce, signIn, signOut, somebody } from "./people";
import type { Walk } from "./walks";

export const walksOfGrants: Record<string, Walk> = {
  "the way to Google Drive": async (page, anotherBrowser, look) => {
    const work = await somebody("Ada at work", `ada.king.countess.of.lovelace.${freshAddress()}`);
    await signIn(page, await somebody());
    await page.goto("/drive");
    await look(page, "drive-connect");
    await askGoogle(page, "Drive");
    await page.getByRole("checkbox").uncheck();
    await consentButton(page, "allow").click();
    await expect(page).toHaveURL((url) => url.searchParams.has("error"));
    await look(page, "drive-declined");
    await page.goto("/drive?error=account_mismatch");
    await look(page, "drive-other-account");
    await linkAnotherGoogle(page, work);
    await page.goto("/drive");
    await look(page, "drive-which-account");

    const elsewhere = await anotherBrowser.newPage();
    const grace = await somebody("Grace Hopper");
    await elsewhere.goto("/login");
    await continueWith(elsewhere, "GitHub");
    await introduce(elsewhere, grace);
    await expect(elsewhere).toHaveURL("/dashboard");
    await elsewhere.goto("/drive");
    await look(elsewhere, "drive-no-google");
  },

  "the files": async (page, _, look) => {
    const work = await somebody("Ada at work");
    await signIn(page, await somebody());
    await linkAnotherGoogle(page, work);
    await page.goto("/drive");
    await page.getByRole("button", { name: `Connect ${work.email}` }).click();
    await consentButton(page, "allow").click();
    await expect(page).toHaveURL((url) => url.pathname === "/drive");
    await page.getByText("Use another account", { exact: true }).click();
    await look(page, "drive");
    await page.goto(await hrefOf(page, ".files-next"));
    await look(page, "drive-page-2");
  },

  "some of the files": async (page, anotherBrowser, look) => {
    await signIn(page, await somebody());
    await connectDrive(page);
    await foldersOf(page).first().getByRole("rowheader").getByRole("link").click();
    await foldersOf(page).first().getByRole("rowheader").getByRole("link").click();
    await look(page, "drive-folder");
    await page.goto(`${page.url()}&q=nothing`);
    await look(page, "drive-nothing-in-folder");
    await page.goto("/drive?q=%3Cscript%3E&kind=other&sort=largest");
    await look(page, "drive-narrowed");
    await page.goto("/drive?q=Wolf");
    await look(page, "drive-awkward");
    await page.goto("/drive?q=nothing+like+it");
    await look(page, "drive-nothing-found");

    const elsewhere = await anotherBrowser.newPage();
    await signInAs(elsewhere, "plain");
    await openDrive(elsewhere);
    await look(elsewhere, "drive-empty");
  },

  "Google Drive on a bad day": async (page, _, look) => {
    const person = await somebody();
    await signIn(page, person);
    await connectDrive(page);
    await befalls(person, "drive_html", 1);
    await page.goto("/drive");
    await look(page, "drive-away");
    const body = JSON.stringify({ error: { code: 403, errors: [{ domain: "global", reason: "domainPolicy" }] } });
    await faultOf(person, "files", { kind: "answer", status: 403, body }, 1);
    await page.goto("/drive");
    await look(page, "drive-refused");
    await page.goto("/drive?folder=1nowhere");
    await look(page, "drive-no-folder");
    await page.goto("/drive?page_token=made-up");
    await look(page, "drive-no-page");
    await revokedAtGoogle(person);
    await page.goto("/drive");
    await look(page, "drive-lost");
    await page.goto("/settings");
    await look(page, "settings-grant-lost");
    await leaveInPeace(person);
    await connectDrive(page);
    await befalls(person, "drive_quota_429");
    await page.goto("/drive");
    await look(page, "drive-busy");
    await leaveInPeace(person);
  },

  "what was connected and given back": async (page, _, look) => {
    const person = await somebody();
    await signIn(page, person);
    await connectDrive(page);
    await connectCalendar(page);
    await page.goto("/settings");
    await look(page, "settings-grant");
    await befalls(person, "revoke_500");
    await page.goto("/drive");
    await disconnect(page);
    await look(page, "drive-disconnected");
    await page.goto("/settings");
    await look(page, "settings-grant-being-revoked");
    await leaveInPeace(person);
    await connectDrive(page);
    await page.goto("/settings");
    await disconnect(page);
    await look(page, "settings-grant-revoked");
    await signOut(page);
    await look(page, "login-signed-out-of-google");
  },

  "the calendar": async (page, anotherBrowser, look) => {
    const person = await somebody();
    await signIn(page, person);
    await connectDrive(page);
    await page.goto("/calendar");
    await look(page, "calendar-connect");
    await page.goto("/calendar?error=scope_declined");
    await look(page, "calendar-declined");
    await connectCalendar(page);
    await look(page, "dashboard-events");
    await befalls(person, "calendar_rate_limited", 1);
    await page.goto("/dashboard");
    await expect(calendarCard(page)).toContainText("limiting requests");
    await look(page, "dashboard-events-busy");
    await revokedAtGoogle(person);
    await expect(async () => {
      await page.goto("/dashboard");
      await expect(calendarCard(page)).toContainText("Reconnect", { timeout: 500 });
    }).toPass();
    await look(page, "dashboard-events-lost");
    await leaveInPeace(person);

    const elsewhere = await anotherBrowser.newPage();
    await signInAs(elsewhere, "plain");
    await elsewhere.goto("/calendar");
    if (await connectButton(elsewhere, "Calendar").isVisible()) {
      await askGoogle(elsewhere, "Calendar");
      await consentButton(elsewhere, "allow").click();
    }
    await expect(elsewhere).toHaveURL((url) => url.pathname === "/dashboard");
    await look(elsewhere, "dashboard-no-events");
  },
};

async function hrefOf(page: Page, selector: string): Promise<string> {
  return (await page.locator(selector).getAttribute("href"))!;
}
