// The file list with its island hydrated.

import { fileRows, listStatus } from "./drive_list";
import { expect, type Locator, type Page } from "./fixtures";
import { waitForIslands } from "./page";

export function fileList(page: Page): Locator {
  return page.locator("#files");
}

export function loadMoreButton(page: Page): Locator {
  return page.getByRole("button", { name: "Load more" });
}

/** The bar around the status line, which sticks to the window's edge while files load. */
export function statusBar(page: Page): Locator {
  return page.locator(".files-told");
}

/** Opens a page and waits for its islands. */
export async function openWithIslands(page: Page, path: string) {
  await page.goto(path);
  await waitForIslands(page, true);
}

/** Loads more until the list is complete, and returns the number of files. */
export async function loadAll(page: Page): Promise<number> {
  let count = await fileRows(page).count();
  while (await loadMoreButton(page).isVisible()) {
    await loadMoreButton(page).click();
    await expect.poll(() => fileRows(page).count()).toBeGreaterThan(count);
    await expect(fileList(page)).not.toHaveAttribute("aria-busy", "true");
    count = await fileRows(page).count();
    await expect(listStatus(page)).toHaveText(new RegExp(`^${count} files`));
  }
  return count;
}

/** The scroll position in whole pixels. */
export async function scrollTop(page: Page): Promise<number> {
  return page.evaluate(() => Math.round(window.scrollY));
}

/** Marks the document, so that `expectSameDocument` notices a page load. */
export async function markDocument(page: Page) {
  await page.evaluate(() => Object.assign(window, { marked: true }));
}

export async function expectSameDocument(page: Page) {
  expect(await page.evaluate(() => "marked" in window)).toBe(true);
}
