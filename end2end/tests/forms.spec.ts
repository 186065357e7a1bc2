// Forms: each acts on the account that its page was drawn for, leaves for a provider wherever that leads on, and says what
// went wrong where the eye is.

import AxeBuilder from "@axe-core/playwright";
import { certified, latchkey } from "../servers.mjs";
import { addressField, newcomer, passwordField, signInByPassword, signUp, tryPassword } from "./accounts";
import { expect, test, type Page } from "./browser";
import { freshAddress, introduce, signIn, signOut, somebody } from "./people";
import { wayOf } from "./settings";

test.describe("a page of another account", () => {
  // The browser's line about the refusal.
  test.use({ provokes: [/status of 409/] });

  test("deletes and changes nothing, and says whose it was", async ({ page, context, javaScriptEnabled }) => {
    const [first, second] = [await signUp(page, newcomer()), newcomer()];
    const profile = await context.newPage();
    await page.goto("/settings/delete");
    await profile.goto("/settings");

    // Another tab signs in to another account.
    const other = await context.newPage();
    await other.goto("/settings");
    await signOut(other);
    await signUp(other, second);

    await page.getByRole("textbox", { name: /to confirm/ }).fill("delete");
    await page.getByRole("button", { name: "Delete my account" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Nothing was changed" })).toBeVisible();
    await expect(page.getByText(`That page belongs to ${first.email}.`)).toBeVisible();
    await expect(page.getByText(`You're now signed in as ${second.email}.`)).toBeVisible();
    await expectNoViolations(page, javaScriptEnabled);

    await profile.getByRole("textbox", { name: "Name" }).fill("Somebody else");
    await profile.getByRole("button", { name: "Save" }).click();
    await expect(profile.getByRole("heading", { level: 1, name: "Nothing was changed" })).toBeVisible();
    await profile.getByRole("link", { name: "Go to settings" }).click();
    await expect(profile.getByRole("textbox", { name: "Name" })).toHaveValue("");

    // A page of the account that is signed in works, and the other account is there still.
    await profile.getByRole("textbox", { name: "Name" }).fill("Second");
    await profile.getByRole("button", { name: "Save" }).click();
    await expect(profile.getByRole("status").first()).toHaveText(/profile/i);
    await signOut(profile);
    await signInByPassword(profile, first);
  });
});

test.describe("a provider that leads on over two other origins", () => {
  test("is linked by a form", async ({ page }) => {
    await signIn(page, await somebody());
    await page.goto("/settings");
    await page.getByRole("button", { name: "Add Certified" }).click();
    await answerAtCertified(page, freshAddress());
    await expect(page).toHaveURL((url) => url.pathname === "/settings" && url.searchParams.get("done") === "linked");
    await expect(wayOf(page, "Certified")).toBeVisible();
  });

  test("confirms who it is, and the back button leads to the question", async ({ page }) => {
    const email = freshAddress();
    await page.goto("/login");
    await page.getByRole("link", { name: "Continue with Certified" }).click();
    await answerAtCertified(page, email);
    await page.goto("/confirm?return_to=%2Fsettings%2Fdelete&error=wrong_password");
    await page.getByRole("button", { name: "Continue with Certified" }).click();
    await expect(page).toHaveURL((url) => url.origin === certified.issuer);
    await page.goBack();
    await expect(page).toHaveURL((url) => url.pathname === "/confirm");
    await page.getByRole("button", { name: "Continue with Certified" }).click();
    await answerAtCertified(page, email);
    await expect(page.getByRole("heading", { level: 1, name: "Delete your account" })).toBeVisible();
  });
});

test("the page on the way to a provider says where it goes, and its link goes there", async ({ page, javaScriptEnabled }) => {
  const person = await somebody();
  await signIn(page, person);
  // Without the refresh: as in a browser that does not follow one.
  await page.route(`${latchkey.origin}/settings/link`, async (route) => {
    const answer = await route.fetch();
    const html = await answer.text();
    expect(answer.headers()["cache-control"]).toBe("no-store");
    expect(answer.headers()["referrer-policy"]).toBe("same-origin");
    expect(html).toMatch(/http-equiv="refresh"/);
    expect(html).not.toMatch(/<script/);
    await route.fulfill({ response: answer, body: html.replace(/http-equiv="refresh"/, "") });
  });
  await page.goto("/settings");
  await page.getByRole("button", { name: "Add GitHub" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Continue to GitHub" })).toBeVisible();
  await expectNoViolations(page, javaScriptEnabled);
  await page.getByRole("link", { name: "Continue to GitHub" }).click();
  await introduce(page, person);
  await expect(page).toHaveURL((url) => url.pathname === "/settings");
  await expect(wayOf(page, "GitHub")).toBeVisible();
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 664 }, isMobile: true, hasTouch: true });

  test("a wrong password is told where the eye is", async ({ page, javaScriptEnabled }) => {
    const account = await signUp(page, newcomer());
    await page.goto("/dashboard");
    await signOut(page);
    await tryPassword(page, { ...account, password: "not this one" });
    await expectToldInSight(page, /incorrect email or password/i, javaScriptEnabled);
    await expect(addressField(page)).toHaveValue(account.email);
    for (const field of [addressField(page), passwordField(page)]) await expectDescribedByTheError(page, field);
    await expect(passwordField(page)).toBeInViewport();
    const first = page.locator("main").getByRole("button").or(page.locator("main a.provider")).first();
    await expect(first).not.toHaveText(/Continue with/);

    await passwordField(page).fill(account.password);
    await page.getByRole("button", { name: /^Sign in/ }).click();
    await expect(page).toHaveURL("/dashboard");
  });

  test("so is every other slip in a form", async ({ page, javaScriptEnabled }) => {
    await page.goto("/signup");
    await addressField(page).fill(freshAddress());
    await passwordField(page).fill("short");
    await page.getByRole("button", { name: "Create account" }).click();
    await expectToldInSight(page, /too short/i, javaScriptEnabled);
    await expectDescribedByTheError(page, passwordField(page));

    await signUp(page, newcomer());
    await page.goto("/settings/password");
    await passwordField(page).fill("password1");
    await page.getByRole("button", { name: "Save password" }).click();
    await expectToldInSight(page, /too common/i, javaScriptEnabled);
    await expectDescribedByTheError(page, passwordField(page));

    await page.goto("/settings/delete");
    const word = page.getByRole("textbox", { name: /to confirm/ });
    await word.fill("no");
    await page.getByRole("button", { name: "Delete my account" }).click();
    await expectToldInSight(page, /nothing was deleted/i, javaScriptEnabled);
    await expectDescribedByTheError(page, word);
  });
});

test("what a provider did is not told in the password form", async ({ page }) => {
  await page.goto("/login?error=cancelled&provider=google");
  const error = page.getByRole("alert");
  await expect(error).toBeVisible();
  await expect(page.locator("form").getByRole("alert")).toHaveCount(0);
  await expect(passwordField(page)).not.toHaveAttribute("aria-invalid", "true");
});

async function answerAtCertified(page: Page, email: string) {
  await expect(page).toHaveURL((url) => url.origin === certified.issuer);
  const address = page.getByLabel("Email");
  if (await address.isVisible()) await address.fill(email);
  await page.getByRole("button", { name: "Allow" }).click();
}

/** The error is in sight and has the focus, the title tells of it, and axe finds nothing. */
async function expectToldInSight(page: Page, text: RegExp, javaScriptEnabled: boolean | undefined) {
  const error = page.getByRole("alert");
  await expect(error).toHaveText(text);
  await expect(error).toBeInViewport({ ratio: 1 });
  await expect(error).toBeFocused();
  await expect(page).toHaveTitle(/^Error: /);
  await expectNoViolations(page, javaScriptEnabled);
}

/** axe is a script of its own, and needs a page in which scripts run. */
async function expectNoViolations(page: Page, javaScriptEnabled: boolean | undefined) {
  if (javaScriptEnabled === false) return;
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
}

async function expectDescribedByTheError(page: Page, field: ReturnType<typeof passwordField>) {
  await expect(field).toHaveAttribute("aria-invalid", "true");
  const described = ((await field.getAttribute("aria-describedby")) ?? "").split(" ");
  expect(described).toContain(await page.getByRole("alert").getAttribute("id"));
}
