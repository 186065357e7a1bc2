// Disconnected services and the calendar.

import { connectCalendar, connectDrive, disconnect, openCalendar, signInAsPredefined } from "../support/api_access";
import { calendarCard } from "../support/calendar";
import { expect } from "../support/fixtures";
import { applyPreset, clearFaults, revokeAtGoogle } from "../support/mock_google";
import { createPerson } from "../support/person";
import { signIn, signOut } from "../support/session";
import type { Scenarios } from "./scenario";

export const apiAccessScenarios: Scenarios = {
  "disconnected services": async (page, _, inspect) => {
    const person = await createPerson();
    await signIn(page, person);
    await connectDrive(page);
    await connectCalendar(page);
    await page.goto("/settings/connections");
    await inspect(page, "settings-grant");
    await applyPreset(person, "revoke_500");
    await page.goto("/drive");
    await disconnect(page);
    await inspect(page, "drive-disconnected");
    await page.goto("/settings/connections");
    await inspect(page, "settings-grant-revoking");
    await clearFaults(person);
    await connectDrive(page);
    await page.goto("/settings/connections");
    await disconnect(page);
    await inspect(page, "settings-grant-revoked");
    await signOut(page);
    await inspect(page, "login-signed-out-of-google");
  },

  "the calendar": async (page, anotherBrowser, inspect) => {
    const person = await createPerson();
    await signIn(page, person);
    await connectDrive(page);
    await page.goto("/calendar");
    await inspect(page, "calendar-connect");
    await page.goto("/calendar?error=scope_declined");
    await inspect(page, "calendar-declined");
    await connectCalendar(page);
    await inspect(page, "dashboard-events");
    await applyPreset(person, "calendar_rate_limited", 1);
    await page.goto("/dashboard");
    await expect(calendarCard(page)).toContainText("limiting requests");
    await inspect(page, "dashboard-events-rate-limited");
    await revokeAtGoogle(person);
    await expect(async () => {
      await page.goto("/dashboard");
      await expect(calendarCard(page)).toContainText("Reconnect", { timeout: 500 });
    }).toPass();
    await inspect(page, "dashboard-events-revoked");
    await clearFaults(person);

    const otherPage = await anotherBrowser.newPage();
    await signInAsPredefined(otherPage, "plain");
    await openCalendar(otherPage);
    await inspect(otherPage, "dashboard-no-events");
  },
};
