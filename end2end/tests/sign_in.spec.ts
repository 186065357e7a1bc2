// Signing in with Google, staying signed in, signing out.

import { sandbox } from "../servers.mjs";
import { expect, test } from "./browser";
import { answerAs, awake, continueWith, memberSince, nameOf, signedIn, signIn, signOut, somebody, textOf } from "./people";

test("a person signs in with Google and sees who they are", async ({ page }) => {
  const grace = await somebody("Grace Hopper");
  await page.goto("/");
  await expect(page).toHaveURL((url) => url.pathname === "/login");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(/sign in/i);

  await continueWith(page, "Google");
  await expect(page).toHaveURL((url) => url.origin === sandbox.origin);
  await answerAs(page, grace);

  await expect(page).toHaveURL("/dashboard");
  await expect(nameOf(page, grace)).toBeVisible();
  await expect(page.getByText(grace.email).first()).toBeVisible();
});

test("a person whom Google does not know yet signs in by typing email address and name", async ({ page }) => {
  const unique = crypto.randomUUID().slice(0, 8);
  await page.goto("/login");
  await continueWith(page, "Google");
  // The form may be folded away.
  const email = page.locator('input[name="email"]');
  if (!(await email.isVisible())) await page.getByText(/use another account/i).click();
  await email.fill(`new-${unique}@gmail.com`);
  await page.locator('input[name="name"]').fill(`New ${unique}`);
  await page.locator('form:has(input[name="email"]) button').click();
  await page.locator('button[name="decision"][value="allow"]').click();

  await expect(page).toHaveURL("/dashboard");
  await expect(page.getByRole("heading", { level: 1, name: `New ${unique}` })).toBeVisible();
});

test("a reload shows exactly what was there before", async ({ page, javaScriptEnabled }) => {
  await signIn(page, await somebody());
  await awake(page, javaScriptEnabled);
  const before = await textOf(page);
  await page.reload();
  await awake(page, javaScriptEnabled);
  expect(await textOf(page)).toBe(before);
});

test("a signed-in person who opens the front page or the login page gets the dashboard", async ({ page }) => {
  const person = await somebody();
  await signIn(page, person);
  for (const path of ["/", "/login"]) {
    await page.goto(path);
    await expect(page).toHaveURL("/dashboard");
    await expect(nameOf(page, person)).toBeVisible();
  }
});

test("signing out ends on the login page, which says so, and the dashboard is closed", async ({ page }) => {
  await signIn(page, await somebody());
  await signOut(page);
  await expect(page.getByRole("status").filter({ hasText: /signed out/i })).toBeVisible();

  await page.goto("/dashboard");
  await expect(page).toHaveURL("/login?return_to=%2Fdashboard");
  await expect(signedIn(page)).toHaveCount(0);
});

test("after signing out the back button brings no dashboard back", async ({ page }) => {
  const person = await somebody();
  await signIn(page, person);
  await signOut(page);
  await page.goBack();
  await expect(page).toHaveURL((url) => url.pathname === "/login");
  await expect(nameOf(page, person)).toHaveCount(0);
});

test("the session cookie is out of reach for scripts and stays with same-site requests", async ({ page, context }) => {
  await signIn(page, await somebody());
  const cookies = (await context.cookies()).filter((cookie) => cookie.name === "session");
  expect(cookies).toHaveLength(1);
  expect(cookies[0]).toMatchObject({ httpOnly: true, sameSite: "Lax", path: "/", domain: "localhost" });
});

test("a second sign-in is the same person, under the new name that Google tells", async ({ page, anotherBrowser }) => {
  const person = await somebody("Before Wedding");
  await signIn(page, person);
  const since = await memberSince(page);
  expect(since).toBeTruthy();

  const renamed = { ...person, name: "After Wedding" };
  const answer = await page.request.post(`${sandbox.origin}/control/persons/${person.id}`, {
    data: { name: renamed.name },
  });
  expect(answer.ok(), await answer.text()).toBe(true);
  const elsewhere = await anotherBrowser.newPage();
  await signIn(elsewhere, renamed);
  expect(await memberSince(elsewhere)).toBe(since);
});
