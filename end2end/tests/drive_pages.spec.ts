// The pages of the file list, and of an empty and a very large Drive.

import { connectDrive, openDrive, signInAsPredefined } from "./support/api_access";
import { fileIds, listStatus } from "./support/drive_list";
import { expect, type Page, test } from "./support/fixtures";
import { createPerson } from "./support/person";
import { signIn } from "./support/session";

const nextPageLink = (page: Page) => page.getByRole("link", { name: "Next page", includeHidden: true });

test.beforeEach(async ({ page }) => {
  await signIn(page, await createPerson());
  await connectDrive(page);
});

test("the pages list every file once and link to the first page", async ({ page }) => {
  await page.goto("/drive");
  const seen = new Set<string>();
  let pages = 0;
  for (;;) {
    pages += 1;
    const ids = await fileIds(page);
    for (const id of ids) {
      expect(seen.has(id), `${id} is on two pages`).toBe(false);
      seen.add(id);
    }
    if ((await nextPageLink(page).count()) === 0) break;
    await openNextPage(page);
    await expect(listStatus(page)).toContainText(`Page ${pages + 1}`);
  }
  expect(pages).toBeGreaterThan(1);
  await page.getByRole("link", { name: "Back to the first page" }).click();
  await expect(page).toHaveURL("/drive");
});

test.describe("another user's Drive", () => {
  test("shows a message when it is empty", async ({ anotherBrowser }) => {
    const page = await anotherBrowser.newPage();
    await signInAsPredefined(page, "plain");
    await openDrive(page);
    await expect(page.getByRole("heading", { name: "Your Drive is empty" })).toBeVisible();
    await expect(listStatus(page)).toHaveText("0 files");
  });

  test("shows 50,000 files page by page", async ({ anotherBrowser }) => {
    test.slow();
    const page = await anotherBrowser.newPage();
    await signInAsPredefined(page, "long");
    await openDrive(page);
    await page.goto("/drive?sort=oldest");
    const seen = new Set<string>();
    for (let number = 1; number <= 6; number++) {
      const ids = await fileIds(page);
      expect(ids).toHaveLength(50);
      for (const id of ids) seen.add(id);
      expect(seen.size).toBe(number * 50);
      await openNextPage(page);
    }
  });
});

/** Opens the next page by the link's URL, since the hydrated island replaces the link with a button. */
async function openNextPage(page: Page) {
  await page.goto((await nextPageLink(page).getAttribute("href"))!);
}
