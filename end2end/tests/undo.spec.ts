// "That was not me": the letter that announces a change takes it back.

import { newcomer, passwordField, signInByPassword, signUp, tryPassword } from "./accounts";
import { expect, test } from "./browser";
import { follow, letterTo, linkIn } from "./letters";
import { continueWith, freshAddress, introduce, somebody } from "./people";
import { wayOf } from "./settings";

test("“GitHub was added” is taken back: it opens nothing, and every browser is out", async ({ page, anotherBrowser }) => {
  const account = await signUp(page, newcomer());
  const intruder = await anotherBrowser.newPage();
  await signInByPassword(intruder, account);
  const theirs = await somebody("Mallory", freshAddress());
  await intruder.goto("/settings");
  await intruder.getByRole("button", { name: "Add GitHub" }).click();
  await introduce(intruder, theirs);
  await expect(wayOf(intruder, "GitHub")).toContainText(theirs.email);

  const letter = await letterTo(account.email, /github was added/i);
  await follow(page, letter);
  await expect(page).toHaveURL("/undo");
  await expect(page.getByText("GitHub was added as a way to sign in.")).toBeVisible();
  await page.getByRole("button", { name: "Undo this change" }).click();
  await expect(page.getByRole("status").first()).toHaveText(/was undone/i);
  const renewed = { ...account, password: "nine herons on the far bank" };
  await passwordField(page).fill(renewed.password);
  await page.getByRole("button", { name: "Save password" }).click();
  await expect(page).toHaveURL("/dashboard");
  await page.goto("/settings");
  await expect(wayOf(page, "GitHub")).toHaveCount(0);

  await intruder.goto("/settings");
  await expect(intruder).toHaveURL((url) => url.pathname === "/login");
  await tryPassword(intruder, account);
  await expect(intruder.getByRole("alert")).toBeVisible();
  await continueWith(intruder, "GitHub");
  await intruder.locator(`button[name="person"][value="${theirs.id}"]`).click();
  await expect(intruder.getByText(theirs.email).first()).toBeVisible();
  await expect(intruder.getByText(account.email)).toHaveCount(0);

  await page.goto(linkIn(letter));
  await expect(page.getByRole("heading", { level: 1, name: /has expired/i })).toBeVisible();
});

test("opening the letter alone takes nothing back", async ({ page, anotherBrowser }) => {
  const [account, person] = [await signUp(page, newcomer()), await somebody("Ada Lovelace", freshAddress())];
  await page.goto("/settings");
  await page.getByRole("button", { name: "Add GitHub" }).click();
  await introduce(page, person);
  await expect(wayOf(page, "GitHub")).toBeVisible();

  const elsewhere = await anotherBrowser.newPage();
  await follow(elsewhere, await letterTo(account.email, /github was added/i));
  await expect(elsewhere.getByRole("button", { name: "Undo this change" })).toBeVisible();
  await page.reload();
  await expect(wayOf(page, "GitHub")).toBeVisible();
});

test("“your password was changed” is taken back by who has the mailbox", async ({ page, anotherBrowser }) => {
  const account = await signUp(page, newcomer());
  const intruder = await anotherBrowser.newPage();
  await signInByPassword(intruder, account);
  await intruder.goto("/settings/password");
  const theirs = { ...account, password: "a choice of somebody else" };
  await passwordField(intruder).fill(theirs.password);
  await intruder.getByRole("button", { name: "Save password" }).click();
  await expect(intruder.getByRole("status").first()).toHaveText(/password changed/i);

  await follow(page, await letterTo(account.email, /password for your account was changed/i));
  await page.getByRole("button", { name: "Undo this change" }).click();
  await passwordField(page).fill("nine herons on the far bank");
  await page.getByRole("button", { name: "Save password" }).click();
  await expect(page).toHaveURL("/dashboard");

  await intruder.goto("/login");
  await tryPassword(intruder, theirs);
  await expect(intruder.getByRole("alert")).toHaveText(/incorrect email or password/i);
});
