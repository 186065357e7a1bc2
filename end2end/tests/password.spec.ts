// Email and password: sign up, sign in, and what to do when the password is gone.

import {
  addressField,
  askForAccount,
  confirmation,
  newcomer,
  passwordField,
  signInByPassword,
  signUp,
  tryPassword,
} from "./accounts";
import { sandbox } from "../servers.mjs";
import { expect, test, type Page } from "./browser";
import { follow, lettersTo, letterTo, linkIn } from "./letters";
import { awake, signIn, signedIn, signOut, somebody } from "./people";

const finish = (page: Page) => page.getByRole("button", { name: "Finish sign-up" });

test("a sign-up, its letter, and the page that was asked for at the very start", async ({ page }) => {
  const account = newcomer();
  await page.goto("/settings");
  await expect(page).toHaveURL("/login?return_to=%2Fsettings");
  await page.getByRole("link", { name: "Create an account" }).click();
  await askForAccount(page, account);
  await expect(page.getByText(account.email)).toBeVisible();
  await expect(signedIn(page)).toHaveCount(0);

  await follow(page, await confirmation(account));
  await expect(page).toHaveURL("/verify-email");
  await expect(page.getByText(account.email)).toBeVisible();
  await expect(passwordField(page)).toHaveCount(0);
  await finish(page).click();
  await expect(page).toHaveURL("/settings");
  await expect(page.getByText(account.email).first()).toBeVisible();

  await signOut(page);
  await signInByPassword(page, account);
});

test("the sandbox's inbox shows the letter, and its link finishes the account", async ({ page }) => {
  const account = newcomer();
  await page.goto("/signup");
  await askForAccount(page, account);
  await confirmation(account);
  await page.goto(`${sandbox.origin}/inbox?to=${account.email}`);
  await page.getByRole("link", { name: /confirm your email address/i }).click();
  await page.locator("pre").getByRole("link").first().click();
  await finish(page).click();
  await expect(page).toHaveURL("/dashboard");
});

test("in another browser the letter asks for the password that was chosen", async ({ page, anotherBrowser }) => {
  const account = newcomer();
  await page.goto("/signup");
  await askForAccount(page, account);

  const elsewhere = await anotherBrowser.newPage();
  await follow(elsewhere, await confirmation(account));
  await passwordField(elsewhere).fill("not the one that was chosen");
  await finish(elsewhere).click();
  await expect(elsewhere.getByRole("alert")).toHaveText(/incorrect password/i);
  await expect(signedIn(elsewhere)).toHaveCount(0);

  await passwordField(elsewhere).fill(account.password);
  await finish(elsewhere).click();
  await expect(elsewhere).toHaveURL("/dashboard");
});

test("who has the letter but did not sign up chooses a password, and the stranger's opens nothing", async ({
  page,
  anotherBrowser,
}) => {
  const planted = newcomer();
  await page.goto("/signup");
  await askForAccount(page, planted);

  const owner = await anotherBrowser.newPage();
  await follow(owner, await confirmation(planted));
  await owner.getByRole("link", { name: /choose a new one/i }).click();
  await passwordField(owner).fill("the heron stands in cold water");
  await owner.getByRole("button", { name: "Save password" }).click();
  await expect(owner).toHaveURL("/dashboard");

  await page.goto("/login");
  await tryPassword(page, planted);
  await expect(page.getByRole("alert")).toHaveText(/incorrect email or password/i);
  await expect(signedIn(page)).toHaveCount(0);
});

test("the link of a letter counts once, and says so afterwards", async ({ page }) => {
  const account = newcomer();
  await signUp(page, account);
  await page.goto(linkIn(await confirmation(account)));
  await expect(page.getByRole("heading", { level: 1, name: /has expired/i })).toBeVisible();
});

test("signing up with an address that has an account looks the same, and its owner's letter tells", async ({
  page,
  anotherBrowser,
}) => {
  const account = await signUp(page, newcomer());
  const stranger = await anotherBrowser.newPage();
  await stranger.goto("/signup");
  await askForAccount(stranger, { ...account, password: "somebody else's own choice" });
  const letter = await letterTo(account.email, /already have an account/i);
  expect(letter.links.every((link) => !link.includes("token="))).toBe(true);
});

for (const [password, reason] of [
  ["short", /too short/i],
  ["password1", /too common/i],
] as const) {
  test(`the password ${JSON.stringify(password)} is refused with a reason, and the address stays typed`, async ({
    page,
    javaScriptEnabled,
  }) => {
    const { email } = newcomer();
    await page.goto("/signup");
    await awake(page, javaScriptEnabled);
    await addressField(page).fill(email);
    await passwordField(page).fill(password);
    await page.getByRole("button", { name: "Create account" }).click();
    await expect(page.getByRole("alert")).toHaveText(reason);
    await expect(addressField(page)).toHaveValue(email);
    await expect(passwordField(page)).toHaveAttribute("aria-invalid", "true");
    await expect(passwordField(page)).toHaveAccessibleDescription(reason);

    await askForAccount(page, { email, password: "a longer one that nobody has" });
  });
}

