// What goes wrong on the way: each ends on a page that a person understands, with a next step.

import { latchkey } from "../servers.mjs";
import { expect, test, type Page } from "./browser";
import {
  allow,
  answerAs,
  callbackDuring,
  choose,
  consentButton,
  continueWith,
  nameOf,
  signIn,
  signedIn,
  somebody,
} from "./people";

async function expectRefusal(page: Page, code: string, sentence: RegExp) {
  await expect(page).toHaveURL((url) => url.pathname === "/login" && url.searchParams.get("error") === code);
  await expect(page.getByRole("alert").filter({ hasText: sentence })).toBeVisible();
  await expect(signedIn(page)).toHaveCount(0);
  // Codes are for machines.
  expect(await page.locator("body").innerText()).not.toContain(code.includes("_") ? code : "error=");
}

test("cancelling at Google is nothing to worry about, and trying again works", async ({ page }) => {
  const person = await somebody();
  await page.goto("/login");
  await continueWith(page, "Google");
  await choose(page, person);
  await consentButton(page, "deny").click();
  await expectRefusal(page, "cancelled", /cancel/i);

  await page.getByRole("alert").getByRole("link").click();
  await answerAs(page, person);
  await expect(page).toHaveURL("/dashboard");
  await expect(nameOf(page, person)).toBeVisible();
});

test("two tabs that started side by side both arrive", async ({ context }) => {
  const person = await somebody();
  const [left, right] = [await context.newPage(), await context.newPage()];
  for (const tab of [left, right]) {
    await tab.goto("/login");
    await continueWith(tab, "Google");
    await expect(tab.locator(`button[name="person"][value="${person.id}"]`)).toBeVisible();
  }
  for (const tab of [right, left]) {
    await answerAs(tab, person);
    await expect(tab).toHaveURL("/dashboard");
    await expect(nameOf(tab, person)).toBeVisible();
  }
});

test("a sixth tab pushes the first one out, and that one says so", async ({ context }) => {
  const person = await somebody();
  const tabs: Page[] = [];
  for (let number = 0; number < 6; number++) {
    const tab = await context.newPage();
    await tab.goto("/auth/google?prompt=select_account");
    await expect(tab.locator(`button[name="person"][value="${person.id}"]`)).toBeVisible();
    tabs.push(tab);
  }
  expect((await context.cookies(latchkey.origin)).filter(({ name }) => name.startsWith("flow-"))).toHaveLength(5);

  await tabs[0].locator(`button[name="person"][value="${person.id}"]`).click();
  await consentButton(tabs[0], "allow").click();
  await expectRefusal(tabs[0], "flow_unknown", /./);
  await answerAs(tabs[5], person);
  await expect(nameOf(tabs[5], person)).toBeVisible();
});

test("the back button after a sign-in leads back through Google without harm", async ({ page }) => {
  const person = await somebody();
  await signIn(page, person);
  await page.goBack();
  if (await consentButton(page, "allow").isVisible()) await consentButton(page, "allow").click();
  else await page.goForward();
  await expect(page).toHaveURL("/dashboard");
  await expect(nameOf(page, person)).toBeVisible();
});

test("the callback's address opened again goes quietly to the dashboard", async ({ page }) => {
  const person = await somebody();
  await page.goto("/login");
  await continueWith(page, "Google");
  await choose(page, person);
  const callback = await callbackDuring(page, () => allow(page));
  await expect(page).toHaveURL("/dashboard");

  await page.goto(callback);
  await expect(page).toHaveURL("/dashboard");
  await expect(nameOf(page, person)).toBeVisible();
  await expect(page.getByRole("alert")).toHaveCount(0);
});

test("somebody else's callback signs nobody in, and does not spoil it for its owner", async ({ page, anotherBrowser }) => {
  const victim = await anotherBrowser.newPage();
  const person = await somebody();
  await page.goto("/login");
  await continueWith(page, "Google");
  await choose(page, person);
  // Held back from its own browser and carried to another one.
  const held = new Promise<string>((resolve) => {
    void page.route(/consent/, async (route) => {
      if (route.request().method() !== "POST") return route.continue();
      // A route sees requests and not the redirects that they cause: the provider's answer is taken here.
      const answer = await route.fetch({ maxRedirects: 0 });
      resolve(answer.headers().location);
      await route.abort();
    });
  });
  await consentButton(page, "allow").click();
  await victim.goto(await held);
  await expectRefusal(victim, "flow_unknown", /./);

  await page.unroute(/consent/);
  await page.goto(await held);
  await expect(page).toHaveURL("/dashboard");
  await expect(nameOf(page, person)).toBeVisible();
});

test("a callback that nobody asked for is a sentence on the login page", async ({ page }) => {
  await page.goto("/auth/callback/google?code=made-up&state=made-up");
  await expectRefusal(page, "flow_unknown", /./);
});

test("an error that a stranger wrote into the callback is not shown", async ({ page }) => {
  await page.goto("/auth/callback/google?error=x&error_description=%3Cscript%3Ealert(1)%3C/script%3Epay+here");
  await expect(page).toHaveURL((url) => url.pathname === "/login");
  await expect(page.getByText("pay here")).toHaveCount(0);
});

test("an error code that is not on the list is no error", async ({ page }) => {
  await page.goto("/login?error=call_0900_now");
  await expect(page.getByRole("alert")).toHaveCount(0);
  await expect(page.getByText(/0900/)).toHaveCount(0);
});
