// Access to Google's APIs: connecting Drive and the calendar, and disconnecting them.

import { calendarCard } from "./calendar";
import { fileRows } from "./drive_list";
import { expect, type Locator, type Page } from "./fixtures";
import { consentButton, consentIfAsked, personButton } from "./provider_page";
import { continueWith } from "./session";

/** A Google service as the buttons call it. */
export type Service = "Drive" | "Calendar";

/** The button of the page that explains what Latchkey will read. */
export function connectButton(page: Page, service: Service): Locator {
  return page.getByRole("button", { name: new RegExp(`^(Rec|C)onnect Google ${service}`) });
}

/** Leads from the page that explains the access to Google's consent screen. */
export async function requestAccess(page: Page, service: Service) {
  await connectButton(page, service).click();
  await expect(consentButton(page, "allow")).toBeVisible();
}

/** Requests access and consents. */
export async function grantAccess(page: Page, service: Service) {
  await requestAccess(page, service);
  await consentButton(page, "allow").click();
}

/** Connects Drive and opens the file list. */
export async function connectDrive(page: Page) {
  await page.goto("/drive");
  await grantAccess(page, "Drive");
  await expect(page).toHaveURL((url) => url.pathname === "/drive");
  await expect(fileRows(page).first()).toBeVisible();
}

/** Connects the calendar and opens the dashboard. */
export async function connectCalendar(page: Page) {
  await page.goto("/calendar");
  await grantAccess(page, "Calendar");
  await expect(page).toHaveURL((url) => url.pathname === "/dashboard");
  await expect(calendarCard(page).getByRole("listitem").first()).toBeVisible();
}

/** Disconnects the first connected account on the page and waits for the confirmation. */
export async function disconnect(page: Page) {
  await confirmDisconnection(page);
  await expect(disconnectedMessage(page)).toBeVisible();
}

/** Asks to disconnect an account (the first, unless it is named), and confirms. */
export async function confirmDisconnection(page: Page, account = "") {
  const question = page.getByRole("group").filter({ hasText: `Disconnect… ${account}` }).first();
  await question.getByText("Disconnect…").click();
  await question.getByRole("button", { name: /^Disconnect/ }).click();
}

/** It opens the question; a second button disconnects. */
export function disconnectButton(page: Page): Locator {
  return page.getByText("Disconnect…");
}

export function disconnectedMessage(page: Page): Locator {
  return page.getByRole("status").filter({ hasText: /disconnected\. we deleted our access tokens/i });
}

/** Signs in as one of the sandbox's predefined people, whom tests share: `plain` has no files or events, `long` 50,000 files. */
export async function signInAsPredefined(page: Page, id: "plain" | "long") {
  await page.goto("/login");
  await continueWith(page, "Google");
  await personButton(page, { id }).click();
  await consentIfAsked(page);
  await expect(page).toHaveURL("/dashboard");
}

/** Opens the file list of a shared person, whose Drive another test may have connected. */
export async function openDrive(page: Page) {
  await page.goto("/drive");
  if (!(await connectButton(page, "Drive").isVisible())) return;
  await grantAccess(page, "Drive");
  await expect(page).toHaveURL((url) => url.pathname === "/drive");
}

/** Opens the dashboard of a shared person with the calendar, which another test may have connected. */
export async function openCalendar(page: Page) {
  await page.goto("/calendar");
  if (await connectButton(page, "Calendar").isVisible()) await grantAccess(page, "Calendar");
  await expect(page).toHaveURL((url) => url.pathname === "/dashboard");
}
