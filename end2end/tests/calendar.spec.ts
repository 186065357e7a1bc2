// The calendar's card on the dashboard: a second thing to see at Google, asked for by itself.

import { expect, test, type Page } from "./browser";
import {
  askGoogle,
  befalls,
  calendarCard,
  connectButton,
  connectCalendar,
  connectDrive,
  disconnect,
  filesOf,
  grantsOf,
  leaveInPeace,
  revokedAtGoogle,
  signInAs,
} from "./grants";
import { awake, consentButton, nameOf, signIn, somebody } from "./people";

const events = (page: Page) => calendarCard(page).getByRole("listitem");

test("the next five events, once it is connected", async ({ page }) => {
  await signIn(page, await somebody());
  await expect(calendarCard(page)).toContainText("See your next five events here");
  await calendarCard(page).getByRole("link", { name: "Connect Google Calendar" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "See your next events in Latchkey" })).toBeVisible();
  await askGoogle(page, "Calendar");
  await expect(page.getByRole("checkbox")).toHaveCount(1);
  await consentButton(page, "allow").click();
  await expect(page).toHaveURL((url) => url.pathname === "/dashboard");

  await expect(events(page)).toHaveCount(5);
  await expect(events(page).first()).toContainText("Analytical engine: assembly");
  await expect(events(page).first()).toContainText("Workshop, Dorset Street 1, London");
  const call = events(page).filter({ hasText: "Call with Charles" });
  await expect(call).toContainText(/30 minutes/);
  // A private one is there without its title.
  await expect(events(page).filter({ hasText: "Busy" })).toHaveCount(1);
  await expect(calendarCard(page)).not.toContainText("Doctor");
  await expect(call.getByRole("link")).toHaveAccessibleName(/opens in Google Calendar, in a new tab/);
  await expect(call.getByRole("link")).toHaveAttribute("rel", "noopener noreferrer");
  await page.goto("/calendar");
  await expect(page).toHaveURL("/dashboard");
});

test("times of events are told in the browser's own zone", { tag: "@js" }, async ({ page }) => {
  await signIn(page, await somebody());
  await connectCalendar(page);
  await awake(page, true);
  await expect(events(page).filter({ hasText: "Call with Charles" })).toContainText(/in \d hours/);
});

test("files and events are connected one after the other, and each stays", async ({ page }) => {
  const person = await somebody();
  await signIn(page, person);
  await connectDrive(page);
  await page.goto("/calendar");
  await expect(page.getByText("Already connected: Google Drive")).toBeVisible();
  await expect(page.getByText(person.email)).toBeVisible();
  await connectCalendar(page);
  await page.goto("/drive");
  await expect(filesOf(page)).toHaveCount(50);
  await page.goto("/settings");
  await expect(grantsOf(page)).toContainText("your files in Google Drive");
  await expect(grantsOf(page)).toContainText("Events in your Google calendars");

  await disconnect(page);
  await page.goto("/dashboard");
  await expect(calendarCard(page).getByRole("link", { name: "Connect Google Calendar" })).toBeVisible();
  await page.goto("/drive");
  await expect(connectButton(page, "Drive")).toBeVisible();
  await connectCalendar(page);
});

test("who declines it keeps the files and is told so", async ({ page }) => {
  await signIn(page, await somebody());
  await connectDrive(page);
  await page.goto("/calendar");
  await askGoogle(page, "Calendar");
  await page.getByRole("checkbox").uncheck();
  await consentButton(page, "allow").click();
  await expect(page).toHaveURL((url) => url.pathname === "/calendar" && url.searchParams.get("error") === "scope_declined");
  await expect(page.getByText(/didn't get the permission/i)).toBeVisible();
  await page.goto("/drive");
  await expect(filesOf(page)).toHaveCount(50);
});

test("an empty calendar says so", async ({ page }) => {
  await signInAs(page, "plain");
  await page.goto("/calendar");
  if (await connectButton(page, "Calendar").isVisible()) {
    await askGoogle(page, "Calendar");
    await consentButton(page, "allow").click();
  }
  await expect(page).toHaveURL((url) => url.pathname === "/dashboard");
  await expect(calendarCard(page)).toContainText("No upcoming events in your main calendar.");
});

test("without its events the dashboard is still there", async ({ page }) => {
  const person = await somebody();
  await signIn(page, person);
  await connectCalendar(page);
  await befalls(person, "calendar_503", 1);
  await page.goto("/dashboard");
  await expect(nameOf(page, person)).toBeVisible();
  await expect(calendarCard(page)).toContainText(/Google Calendar isn't responding/);
  await expect(async () => {
    await calendarCard(page).getByRole("link", { name: "Try again" }).click();
    await expect(events(page)).toHaveCount(5, { timeout: 500 });
  }).toPass();

  await revokedAtGoogle(person);
  await page.goto("/dashboard");
  await expect(calendarCard(page)).toContainText(/Google Calendar is no longer connected/);
  await leaveInPeace(person);
  await calendarCard(page).getByRole("link", { name: "Reconnect Google Calendar" }).click();
  await askGoogle(page, "Calendar");
  await consentButton(page, "allow").click();
  await expect(events(page)).toHaveCount(5);
});
