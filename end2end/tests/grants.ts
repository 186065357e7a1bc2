// What people let Latchkey see at the sandbox's Google: how they say yes, and how Google misbehaves towards one of them.

import { request } from "@playwright/test";
import { sandbox } from "../servers.mjs";
import { expect, type Locator, type Page } from "./browser";
import { consentButton, continueWith, introduce, signedIn, type Person } from "./people";
import { section, wayOf } from "./settings";

/** What a step-up is for, as its buttons call it. */
export type Access = "Drive" | "Calendar";

/** The button of the page that explains what will be read. */
export function connectButton(page: Page, access: Access): Locator {
  return page.getByRole("button", { name: new RegExp(`^(Rec|C)onnect Google ${access}`) });
}

/** From the page that explains to Google's question. */
export async function askGoogle(page: Page, access: Access) {
  await connectButton(page, access).click();
  await expect(consentButton(page, "allow")).toBeVisible();
}

/** From `/drive` of somebody who has not connected it to their files. */
export async function connectDrive(page: Page) {
  await page.goto("/drive");
  await askGoogle(page, "Drive");
  await consentButton(page, "allow").click();
  await expect(page).toHaveURL((url) => url.pathname === "/drive");
  await expect(filesOf(page).first()).toBeVisible();
}

/** From `/calendar` of somebody who has not connected it to their events. */
export async function connectCalendar(page: Page) {
  await page.goto("/calendar");
  await askGoogle(page, "Calendar");
  await consentButton(page, "allow").click();
  await expect(page).toHaveURL((url) => url.pathname === "/dashboard");
  await expect(calendarCard(page).getByRole("listitem").first()).toBeVisible();
}

/** Ends the connection whose button is on the page, and waits until it is said so. */
export async function disconnect(page: Page) {
  await disconnectButton(page).click();
  await expect(page.getByRole("status").filter({ hasText: "Disconnected. We deleted our access tokens" })).toBeVisible();
}

/** The button that ends a connection. */
export function disconnectButton(page: Page): Locator {
  return page.getByRole("button", { name: /^Disconnect/ });
}

/** One of the sandbox's own people (`long`, `plain`), whom tests share: only to look, nothing is to be ended. */
export async function signInAs(page: Page, id: string) {
  await page.goto("/login");
  await continueWith(page, "Google");
  await page.locator(`button[name="person"][value="${id}"]`).click();
  const consent = consentButton(page, "allow");
  await expect(consent.or(signedIn(page)).first()).toBeVisible();
  if (await consent.isVisible()) await consent.click();
  await expect(page).toHaveURL("/dashboard");
}

/** `/drive` of somebody who may have connected it in another test. */
export async function openDrive(page: Page) {
  await page.goto("/drive");
  if (!(await connectButton(page, "Drive").isVisible())) return;
  await askGoogle(page, "Drive");
  await consentButton(page, "allow").click();
  await expect(page).toHaveURL((url) => url.pathname === "/drive");
}

/** Links a second Google account. */
export async function linkAnotherGoogle(page: Page, person: Person) {
  await page.goto("/settings");
  await page.getByRole("button", { name: "Add Google" }).click();
  await introduce(page, person);
  await expect(wayOf(page, "Google")).toHaveCount(2);
}

/** The rows of the list, without the one of its headings. */
export function filesOf(page: Page): Locator {
  return page.locator("#file-rows").getByRole("row");
}

/** The rows that are folders. */
export function foldersOf(page: Page): Locator {
  return filesOf(page).filter({ has: page.getByRole("cell", { name: "Folder" }) });
}

/** Google's ids of the files that are listed, in their order. */
export async function idsOf(page: Page): Promise<string[]> {
  return page.locator("#file-rows tr").evaluateAll((rows) => rows.map((row) => row.getAttribute("data-file") ?? ""));
}

/** The form above the list. */
export function filterOf(page: Page) {
  const form = page.getByRole("search", { name: "Files" });
  return {
    search: form.getByRole("searchbox", { name: "Name" }),
    kind: form.getByRole("combobox", { name: "Type" }),
    order: form.getByRole("combobox", { name: "Sort by" }),
    show: form.getByRole("button", { name: "Apply" }),
  };
}

/** What is told below the list. */
export function toldOf(page: Page): Locator {
  return page.locator(".files-status");
}

/** The card on the dashboard. */
export function calendarCard(page: Page): Locator {
  return page.getByRole("region", { name: "Next in your calendar" });
}

/** The section of the settings about all this. */
export function grantsOf(page: Page): Locator {
  return section(page, "Connected services");
}

/** Lets a named misbehaviour of the sandbox's Google befall one person, so often or until they are left in peace. */
export async function befalls(person: Person, preset: string, times?: number) {
  await tell("presets", { preset, person: person.id, times });
}

/** The same for a fault that has no name. */
export async function faultOf(person: Person, endpoint: string, fault: object, times?: number) {
  await tell("faults", { endpoint, fault, person: person.id, times });
}

/** The sandbox's Google behaves towards this person again. */
export async function leaveInPeace(person: Person) {
  await tell("behave", { person: person.id });
}

/** Takes everything back at Google, as far as Latchkey can tell: neither the access nor the refresh token counts. */
export async function revokedAtGoogle(person: Person) {
  await befalls(person, "drive_token_expired");
  await befalls(person, "calendar_token_expired");
  await befalls(person, "refresh_invalid_grant");
}

async function tell(order: string, data: object) {
  const control = await request.newContext({ baseURL: sandbox.origin });
  const answer = await control.post(`/control/google/${order}`, { data });
  expect(answer.ok(), await answer.text()).toBe(true);
  await control.dispose();
}
