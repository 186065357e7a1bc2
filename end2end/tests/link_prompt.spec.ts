// Two ways to one account: somebody comes with a provider whose word for the address is not enough, and the address has
// an account already.

import { addressField, newcomer, passwordField, signInByPassword, signUp, type Account } from "./accounts";
import { expect, test, type BrowserContext, type Page } from "./browser";
import { letterTo } from "./letters";
import {
  awake,
  continueWith,
  consentButton,
  freshAddress,
  introduce,
  nameOf,
  signedIn,
  signOut,
  somebody,
  textOf,
} from "./people";
import { wayOf } from "./settings";

/** Somebody with a password here, whose address another provider tells as well. */
async function somebodyWithPassword(browser: BrowserContext) {
  const account = await signUp(await browser.newPage(), newcomer());
  return { account, person: await somebody("Ada Lovelace", account.email) };
}

/** Somebody who came with GitHub, and has the same address at Google. */
async function somebodyOfGitHub(browser: BrowserContext) {
  const person = await somebody("Grace Hopper", freshAddress());
  const page = await browser.newPage();
  await page.goto("/login");
  await continueWith(page, "GitHub");
  await introduce(page, person);
  await expect(nameOf(page, person)).toBeVisible();
  return person;
}

async function expectPrompt(page: Page, email: string) {
  await expect(page).toHaveURL((url) => url.pathname === "/link");
  await expect(page.getByRole("heading", { level: 1, name: "You already have an account" })).toBeVisible();
  await expect(page.getByText(`There's already an account for ${email}`)).toBeVisible();
  await expect(signedIn(page)).toHaveCount(0);
}

async function proveByPassword(page: Page, { password }: Account) {
  await passwordField(page).fill(password);
  await page.getByRole("button", { name: "Sign in and link" }).click();
}

test("the password shows whose account it is; Google is linked, and the way goes on", async ({ page, anotherBrowser }) => {
  const { account, person } = await somebodyWithPassword(anotherBrowser);
  await page.goto("/settings");
  await continueWith(page, "Google");
  await introduce(page, person);
  await expectPrompt(page, account.email);
  await expect(page.getByRole("button", { name: /^Continue with/ })).toHaveCount(0);

  await proveByPassword(page, account);
  await expect(page).toHaveURL("/settings");
  await expect(wayOf(page, "Google")).toContainText(account.email);
  await letterTo(account.email, /google was added/i);

  await signOut(page);
  await continueWith(page, "Google");
  await page.locator(`button[name="person"][value="${person.id}"]`).click();
  await expect(page).toHaveURL("/dashboard");
});

test("a wrong password links nothing, and the right one still does", async ({ page, anotherBrowser }) => {
  const { account, person } = await somebodyWithPassword(anotherBrowser);
  await page.goto("/login");
  await continueWith(page, "Google");
  await introduce(page, person);
  await proveByPassword(page, { ...account, password: "it was something else" });
  await expect(page.getByRole("alert")).toHaveText(/incorrect password/i);
  await expectPrompt(page, account.email);

  await proveByPassword(page, account);
  await expect(page).toHaveURL("/dashboard");
});

test("cancelling changes nothing, and the next time it is asked again", async ({ page, anotherBrowser }) => {
  const { account, person } = await somebodyWithPassword(anotherBrowser);
  await page.goto("/login");
  await continueWith(page, "Google");
  await introduce(page, person);
  await expectPrompt(page, account.email);
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page).toHaveURL((url) => url.pathname === "/login");
  await expect(page.getByRole("status")).toHaveText(/accounts weren't linked/i);

  // The back button finds nothing to link any more.
  await page.goto("/link");
  await expect(page).toHaveURL((url) => url.pathname === "/login");

  await signInByPassword(page, account);
  await page.goto("/settings");
  await expect(wayOf(page, "Password")).toBeVisible();
  await expect(wayOf(page, "Google")).toHaveCount(0);
});

test("another provider shows whose account it is", async ({ page, anotherBrowser }) => {
  const person = await somebodyOfGitHub(anotherBrowser);
  await page.goto("/settings");
  await continueWith(page, "Google");
  await introduce(page, person);
  await expectPrompt(page, person.email);
  await expect(passwordField(page)).toHaveCount(0);

  await page.getByRole("button", { name: "Continue with GitHub" }).click();
  await page.locator(`button[name="person"][value="${person.id}"]`).click();
  await expect(page).toHaveURL("/settings");
  for (const label of ["Google", "GitHub"]) await expect(wayOf(page, label)).toContainText(person.email);
});

test("cancelling at that other provider comes back to the question", async ({ page, anotherBrowser }) => {
  const person = await somebodyOfGitHub(anotherBrowser);
  await page.goto("/login");
  await continueWith(page, "Google");
  await introduce(page, person);
  await page.getByRole("button", { name: "Continue with GitHub" }).click();
  await consentButton(page, "deny").click();
  await expectPrompt(page, person.email);
  await expect(page.getByRole("alert")).toHaveText(/you cancelled at github/i);

  await page.getByRole("button", { name: "Continue with GitHub" }).click();
  await page.locator(`button[name="person"][value="${person.id}"]`).click();
  await expect(page).toHaveURL("/dashboard");
});

test("an account of somebody else at that provider proves nothing", async ({ page, anotherBrowser }) => {
  const [person, other] = [await somebodyOfGitHub(anotherBrowser), await somebody("Mallory", freshAddress())];
  await page.goto("/login");
  await continueWith(page, "Google");
  await introduce(page, person);
  await page.getByRole("button", { name: "Continue with GitHub" }).click();
  await introduce(page, other);
  await expectPrompt(page, person.email);
  await expect(page.getByRole("alert")).toBeVisible();
});

test("by keyboard alone", async ({ page, anotherBrowser, javaScriptEnabled }) => {
  const { account, person } = await somebodyWithPassword(anotherBrowser);
  await page.goto("/login");
  await continueWith(page, "Google");
  await introduce(page, person);
  await expectPrompt(page, account.email);
  await awake(page, javaScriptEnabled);

  const isThere = () => passwordField(page).evaluate((it) => it === document.activeElement);
  for (let stop = 0; stop < 10 && !(await isThere()); stop++) await page.keyboard.press("Tab");
  await page.keyboard.type(account.password);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/dashboard");
});

test("the question names no more of the account than its owner may know", async ({ page, anotherBrowser }) => {
  const { account, person } = await somebodyWithPassword(anotherBrowser);
  await page.goto("/login");
  await continueWith(page, "Google");
  await introduce(page, person);
  await expectPrompt(page, account.email);
  await expect(addressField(page)).toHaveCount(0);
  expect(await textOf(page)).not.toMatch(/signed in|last seen|member|since/i);
});
