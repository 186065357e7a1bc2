// The hydrated file list keeps its place.

import { connectDrive, openDrive, signInAsPredefined } from "./support/api_access";
import {
  expectSameDocument,
  loadAll,
  loadMoreButton,
  markDocument,
  openWithIslands,
  scrollTop,
} from "./support/drive_island";
import { fileRows, folderRows, listStatus } from "./support/drive_list";
import { expect, test } from "./support/fixtures";
import { waitForIslands } from "./support/page";
import { createPerson } from "./support/person";
import { signIn } from "./support/session";

test.describe("the hydrated file list", { tag: "@js" }, () => {
  test.beforeEach(async ({ page }) => {
    await signIn(page, await createPerson());
    await connectDrive(page);
    await waitForIslands(page, true);
  });

  test("going back from a folder restores the scroll position", async ({ page }) => {
    await openWithIslands(page, "/drive?sort=oldest");
    const count = await loadAll(page);
    const folder = folderRows(page).last().getByRole("rowheader").getByRole("link");
    const before = await folder.evaluate((node) => {
      node.scrollIntoView({ block: "center" });
      return window.scrollY;
    });
    await expect.poll(() => page.evaluate(() => history.state?.[1] ?? 0)).toBeCloseTo(before, -1);
    await folder.click();
    await expect(page).toHaveURL((url) => url.searchParams.has("folder"));
    await page.goBack();
    await expect.poll(() => fileRows(page).count()).toBe(count);
    await expect.poll(() => scrollTop(page)).toBeCloseTo(before, -1);
  });

  test("a reload keeps the loaded files without any scrolling", async ({ page }) => {
    // In a window this tall no file has to be scrolled into view.
    await page.setViewportSize({ width: 1280, height: 9000 });
    await openWithIslands(page, "/drive?sort=oldest");
    await loadMoreButton(page).click();
    await expect.poll(() => fileRows(page).count()).toBeGreaterThan(50);
    expect(await scrollTop(page)).toBe(0);
    await expect.poll(() => page.evaluate(() => history.state?.[0] ?? 1)).toBe(2);
    const count = await fileRows(page).count();
    await page.reload();
    await expect.poll(() => fileRows(page).count()).toBe(count);
  });
});

test("a reload keeps the place among 50,000 files", { tag: "@js" }, async ({ page }) => {
  test.slow();
  await signInAsPredefined(page, "long");
  await openDrive(page);
  await openWithIslands(page, "/drive?sort=oldest");
  await markDocument(page);
  for (let count = 50; count < 400; count += 50) {
    await expect(listStatus(page)).toHaveText(`${count} files so far`);
    await loadMoreButton(page).click();
  }
  await expect(listStatus(page)).toHaveText("400 files so far");
  await expectSameDocument(page);

  const file = fileRows(page).nth(333);
  const id = await file.getAttribute("data-file");
  await file.evaluate((node) => node.scrollIntoView({ block: "center" }));
  const before = await scrollTop(page);
  await expect.poll(() => page.evaluate(() => history.state?.[1] ?? 0)).toBeCloseTo(before, -1);
  const progress: string[] = [];
  await page.exposeFunction("progressed", (text: string) => progress.push(text));
  await page.addInitScript(() => {
    document.addEventListener("DOMContentLoaded", () => {
      const status = document.querySelector(".files-status")!;
      // @ts-expect-error: `exposeFunction` defines it.
      const observer = new MutationObserver(() => progressed(status.textContent));
      observer.observe(status, { childList: true, characterData: true, subtree: true });
    });
  });
  await page.reload();
  await expect(listStatus(page)).toHaveText("400 files so far");
  await expect.poll(() => scrollTop(page)).toBeCloseTo(before, -1);
  await expect(page.locator(`tr[data-file="${id}"]`)).toBeInViewport();
  const counts = progress.map((text) => /^(\d+) files so far\. Loading more/.exec(text)?.[1]);
  expect(counts.filter(Boolean)).toEqual(["50", "100", "150", "200", "250", "300", "350"]);

  // A new tab starts at the top.
  const tab = await page.context().newPage();
  await openWithIslands(tab, "/drive?sort=oldest");
  await expect(listStatus(tab)).toHaveText("50 files so far");
  expect(await scrollTop(tab)).toBe(0);
});
