// Signing in with Google, staying signed in, signing out.

import { sandbox } from "../servers.mjs";
import { expect, test } from "./support/fixtures";
import { bodyText, pageHeading, signOutButton, waitForIslands } from "./support/page";
import { createPerson } from "./support/person";
import { authorizeIfAsked, consentButton } from "./support/provider_page";
import { continueWith, memberSince, nameHeading, signIn, signOut } from "./support/session";

test("a user signs in with Google and sees their name", async ({ page }) => {
  const grace = await createPerson("Grace Hopper");
  await page.goto("/");
  await expect(page).toHaveURL((url) => url.pathname === "/login");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(/sign in/i);

  await continueWith(page, "Google");
  await expect(page).toHaveURL((url) => url.origin === sandbox.origin);
  await authorizeIfAsked(page, grace);

  await expect(page).toHaveURL("/dashboard");
  await expect(nameHeading(page, grace)).toBeVisible();
  await expect(page.getByText(grace.email).first()).toBeVisible();
});

test("a user new to Google signs in by typing email and name", async ({ page }) => {
  const unique = crypto.randomUUID().slice(0, 8);
  await page.goto("/login");
  await continueWith(page, "Google");
  // The chooser may hide the form behind a button.
  const email = page.locator('input[name="email"]');
  if (!(await email.isVisible())) await page.getByText(/use another account/i).click();
  await email.fill(`new-${unique}@gmail.com`);
  await page.locator('input[name="name"]').fill(`New ${unique}`);
  await page.locator('form:has(input[name="email"]) button').click();
  await consentButton(page, "allow").click();

  await expect(page).toHaveURL("/dashboard");
  await expect(pageHeading(page, `New ${unique}`)).toBeVisible();
});

test("a reload shows the same page", async ({ page, javaScriptEnabled }) => {
  await signIn(page, await createPerson());
  // The message of the sign-in is shown once.
  await page.reload();
  await waitForIslands(page, javaScriptEnabled);
  const before = await bodyText(page);
  await page.reload();
  await waitForIslands(page, javaScriptEnabled);
  expect(await bodyText(page)).toBe(before);
});

test("/ and /login redirect signed-in users to the dashboard", async ({ page }) => {
  const person = await createPerson();
  await signIn(page, person);
  for (const path of ["/", "/login"]) {
    await page.goto(path);
    await expect(page).toHaveURL("/dashboard");
    await expect(nameHeading(page, person)).toBeVisible();
  }
});

test("signing out shows the login page and closes the dashboard", async ({ page }) => {
  await signIn(page, await createPerson());
  await signOut(page);
  await expect(page.getByRole("status").filter({ hasText: /signed out/i })).toBeVisible();

  await page.goto("/dashboard");
  await expect(page).toHaveURL("/login?return_to=%2Fdashboard");
  await expect(signOutButton(page)).toHaveCount(0);
});

test("after sign-out the back button does not show the dashboard", async ({ page }) => {
  const person = await createPerson();
  await signIn(page, person);
  await signOut(page);
  await page.goBack();
  await expect(page).toHaveURL((url) => url.pathname === "/login");
  await expect(nameHeading(page, person)).toHaveCount(0);
});

test("the session cookie is HttpOnly and SameSite=Lax", async ({ page, context }) => {
  await signIn(page, await createPerson());
  const cookies = (await context.cookies()).filter((cookie) => cookie.name === "session");
  expect(cookies).toHaveLength(1);
  expect(cookies[0]).toMatchObject({ httpOnly: true, sameSite: "Lax", path: "/", domain: "localhost" });
});

test("a second sign-in finds the account and updates the name", async ({ page, anotherBrowser }) => {
  const person = await createPerson("Before Wedding");
  await signIn(page, person);
  const since = await memberSince(page);
  expect(since).toBeTruthy();

  const renamed = { ...person, name: "After Wedding" };
  const response = await page.request.post(`${sandbox.origin}/control/persons/${person.id}`, {
    data: { name: renamed.name },
  });
  expect(response.ok(), await response.text()).toBe(true);
  const otherPage = await anotherBrowser.newPage();
  await signIn(otherPage, renamed);
  expect(await memberSince(otherPage)).toBe(since);
});
