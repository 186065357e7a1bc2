// Connecting Google Drive.

import { sandbox } from "../servers.mjs";
import { connectButton, connectDrive, grantAccess, requestAccess } from "./support/api_access";
import { accountLine, fileRows } from "./support/drive_list";
import { expect, type Page, test } from "./support/fixtures";
import { pageHeading, signOutButton } from "./support/page";
import { createPerson } from "./support/person";
import { authorize, consentButton, personButton } from "./support/provider_page";
import { continueWith, signIn, signOut } from "./support/session";
import { connectedServices, rowsOf } from "./support/settings";

const driveCheckbox = (page: Page) => page.getByRole("checkbox", { name: /information about your Drive files/ });

test("connecting Drive leads through consent to the files", async ({ page }) => {
  const person = await createPerson();
  await signIn(page, person);
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Drive" }).click();
  await expect(pageHeading(page, "See your Google Drive files in Latchkey")).toBeVisible();
  await expect(page.getByText("Names, types and sizes of your files and folders")).toBeVisible();
  await expect(page.getByText(/read the contents of your files/i)).toBeVisible();
  await expect(page.getByText(person.email)).toBeVisible();
  await expect(fileRows(page)).toHaveCount(0);

  await requestAccess(page, "Drive");
  await expect(page).toHaveURL((url) => url.origin === sandbox.origin);
  await expect(page.getByRole("checkbox")).toHaveCount(1);
  await expect(driveCheckbox(page)).toBeChecked();
  await consentButton(page, "allow").click();

  await expect(page).toHaveURL((url) => url.pathname === "/drive");
  await expect(pageHeading(page, "Google Drive")).toBeVisible();
  await expect(fileRows(page)).toHaveCount(50);
  await expect(accountLine(page)).toContainText(person.email);
  // The session is still the same one.
  await page.goto("/settings/security");
  await expect(rowsOf(page, "Where you're signed in")).toHaveCount(1);
  await page.goto("/settings/connections");
  await expect(connectedServices(page)).toContainText("Connected");
});

test("declining the scope connects nothing, and a retry succeeds", async ({ page }) => {
  await signIn(page, await createPerson());
  await page.goto("/drive");
  await requestAccess(page, "Drive");
  await driveCheckbox(page).uncheck();
  await consentButton(page, "allow").click();
  await expect(page).toHaveURL((url) => url.pathname === "/drive" && url.searchParams.get("error") === "scope_declined");
  const message = page.getByRole("status").or(page.getByRole("alert"));
  await expect(message.filter({ hasText: /didn't get the permission/i })).toBeVisible();
  await expect(fileRows(page)).toHaveCount(0);
  await page.goto("/settings/connections");
  await expect(connectedServices(page)).toContainText("Only your basic profile");

  await connectDrive(page);
});

test("cancelling at Google keeps the user signed in", async ({ page }) => {
  await signIn(page, await createPerson());
  await page.goto("/drive?q=budget");
  await requestAccess(page, "Drive");
  await consentButton(page, "deny").click();
  await expect(page).toHaveURL((url) => url.pathname === "/drive");
  await expect(page.getByText(/you cancelled at google/i)).toBeVisible();
  await expect(connectButton(page, "Drive")).toBeVisible();
  await expect(signOutButton(page)).toBeVisible();
});

test("connecting Drive returns to the requested list", async ({ page }) => {
  await signIn(page, await createPerson());
  await page.goto("/drive?kind=pdf&sort=largest");
  await grantAccess(page, "Drive");
  await expect(page).toHaveURL((url) => url.pathname === "/drive" && url.searchParams.get("kind") === "pdf");
  await expect(fileRows(page).first()).toContainText("PDF");
});

test("a signed-out user signs in and returns to the list", async ({ page }) => {
  const person = await createPerson();
  await signIn(page, person);
  await connectDrive(page);
  await signOut(page);
  await page.goto("/drive?kind=pdf");
  await expect(page).toHaveURL((url) => url.pathname === "/login");
  await continueWith(page, "Google");
  await personButton(page, person).click();
  await expect(page).toHaveURL("/drive?kind=pdf");
  await expect(fileRows(page).first()).toContainText("PDF");
});

test("signing out says that Drive stays connected", async ({ page }) => {
  const person = await createPerson();
  await signIn(page, person);
  await connectDrive(page);
  const explanation = "Signing out of Latchkey doesn't disconnect Google Drive or sign you out of Google.";
  await expect(page.getByText(explanation)).toBeVisible();
  await page.goto("/dashboard");
  await expect(page.getByText(/Connected services, such as Google Drive, stay connected/)).toBeVisible();
  await signOut(page);
  await expect(page.getByText(/You're still signed in to Google/)).toBeVisible();
  await expect(page.getByText(/Connected services, such as Google Drive, stay connected\./)).toBeVisible();

  await page.getByRole("link", { name: "Use another Google account" }).click();
  await expect(page).toHaveURL((url) => url.origin === sandbox.origin && url.searchParams.get("prompt") === "select_account");
  const other = await createPerson("Grace Hopper");
  await page.reload();
  await authorize(page, other);
  await expect(pageHeading(page, other.name)).toBeVisible();
  await page.goto("/drive");
  await expect(connectButton(page, "Drive")).toBeVisible();
  await expect(page.getByText(person.email)).toHaveCount(0);
});
