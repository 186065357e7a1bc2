// Connecting Google Drive: asked for at the moment of need, by the person, for the account that they meant.

import { sandbox } from "../servers.mjs";
import { expect, test, type Page } from "./browser";
import {
  askGoogle,
  connectButton,
  connectDrive,
  filesOf,
  grantsOf,
  linkAnotherGoogle,
} from "./grants";
import { choose, consentButton, continueWith, introduce, signIn, signedIn, signOut, somebody } from "./people";
import { rowsOf } from "./settings";

const driveBox = (page: Page) => page.getByRole("checkbox", { name: /information about your Drive files/ });
const heading = (page: Page, name: string | RegExp) => page.getByRole("heading", { level: 1, name });

test("from the page that explains, through Google's question, to the files", async ({ page }) => {
  const person = await somebody();
  await signIn(page, person);
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Drive" }).click();
  await expect(heading(page, "See your Google Drive files in Latchkey")).toBeVisible();
  await expect(page.getByText("Names, types and sizes of your files and folders")).toBeVisible();
  await expect(page.getByText(/read the contents of your files/i)).toBeVisible();
  await expect(page.getByText(person.email)).toBeVisible();
  await expect(filesOf(page)).toHaveCount(0);

  await askGoogle(page, "Drive");
  await expect(page).toHaveURL((url) => url.origin === sandbox.origin);
  await expect(page.getByRole("checkbox")).toHaveCount(1);
  await expect(driveBox(page)).toBeChecked();
  await consentButton(page, "allow").click();

  await expect(page).toHaveURL((url) => url.pathname === "/drive");
  await expect(heading(page, "Google Drive")).toBeVisible();
  await expect(filesOf(page)).toHaveCount(50);
  await expect(page.locator(".whose-account")).toContainText(person.email);
  // The session is the one of before.
  await page.goto("/settings");
  await expect(rowsOf(page, "Where you're signed in")).toHaveCount(1);
  await expect(grantsOf(page)).toContainText("Connected");
});

