// Google Drive: connecting it, its files and its errors.

import { connectDrive, openDrive, requestAccess, signInAsPredefined } from "../support/api_access";
import { firstFolderLink } from "../support/drive_list";
import { expect } from "../support/fixtures";
import { applyPreset, clearFaults, denyFiles, revokeAtGoogle } from "../support/mock_google";
import { createPerson, uniqueEmail } from "../support/person";
import { consentButton } from "../support/provider_page";
import { authorizeWith, signIn } from "../support/session";
import { linkSecondGoogleAccount } from "../support/settings";
import type { Scenarios } from "./scenario";

export const driveScenarios: Scenarios = {
  "connecting Google Drive": async (page, anotherBrowser, inspect) => {
    const work = await createPerson("Ada at work", `ada.king.countess.of.lovelace.${uniqueEmail()}`);
    await signIn(page, await createPerson());
    await page.goto("/drive");
    await inspect(page, "drive-connect");
    await requestAccess(page, "Drive");
    await page.getByRole("checkbox").uncheck();
    await consentButton(page, "allow").click();
    await expect(page).toHaveURL((url) => url.searchParams.has("error"));
    await inspect(page, "drive-declined");
    await page.goto("/drive?error=account_mismatch");
    await inspect(page, "drive-account-mismatch");
    await linkSecondGoogleAccount(page, work);
    await page.goto("/drive");
    await inspect(page, "drive-choose-account");

    const otherPage = await anotherBrowser.newPage();
    const grace = await createPerson("Grace Hopper");
    await authorizeWith(otherPage, "GitHub", grace);
    await expect(otherPage).toHaveURL("/dashboard");
    await otherPage.goto("/drive");
    await inspect(otherPage, "drive-no-google");
  },

  "the file list": async (page, _, inspect) => {
    const work = await createPerson("Ada at work");
    await signIn(page, await createPerson());
    await linkSecondGoogleAccount(page, work);
    await page.goto("/drive");
    await page.getByRole("button", { name: `Connect ${work.email}` }).click();
    await consentButton(page, "allow").click();
    await expect(page).toHaveURL((url) => url.pathname === "/drive");
    await page.getByText("Use another account", { exact: true }).click();
    await inspect(page, "drive");
    await page.goto((await page.locator(".files-next").getAttribute("href"))!);
    await inspect(page, "drive-page-2");
  },

  "filtered file lists": async (page, anotherBrowser, inspect) => {
    await signIn(page, await createPerson());
    await connectDrive(page);
    await firstFolderLink(page).click();
    await firstFolderLink(page).click();
    await inspect(page, "drive-folder");
    await page.goto(`${page.url()}&q=nothing`);
    await inspect(page, "drive-folder-no-match");
    await page.goto("/drive?q=%3Cscript%3E&kind=other&sort=largest");
    await inspect(page, "drive-filtered");
    await page.goto("/drive?q=Wolf");
    await inspect(page, "drive-awkward-name");
    await page.goto("/drive?q=nothing+like+it");
    await inspect(page, "drive-no-match");

    const otherPage = await anotherBrowser.newPage();
    await signInAsPredefined(otherPage, "plain");
    await openDrive(otherPage);
    await inspect(otherPage, "drive-empty");
  },

  "Google Drive errors": async (page, _, inspect) => {
    const person = await createPerson();
    await signIn(page, person);
    await connectDrive(page);
    await applyPreset(person, "drive_html", 1);
    await page.goto("/drive");
    await inspect(page, "drive-unavailable");
    await denyFiles(person, "domainPolicy");
    await page.goto("/drive");
    await inspect(page, "drive-denied");
    await page.goto("/drive?folder=1nowhere");
    await inspect(page, "drive-no-folder");
    await page.goto("/drive?page_token=made-up");
    await inspect(page, "drive-no-page");
    await revokeAtGoogle(person);
    await page.goto("/drive");
    await inspect(page, "drive-revoked");
    await page.goto("/settings/connections");
    await inspect(page, "settings-grant-not-working");
    await clearFaults(person);
    await connectDrive(page);
    await applyPreset(person, "drive_quota_429");
    await page.goto("/drive");
    await inspect(page, "drive-rate-limited");
    await clearFaults(person);
  },
};