test("a wrong password and an unknown address get the same answer, and keep the address", async ({ page, anotherBrowser }) => {
  const account = await signUp(await anotherBrowser.newPage(), newcomer());
  const told: string[] = [];
  for (const attempt of [{ ...account, password: "it was something else" }, newcomer()]) {
    await page.goto("/login");
    await tryPassword(page, attempt);
    await expect(page.getByRole("alert")).toBeVisible();
    told.push(await page.getByRole("alert").innerText());
    await expect(addressField(page)).toHaveValue(attempt.email);
    await expect(signedIn(page)).toHaveCount(0);
  }
  expect(told[1]).toBe(told[0]);

  await tryPassword(page, account);
  await expect(page).toHaveURL("/dashboard");
});

test("a forgotten password: a letter, a new one, and every other browser is out", async ({ page, anotherBrowser }) => {
  const account = newcomer();
  const elsewhere = await anotherBrowser.newPage();
  await signUp(elsewhere, account);

  await page.goto("/login?return_to=%2Fsettings");
  await page.getByRole("link", { name: "Forgot your password?" }).click();
  await addressField(page).fill(account.email);
  await page.getByRole("button", { name: "Send email" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Check your inbox" })).toBeVisible();

  await follow(page, await letterTo(account.email, /choose a new password/i));
  await expect(page).toHaveURL("/reset-password");
  const renewed = { ...account, password: "nine herons on the far bank" };
  await passwordField(page).fill(renewed.password);
  await page.getByRole("button", { name: "Save password" }).click();
  await expect(page).toHaveURL("/settings");

  await elsewhere.goto("/dashboard");
  await expect(elsewhere).toHaveURL((url) => url.pathname === "/login");
  await tryPassword(elsewhere, account);
  await expect(elsewhere.getByRole("alert")).toBeVisible();
  await tryPassword(elsewhere, renewed);
  await expect(elsewhere).toHaveURL("/dashboard");
});

test("who only ever used Google and forgets a password is told to come with Google", async ({ page, anotherBrowser }) => {
  const person = await somebody();
  await signIn(await anotherBrowser.newPage(), person);

  await page.goto("/forgot");
  await addressField(page).fill(person.email);
  await page.getByRole("button", { name: "Send email" }).click();
  const letter = await letterTo(person.email, /has no password/i);
  expect(letter.text).toContain("You sign in with Google.");
});

test("who has no account and forgets a password reads so in the letter, and nowhere else", async ({ page }) => {
  const { email } = newcomer();
  await page.goto("/forgot");
  await addressField(page).fill(email);
  await page.getByRole("button", { name: "Send email" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Check your inbox" })).toBeVisible();
  await letterTo(email, /there's no account/i);
});

test.describe("the islands", { tag: "@js" }, () => {
  test("show what is typed, hide it again, and hide it when the form is sent", async ({ page }) => {
    await page.goto("/login");
    await awake(page, true);
    const [field, eye] = [passwordField(page), page.getByRole("button", { name: "Show typed text" })];
    await field.fill("something");
    await expect(field).toHaveAttribute("type", "password");
    await eye.click();
    await expect(field).toHaveAttribute("type", "text");
    await expect(eye).toHaveAttribute("aria-pressed", "true");
    await eye.click();
    await expect(field).toHaveAttribute("type", "password");

    await eye.click();
    await page.evaluate(() => addEventListener("submit", (sent) => sent.preventDefault()));
    await addressField(page).fill(newcomer().email);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(field).toHaveAttribute("type", "password");
  });

  test("send a form once, however often its button is clicked", async ({ page }) => {
    const account = newcomer();
    const sent: string[] = [];
    page.on("request", (one) => one.method() === "POST" && sent.push(one.url()));
    await page.goto("/signup");
    await awake(page, true);
    await addressField(page).fill(account.email);
    await passwordField(page).fill(account.password);
    await page.getByRole("button", { name: "Create account" }).dblclick();
    await expect(page.getByRole("heading", { level: 1, name: "Check your inbox" })).toBeVisible();
    expect(sent).toHaveLength(1);
    await confirmation(account);
    expect(await lettersTo(account.email)).toHaveLength(1);
  });
});

test("without JavaScript there is no button that does nothing", async ({ page, javaScriptEnabled }) => {
  test.skip(javaScriptEnabled !== false, "about pages without JavaScript");
  await page.goto("/login");
  await expect(passwordField(page)).toBeVisible();
  await expect(page.getByRole("button", { name: "Show typed text" })).toHaveCount(0);
});