test("who declines the box is told so, kept nothing of, and can connect after all", async ({ page }) => {
  await signIn(page, await somebody());
  await page.goto("/drive");
  await askGoogle(page, "Drive");
  await driveBox(page).uncheck();
  await consentButton(page, "allow").click();
  await expect(page).toHaveURL((url) => url.pathname === "/drive" && url.searchParams.get("error") === "scope_declined");
  await expect(page.getByRole("status").or(page.getByRole("alert")).filter({ hasText: /didn't get the permission/i })).toBeVisible();
  await expect(filesOf(page)).toHaveCount(0);
  await page.goto("/settings");
  await expect(grantsOf(page)).toContainText("Only your basic profile");

  await connectDrive(page);
});

test("who cancels at Google is where they were, and still signed in", async ({ page }) => {
  await signIn(page, await somebody());
  await page.goto("/drive?q=budget");
  await askGoogle(page, "Drive");
  await consentButton(page, "deny").click();
  await expect(page).toHaveURL((url) => url.pathname === "/drive");
  await expect(page.getByText(/you cancelled at google/i)).toBeVisible();
  await expect(connectButton(page, "Drive")).toBeVisible();
  await expect(signedIn(page)).toBeVisible();
});

test("who comes back as somebody else connects nothing and reads why", async ({ page }) => {
  const [ada, grace] = [await somebody("Ada Lovelace"), await somebody("Grace Hopper")];
  await signIn(page, ada);
  await page.goto("/drive");
  // Google does not know any more who sits here, and asks.
  await page.request.post(`${sandbox.origin}/google/signout`);
  await connectButton(page, "Drive").click();
  await choose(page, grace);
  await consentButton(page, "allow").click();
  await expect(page).toHaveURL((url) => url.pathname === "/drive" && url.searchParams.get("error") === "account_mismatch");
  await expect(page.getByRole("alert")).toHaveText(/a different account from the one/i);
  await expect(page.getByText(ada.email)).toBeVisible();
  await expect(filesOf(page)).toHaveCount(0);
  await page.goto("/dashboard");
  await expect(heading(page, ada.name)).toBeVisible();
});

test("one goes back to the list that one asked for", async ({ page }) => {
  await signIn(page, await somebody());
  await page.goto("/drive?kind=pdf&sort=largest");
  await askGoogle(page, "Drive");
  await consentButton(page, "allow").click();
  await expect(page).toHaveURL((url) => url.pathname === "/drive" && url.searchParams.get("kind") === "pdf");
  await expect(filesOf(page).first()).toContainText("PDF");
});

test("who has no Google account here links one first", async ({ page }) => {
  const person = await somebody();
  await page.goto("/login");
  await continueWith(page, "GitHub");
  await introduce(page, person);
  await expect(page).toHaveURL("/dashboard");
  await page.goto("/drive");
  await expect(page.getByText(/Link your Google account first/)).toBeVisible();
  await page.getByRole("link", { name: "Link your Google account" }).click();
  await page.getByRole("button", { name: /google/i }).click();
  await introduce(page, person);
  await expect(page).toHaveURL((url) => url.pathname === "/drive" && url.searchParams.get("done") === "linked");
  await connectDrive(page);
});

test("of two Google accounts each is connected by itself, and one goes from one to the other", async ({ page }) => {
  const [home, work] = [await somebody("Ada Lovelace"), await somebody("Ada at work")];
  await signIn(page, home);
  await linkAnotherGoogle(page, work);
  await page.goto("/drive");
  await expect(page.getByRole("heading", { level: 2, name: "Choose an account" })).toBeVisible();
  await page.getByRole("button", { name: `Connect ${work.email}` }).click();
  await consentButton(page, "allow").click();
  await expect(filesOf(page)).toHaveCount(50);
  const whose = page.locator(".whose-account");
  await expect(whose).toContainText(work.email);
  const ofWork = await filesOf(page).first().getAttribute("data-file");

  await page.getByText("Use another account", { exact: true }).click();
  await page.getByRole("link", { name: home.email }).click();
  await expect(page.getByText(home.email)).toBeVisible();
  await askGoogle(page, "Drive");
  await consentButton(page, "allow").click();
  await expect(whose).toContainText(home.email);
  await expect(page).toHaveURL((url) => url.pathname === "/drive");
  expect(await filesOf(page).first().getAttribute("data-file")).not.toBe(ofWork);

  // The way back, and links of a list lead on within its account.
  await page.getByText("Use another account", { exact: true }).click();
  await page.getByRole("link", { name: work.email }).click();
  await expect(whose).toContainText(work.email);
  await page.getByRole("searchbox", { name: "Name" }).fill("b");
  await page.getByRole("searchbox", { name: "Name" }).press("Enter");
  await expect(page).toHaveURL((url) => url.searchParams.get("q") === "b" && url.searchParams.has("account"));
  await expect(whose).toContainText(work.email);
});

test("who is not signed in signs in first, and then gets to the files", async ({ page }) => {
  const person = await somebody();
  await signIn(page, person);
  await connectDrive(page);
  await signOut(page);
  await page.goto("/drive?kind=pdf");
  await expect(page).toHaveURL((url) => url.pathname === "/login");
  await continueWith(page, "Google");
  await page.locator(`button[name="person"][value="${person.id}"]`).click();
  await expect(page).toHaveURL("/drive?kind=pdf");
  await expect(filesOf(page).first()).toContainText("PDF");
});

test("signing out says what it leaves: the connection, and Google itself", async ({ page }) => {
  const person = await somebody();
  await signIn(page, person);
  await connectDrive(page);
  await expect(page.getByText("Signing out of Latchkey doesn't disconnect Google Drive or sign you out of Google.")).toBeVisible();
  await page.goto("/dashboard");
  await expect(page.getByText(/Connected services, such as Google Drive, stay connected/)).toBeVisible();
  await signOut(page);
  await expect(page.getByText(/You're still signed in to Google/)).toBeVisible();
  await expect(page.getByText(/Connected services, such as Google Drive, stay connected\./)).toBeVisible();

  await page.getByRole("link", { name: "Use another Google account" }).click();
  await expect(page).toHaveURL((url) => url.origin === sandbox.origin && url.searchParams.get("prompt") === "select_account");
  const other = await somebody("Grace Hopper");
  await page.reload();
  await introduce(page, other);
  await expect(heading(page, other.name)).toBeVisible();
  await page.goto("/drive");
  await expect(connectButton(page, "Drive")).toBeVisible();
  await expect(page.getByText(person.email)).toHaveCount(0);
});
