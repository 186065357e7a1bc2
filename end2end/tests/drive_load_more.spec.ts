// The hydrated file list loads more files.

import { sandbox } from "../servers.mjs";
import { connectDrive, openDrive, signInAsPredefined } from "./support/api_access";
import {
  expectSameDocument,
  fileList,
  loadAll,
  loadMoreButton,
  markDocument,
  openWithIslands,
  statusBar,
} from "./support/drive_island";
import { fileIds, fileRows, listStatus } from "./support/drive_list";
import { expect, test } from "./support/fixtures";
import { applyPreset } from "./support/mock_google";
import { waitForIslands } from "./support/page";
import { createPerson, type Person } from "./support/person";
import { signIn } from "./support/session";

test.describe("the hydrated file list", { tag: "@js" }, () => {
  let person: Person;

  test.beforeEach(async ({ page }) => {
    person = await createPerson();
    await signIn(page, person);
    await connectDrive(page);
    await waitForIslands(page, true);
  });

  test("loading more lists every file once and counts them", async ({ page }) => {
    await openWithIslands(page, "/drive?sort=newest");
    await markDocument(page);
    await expect(listStatus(page)).toHaveText("50 files so far");
    const count = await loadAll(page);
    await expect(listStatus(page)).toHaveText(`${count} files`);
    const ids = await fileIds(page);
    expect(new Set(ids).size).toBe(ids.length);
    await expectSameDocument(page);
  });

  test("only a list from a later page links to the first page", async ({ page }) => {
    const firstPageLink = page.getByRole("link", { name: "Back to the first page" });
    await openWithIslands(page, "/drive?sort=newest");
    const secondPage = (await page.locator(".files-next").getAttribute("href"))!;
    await loadAll(page);
    await expect(firstPageLink).toBeHidden();
    await expect(page.getByRole("navigation", { name: "Pages" })).toBeHidden();
    await openWithIslands(page, secondPage);
    await loadAll(page);
    await expect(firstPageLink).toBeVisible();
  });

  test("loaded rows format times like the first rows", async ({ page }) => {
    await openWithIslands(page, "/drive?sort=oldest");
    await loadMoreButton(page).click();
    await expect.poll(() => fileRows(page).count()).toBeGreaterThan(50);
    const times = await page.locator("#file-rows time").allInnerTexts();
    for (const text of times) expect(text).toMatch(/ago|yesterday|last|just now|in |tomorrow|now/);
    await expect(page.locator("#file-rows time").last()).toHaveAttribute("title", /\d{4}/);
  });

  test("loading more by keyboard focuses the first new file", async ({ page }) => {
    await loadMoreButton(page).focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => fileRows(page).count()).toBeGreaterThan(50);
    await expect(fileRows(page).nth(50).getByRole("link").first()).toBeFocused();
  });

  test("loading more shows and announces progress", async ({ page }) => {
    await applyPreset(person, "drive_slow", 1);
    await loadMoreButton(page).click();
    await expect(fileList(page)).toHaveAttribute("aria-busy", "true");
    await expect(listStatus(page)).toHaveText("50 files so far. Loading more…");
    await expect(statusBar(page)).toBeInViewport({ ratio: 1 });
    await expect(page.locator(".files-more")).toHaveText(/Loading…$/, { useInnerText: true });
    await expect(fileRows(page)).toHaveCount(50);
    await expect.poll(() => fileRows(page).count()).toBeGreaterThan(50);
    await expect(fileList(page)).not.toHaveAttribute("aria-busy", "true");
  });
});

test("loading more sends no request to another origin", { tag: "@js" }, async ({ page }) => {
  await signInAsPredefined(page, "long");
  await openDrive(page);
  const foreignRequests: string[] = [];
  page.on("request", (request) => {
    if (request.url().startsWith(sandbox.origin)) foreignRequests.push(request.url());
  });
  await openWithIslands(page, "/drive?kind=image");
  await loadMoreButton(page).click();
  await expect(listStatus(page)).toHaveText("100 files so far");
  expect(foreignRequests.filter((url) => /drive/.test(url))).toEqual([]);
});
