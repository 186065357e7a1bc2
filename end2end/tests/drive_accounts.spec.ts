// Google Drive with no Google account, with two, and with the wrong one.

import { sandbox } from "../servers.mjs";
import { connectButton, connectDrive, grantAccess } from "./support/api_access";
import { accountLine, fileRows } from "./support/drive_list";
import { expect, test } from "./support/fixtures";
import { pageHeading } from "./support/page";
import { createPerson } from "./support/person";
import { authorize, consentButton, pickPersonIfAsked } from "./support/provider_page";
import { authorizeWith, signIn } from "./support/session";
import { linkSecondGoogleAccount } from "./support/settings";

test("a user without a Google account links one first", async ({ page }) => {
  const person = await createPerson();
  await authorizeWith(page, "GitHub", person);
  await expect(page).toHaveURL("/dashboard");
  await page.goto("/drive");
  await expect(page.getByText(/Link your Google account first/)).toBeVisible();
  await page.getByRole("link", { name: "Link your Google account" }).click();
  await page.getByRole("button", { name: /google/i }).click();
  await authorize(page, person);
  await expect(page).toHaveURL((url) => url.pathname === "/drive" && url.searchParams.get("done") === "linked");
  await connectDrive(page);
});

test("two Google accounts are connected separately", async ({ page }) => {
  const [home, work] = [await createPerson("Ada Lovelace"), await createPerson("Ada at work")];
  await signIn(page, home);
  await linkSecondGoogleAccount(page, work);
  await page.goto("/drive");
  await expect(page.getByRole("heading", { level: 2, name: "Choose an account" })).toBeVisible();
  await page.getByRole("button", { name: `Connect ${work.email}` }).click();
  await consentButton(page, "allow").click();
  await expect(fileRows(page)).toHaveCount(50);
  await expect(accountLine(page)).toContainText(work.email);
  const workFile = await fileRows(page).first().getAttribute("data-file");

  await page.getByText("Use another account", { exact: true }).click();
  await page.getByRole("link", { name: home.email }).click();
  await expect(page.getByText(home.email)).toBeVisible();
  await grantAccess(page, "Drive");
  await expect(accountLine(page)).toContainText(home.email);
  await expect(page).toHaveURL((url) => url.pathname === "/drive");
  expect(await fileRows(page).first().getAttribute("data-file")).not.toBe(workFile);

  // Back in the first account, a search stays within it.
  await page.getByText("Use another account", { exact: true }).click();
  await page.getByRole("link", { name: work.email }).click();
  // The page before also names the other account, in its link.
  await expect(page).toHaveURL((url) => url.searchParams.has("account"));
  await expect(accountLine(page)).toContainText(work.email);
  await page.getByRole("searchbox", { name: "Name" }).fill("b");
  await page.getByRole("searchbox", { name: "Name" }).press("Enter");
  await expect(page).toHaveURL((url) => url.searchParams.get("q") === "b" && url.searchParams.has("account"));
  await expect(accountLine(page)).toContainText(work.email);
});

test("choosing another Google account connects nothing", async ({ page }) => {
  const [ada, grace] = [await createPerson("Ada Lovelace"), await createPerson("Grace Hopper")];
  await signIn(page, ada);
  await page.goto("/drive");
  // Signed out of Google, the user has to pick an account.
  await page.request.post(`${sandbox.origin}/google/signout`);
  await connectButton(page, "Drive").click();
  await pickPersonIfAsked(page, grace);
  await consentButton(page, "allow").click();
  await expect(page).toHaveURL((url) => url.pathname === "/drive" && url.searchParams.get("error") === "account_mismatch");
  await expect(page.getByRole("alert")).toHaveText(/a different account from the one/i);
  await expect(page.getByText(ada.email)).toBeVisible();
  await expect(fileRows(page)).toHaveCount(0);
  await page.goto("/dashboard");
  await expect(pageHeading(page, ada.name)).toBeVisible();
});
