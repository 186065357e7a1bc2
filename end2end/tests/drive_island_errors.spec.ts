// The hydrated file list when requests fail or access ends.

import { connectButton, connectDrive, disconnect } from "./support/api_access";
import { fileList, loadMoreButton, scrollTop, statusBar } from "./support/drive_island";
import { fileRows, filters, listStatus } from "./support/drive_list";
import { expect, type Page, test } from "./support/fixtures";
import { applyPreset } from "./support/mock_google";
import { waitForIslands } from "./support/page";
import { createPerson, type Person } from "./support/person";
import { signIn } from "./support/session";

const retryButton = (page: Page) => page.getByRole("button", { name: "Try again" });

test.describe("the hydrated file list", { tag: "@js" }, () => {
  let person: Person;

  test.beforeEach(async ({ page }) => {
    person = await createPerson();
    await signIn(page, person);
    await connectDrive(page);
    await waitForIslands(page, true);
  });

  test.describe("when a request fails", () => {
    test.use({ expectedErrors: [/status of 503|net::ERR/] });

    test("the list stays, and a retry succeeds", async ({ page }) => {
      await applyPreset(person, "drive_html", 1);
      await filters(page).search.fill("untitled");
      await expect(listStatus(page)).toHaveText(/google drive isn't responding/i);
      await expect(statusBar(page)).toBeInViewport({ ratio: 1 });
      await expect(retryButton(page)).toBeInViewport({ ratio: 1 });
      expect(await scrollTop(page)).toBe(0);
      await expect(fileList(page)).toHaveCSS("opacity", "1");
      await expect(fileRows(page)).toHaveCount(50);
      await retryButton(page).click();
      await expect(listStatus(page)).toHaveText("2 files");
      await expect(retryButton(page)).toBeHidden();
    });

    test("a lost connection is reported, and a retry succeeds", async ({ page, context }) => {
      await context.setOffline(true);
      await loadMoreButton(page).click();
      await expect(listStatus(page)).toHaveText(/couldn't reach latchkey/i);
      await expect(fileRows(page)).toHaveCount(50);
      await context.setOffline(false);
      await retryButton(page).click();
      await expect.poll(() => fileRows(page).count()).toBeGreaterThan(50);
    });

    test("a rate limit is reported", async ({ page }) => {
      await applyPreset(person, "drive_quota_429", 1);
      await loadMoreButton(page).click();
      await expect(listStatus(page)).toHaveText(/limiting requests/i);
      await expect(fileRows(page)).toHaveCount(50);
    });
  });

  test("a signed-out user is redirected to the login page", async ({ page, context }) => {
    await context.clearCookies({ name: "session" });
    await filters(page).search.fill("untitled");
    await expect(page).toHaveURL((url) => url.pathname === "/login" && /q%3Duntitled|q=untitled/.test(url.search));
  });

  test("disconnecting in another tab leads to the connect page", async ({ page, context }) => {
    const tab = await context.newPage();
    await tab.goto("/drive");
    await disconnect(tab);
    await loadMoreButton(page).click();
    await expect(connectButton(page, "Drive")).toBeVisible();
  });
});
