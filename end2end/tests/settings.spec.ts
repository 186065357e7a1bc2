// The settings: ways in, devices, what happened, and the way out.

import { readFile } from "node:fs/promises";
import {
  addressField,
  newcomer,
  passwordField,
  signInByPassword,
  signUp,
  tryPassword,
} from "./accounts";
import { expect, test, type Page } from "./browser";
import { follow, letterTo, linkIn } from "./letters";
import {
  awake,
  consentButton,
  continueWith,
  freshAddress,
  introduce,
  nameOf,
  signIn,
  signedIn,
  signOut,
  somebody,
} from "./people";
import { rowsOf, section, wayOf } from "./settings";

const told = (page: Page) => page.getByRole("status").first();
const activity = (page: Page) => section(page, "Recent activity");

test("every section can be reached from the page's own contents", async ({ page }) => {
  await signIn(page, await somebody());
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Settings" }).click();
  const contents = page.getByRole("navigation", { name: "Settings" }).getByRole("link");
  for (const link of await contents.all()) {
    const name = await link.innerText();
    await link.click();
    await expect(section(page, name)).toBeInViewport();
  }
  await expect(contents).toHaveCount(7);
});

test("another provider is linked, opens the account, and is unlinked again", async ({ page }) => {
  const [person, theirs] = [await somebody("Ada Lovelace"), await somebody("Ada at work", freshAddress())];
  await signIn(page, person);
  await page.goto("/settings");
  await expect(wayOf(page, "Google")).toContainText(/only way to sign in/i);
  await page.getByRole("button", { name: "Add GitHub" }).click();
  await introduce(page, theirs);
  await expect(page).toHaveURL((url) => url.pathname === "/settings");
  await expect(told(page)).toHaveText(/sign-in method added/i);
  await expect(wayOf(page, "GitHub")).toContainText(theirs.email);
  await expect(activity(page)).toContainText("Linked GitHub");
  await letterTo(person.email, /github was added/i);

  await signOut(page);
  await continueWith(page, "GitHub");
  await page.locator(`button[name="person"][value="${theirs.id}"]`).click();
  await expect(page).toHaveURL("/dashboard");
  await expect(page.getByText(person.email).first()).toBeVisible();

  await page.goto("/settings");
  await wayOf(page, "GitHub").getByRole("link", { name: /unlink/i }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Unlink GitHub" })).toBeVisible();
  await page.getByRole("button", { name: "Unlink" }).click();
  await expect(told(page)).toHaveText(/sign-in method removed/i);
  await expect(wayOf(page, "GitHub")).toHaveCount(0);
  await expect(wayOf(page, "Google")).toContainText(/only way to sign in/i);
  await expect(activity(page)).toContainText("Removed GitHub");
  await letterTo(person.email, /github was removed/i);
});

test("two accounts of one provider are told apart by their addresses", async ({ page }) => {
  const [home, work] = [await somebody("Ada Lovelace"), await somebody("Ada at work")];
  await signIn(page, home);
  await page.goto("/settings");
  await page.getByRole("button", { name: "Add Google" }).click();
  await introduce(page, work);
  await expect(wayOf(page, "Google")).toHaveCount(2);
  for (const { email } of [home, work]) {
    await expect(page.getByRole("link", { name: `Unlink Google ${email}` })).toBeVisible();
  }
});

test("cancelling at the provider links nothing and says so", async ({ page }) => {
  await signIn(page, await somebody());
  await page.goto("/settings");
  await page.getByRole("button", { name: "Add GitHub" }).click();
  await consentButton(page, "deny").click();
  await expect(page).toHaveURL((url) => url.pathname === "/settings");
  await expect(page.getByRole("alert")).toHaveText(/you cancelled at github/i);
  await expect(wayOf(page, "GitHub")).toHaveCount(0);
});

test("an account that opens somebody else's is not linked", async ({ page, anotherBrowser }) => {
  const [ada, grace] = [await somebody("Ada Lovelace"), await somebody("Grace Hopper")];
  await signIn(await anotherBrowser.newPage(), grace);
  await signIn(page, ada);
  await page.goto("/settings");
  await page.getByRole("button", { name: "Add Google" }).click();
  await page.locator(`button[name="person"][value="${grace.id}"]`).click();
  await expect(page.getByRole("alert")).toHaveText(/already linked to another user/i);
  await expect(wayOf(page, "Google")).toHaveCount(1);
});

test("the last way in has no button to go by", async ({ page }) => {
  await signIn(page, await somebody());
  await page.goto("/settings");
  await expect(wayOf(page, "Google").getByRole("link")).toHaveCount(0);
});

test("a first password, for who only ever used a provider", async ({ page }) => {
  const person = await somebody();
  const account = { email: person.email, password: "seven lanterns over a quiet harbour" };
  await signIn(page, person);
  await page.goto("/settings");
  await wayOf(page, "Password").getByRole("link", { name: "Set a password" }).click();
  await expect(page.getByText(`You sign in with ${person.email} and this password.`)).toBeVisible();

  await passwordField(page).fill(person.email.split("@")[0]);
  await page.getByRole("button", { name: "Save password" }).click();
  await expect(page.getByRole("alert")).toHaveText(/too easy to guess/i);

  await passwordField(page).fill(account.password);
  await page.getByRole("button", { name: "Save password" }).click();
  await expect(told(page)).toHaveText(/password set/i);
  await expect(activity(page)).toContainText("Set a password");
  await letterTo(person.email, /a password was set/i);

  await signOut(page);
  await signInByPassword(page, account);
  await expect(nameOf(page, person)).toBeVisible();
});

test("another password: other browsers are signed out, this one is not", async ({ page, anotherBrowser }) => {
  const account = await signUp(page, newcomer());
  const elsewhere = await anotherBrowser.newPage();
  await signInByPassword(elsewhere, account);

  await page.goto("/settings");
  await wayOf(page, "Password").getByRole("link", { name: "Change password" }).click();
  const renewed = { ...account, password: "nine herons on the far bank" };
  await passwordField(page).fill(renewed.password);
  await page.getByRole("button", { name: "Save password" }).click();
  await expect(told(page)).toHaveText(/password changed/i);
  await letterTo(account.email, /password for your account was changed/i);

  await elsewhere.goto("/dashboard");
  await expect(elsewhere).toHaveURL((url) => url.pathname === "/login");
  await tryPassword(elsewhere, account);
  await expect(elsewhere.getByRole("alert")).toBeVisible();
  await tryPassword(elsewhere, renewed);
  await expect(elsewhere).toHaveURL("/dashboard");
});

test("another email address, by the letter that it gets; the old one is told", async ({ page, anotherBrowser }) => {
  const account = await signUp(page, newcomer());
  const moved = { ...account, email: freshAddress() };
  await page.goto("/settings");
  await page.getByRole("link", { name: "Change email address" }).click();
  await expect(addressField(page)).toHaveValue("");
  await addressField(page).fill(moved.email);
  await page.getByRole("button", { name: "Send email" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Check your inbox" })).toBeVisible();

  const letter = await letterTo(moved.email, /confirm your new email address/i);
  // In a browser where nobody is signed in it confirms nothing.
  const elsewhere = await anotherBrowser.newPage();
  await elsewhere.goto(linkIn(letter));
  await expect(elsewhere.getByRole("button", { name: "Use this address" })).toHaveCount(0);

  await follow(page, letter);
  await page.getByRole("button", { name: "Use this address" }).click();
  await expect(told(page)).toHaveText(/email address changed/i);
  await expect(section(page, "Email address")).toContainText(moved.email);
  await letterTo(account.email, /email address for your account .* was changed/i);

  await signOut(page);
  await signInByPassword(page, moved);
});

test("the address that one has already is no new one", async ({ page }) => {
  const { email } = await signUp(page, newcomer());
  await page.goto("/settings/email");
  await addressField(page).fill(email);
  await page.getByRole("button", { name: "Send email" }).click();
  await expect(page.getByRole("alert")).toHaveText(/already your email address/i);
});

test("a name of one's own stays, whatever the provider says, until it is taken away", async ({ page }) => {
  const person = await somebody("Augusta Ada King");
  await signIn(page, person);
  const name = page.getByRole("textbox", { name: "Name" });
  for (const [typed, shown] of [
    ["  Ada  ", "Ada"],
    ["", "Augusta Ada King"],
  ]) {
    await page.goto("/settings");
    await name.fill(typed);
    await page.getByRole("button", { name: "Save" }).click();
    await expect(told(page)).toHaveText(/profile saved/i);
    await signOut(page);
    await continueWith(page, "Google");
    await page.locator(`button[name="person"][value="${person.id}"]`).click();
    await expect(page.getByRole("heading", { level: 1, name: shown, exact: true })).toBeVisible();
  }
});

test.describe("where one is signed in", () => {
  const devices = (page: Page) => rowsOf(page, "Where you're signed in");
  const signOutOf = (page: Page) => devices(page).getByRole("button", { name: /^Sign out/ });

  test("one other browser is signed out, this one is marked and stays", async ({ page, anotherBrowser }) => {
    const account = await signUp(page, newcomer());
    const elsewhere = await anotherBrowser.newPage();
    await signInByPassword(elsewhere, account);

    await page.goto("/settings");
    await expect(devices(page)).toHaveCount(2);
    await expect(devices(page).first()).toContainText("This browser");
    await expect(signOutOf(page)).toHaveCount(1);
    await signOutOf(page).click();
    await expect(told(page)).toHaveText(/that device has been signed out/i);
    await expect(devices(page)).toHaveCount(1);
    await expect(activity(page)).toContainText("Signed out another device");

    await elsewhere.goto("/dashboard");
    await expect(elsewhere).toHaveURL((url) => url.pathname === "/login");
  });

  test("all others are signed out at once", async ({ page, anotherBrowser, browser }) => {
    const account = await signUp(page, newcomer());
    const third = await browser.newContext();
    const others = [await anotherBrowser.newPage(), await third.newPage()];
    for (const other of others) await signInByPassword(other, account);

    await page.goto("/settings");
    await expect(devices(page)).toHaveCount(3);
    await page.getByRole("button", { name: "Sign out everywhere else" }).click();
    await expect(told(page)).toHaveText(/signed out everywhere else/i);
    await expect(devices(page)).toHaveCount(1);
    await expect(page.getByRole("button", { name: "Sign out everywhere else" })).toHaveCount(0);
    for (const other of others) {
      await other.goto("/dashboard");
      await expect(other).toHaveURL((url) => url.pathname === "/login");
    }
    await third.close();
  });
});

test("recent activity shows a wrong password as something to look at", async ({ page, anotherBrowser }) => {
  const account = await signUp(page, newcomer());
  const stranger = await anotherBrowser.newPage();
  await stranger.goto("/login");
  await tryPassword(stranger, { ...account, password: "a guess of somebody else" });
  await expect(stranger.getByRole("alert")).toBeVisible();

  // It is written down after the answer, so that nobody learns from the time whether there is an account.
  await expect(async () => {
    await page.goto("/settings");
    const refused = activity(page).getByRole("listitem").filter({ hasText: "A sign-in with a wrong password was refused" });
    await expect(refused).toContainText("Worth a look", { timeout: 500 });
  }).toPass();
  await expect(activity(page)).toContainText("Signed up with a password");
});

test("the data to take along is JSON, and holds no secret", async ({ page }) => {
  const account = await signUp(page, newcomer());
  await page.goto("/settings");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download my data" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("latchkey-data.json");
  const text = await readFile(await download.path(), "utf8");
  expect(JSON.parse(text)).toMatchObject({
    user: { email: { address: account.email, verified: true } },
    sessions: [{ method: "password" }],
  });
  expect(text).not.toMatch(/argon2|token|id_hash|secret/i);
});

test("the account goes by a word and no slip; nothing opens it afterwards", async ({ page }) => {
  const account = await signUp(page, newcomer());
  await page.goto("/settings");
  await page.getByRole("link", { name: "Delete my account" }).click();
  const word = page.getByRole("textbox", { name: /^type .* to confirm/i });
  await word.fill("remove");
  await page.getByRole("button", { name: "Delete my account" }).click();
  await expect(page.getByRole("alert")).toHaveText(/nothing was deleted/i);

  await word.fill("delete");
  await page.getByRole("button", { name: "Delete my account" }).click();
  await expect(page).toHaveURL((url) => url.pathname === "/login");
  await expect(told(page)).toHaveText(/your account has been deleted/i);
  await expect(signedIn(page)).toHaveCount(0);
  await letterTo(account.email, /was deleted/i);

  await tryPassword(page, account);
  await expect(page.getByRole("alert")).toHaveText(/incorrect email or password/i);
});

test("who is not signed in is led to the sign-in, and then to where they were going", async ({ page, anotherBrowser }) => {
  const account = await signUp(await anotherBrowser.newPage(), newcomer());
  await page.goto("/settings/password");
  await expect(page).toHaveURL("/login?return_to=%2Fsettings%2Fpassword");
  await tryPassword(page, account);
  await expect(page.getByRole("heading", { level: 1, name: "Change your password" })).toBeVisible();
});

test("times on the page are told in the browser's own zone", { tag: "@js" }, async ({ page }) => {
  await signIn(page, await somebody());
  await page.goto("/settings");
  await awake(page, true);
  await expect(section(page, "Profile")).toContainText("just now");
});
