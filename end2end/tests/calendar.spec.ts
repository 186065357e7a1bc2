// The calendar card on the dashboard, connected separately from Drive.

import {
  connectButton,
  connectCalendar,
  connectDrive,
  disconnect,
  grantAccess,
  openCalendar,
  requestAccess,
  signInAsPredefined,
} from "./support/api_access";
import { calendarCard, calendarEvents } from "./support/calendar";
import { fileRows } from "./support/drive_list";
import { expect, test } from "./support/fixtures";
import { applyPreset, clearFaults, revokeAtGoogle } from "./support/mock_google";
import { pageHeading, waitForIslands } from "./support/page";
import { createPerson } from "./support/person";
import { consentButton } from "./support/provider_page";
import { nameHeading, signIn } from "./support/session";
import { connectedServices } from "./support/settings";

test("a connected calendar shows the next five events", async ({ page }) => {
  await signIn(page, await createPerson());
  await expect(calendarCard(page)).toContainText("See your next five events here");
  await calendarCard(page).getByRole("link", { name: "Connect Google Calendar" }).click();
  await expect(pageHeading(page, "See your next events in Latchkey")).toBeVisible();
  await requestAccess(page, "Calendar");
  await expect(page.getByRole("checkbox")).toHaveCount(1);
  await consentButton(page, "allow").click();
  await expect(page).toHaveURL((url) => url.pathname === "/dashboard");

  await expect(calendarEvents(page)).toHaveCount(5);
  await expect(calendarEvents(page).first()).toContainText("Analytical engine: assembly");
  await expect(calendarEvents(page).first()).toContainText("Workshop, Dorset Street 1, London");
  const call = calendarEvents(page).filter({ hasText: "Call with Charles" });
  await expect(call).toContainText(/30 minutes/);
  // Neither what one declined nor birthdays take one of the five places.
  await expect(calendarCard(page)).not.toContainText("Lecture that Ada skips");
  await expect(calendarCard(page)).not.toContainText("birthday");
  await expect(call.getByRole("link")).toHaveAccessibleName(/opens in Google Calendar, in a new tab/);
  await expect(call.getByRole("link")).toHaveAttribute("rel", "noopener noreferrer");
  await page.goto("/calendar");
  await expect(page).toHaveURL("/dashboard");
});

test("event times are shown in the browser's time zone", { tag: "@js" }, async ({ page }) => {
  await signIn(page, await createPerson());
  await connectCalendar(page);
  await waitForIslands(page, true);
  await expect(calendarEvents(page).filter({ hasText: "Call with Charles" })).toContainText(/in \d hours/);
});

test("connecting the calendar keeps Drive connected", async ({ page }) => {
  const person = await createPerson();
  await signIn(page, person);
  await connectDrive(page);
  await page.goto("/calendar");
  await expect(page.getByText("Already connected: Google Drive")).toBeVisible();
  await expect(page.getByText(person.email)).toBeVisible();
  await connectCalendar(page);
  await page.goto("/drive");
  await expect(fileRows(page)).toHaveCount(50);
  await page.goto("/settings/connections");
  await expect(connectedServices(page)).toContainText("your files in Google Drive");
  await expect(connectedServices(page)).toContainText("Events in your Google calendars");

  await disconnect(page);
  await page.goto("/dashboard");
  await expect(calendarCard(page).getByRole("link", { name: "Connect Google Calendar" })).toBeVisible();
  await page.goto("/drive");
  await expect(connectButton(page, "Drive")).toBeVisible();
  await connectCalendar(page);
});

test("declining the calendar keeps Drive connected", async ({ page }) => {
  await signIn(page, await createPerson());
  await connectDrive(page);
  await page.goto("/calendar");
  await requestAccess(page, "Calendar");
  await page.getByRole("checkbox").uncheck();
  await consentButton(page, "allow").click();
  await expect(page).toHaveURL((url) => url.pathname === "/calendar" && url.searchParams.get("error") === "scope_declined");
  await expect(page.getByText(/didn't get the permission/i)).toBeVisible();
  await page.goto("/drive");
  await expect(fileRows(page)).toHaveCount(50);
});

test("an empty calendar shows a message", async ({ page }) => {
  await signInAsPredefined(page, "plain");
  await openCalendar(page);
  await expect(calendarCard(page)).toContainText("No upcoming events in your main calendar.");
});

test("the dashboard works while the calendar fails", async ({ page }) => {
  const person = await createPerson();
  await signIn(page, person);
  await connectCalendar(page);
  await applyPreset(person, "calendar_503", 1);
  await page.goto("/dashboard");
  await expect(nameHeading(page, person)).toBeVisible();
  await expect(calendarCard(page)).toContainText(/Google Calendar isn't responding/);
  await expect(async () => {
    await calendarCard(page).getByRole("link", { name: "Try again" }).click();
    await expect(calendarEvents(page)).toHaveCount(5, { timeout: 500 });
  }).toPass();

  await revokeAtGoogle(person);
  await page.goto("/dashboard");
  await expect(calendarCard(page)).toContainText(/Google Calendar is no longer connected/);
  await clearFaults(person);
  await calendarCard(page).getByRole("link", { name: "Reconnect Google Calendar" }).click();
  await grantAccess(page, "Calendar");
  await expect(calendarEvents(page)).toHaveCount(5);
});
