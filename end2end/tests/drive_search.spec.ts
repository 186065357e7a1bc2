// Searching, filtering and sorting the file list with its form.

import { connectDrive } from "./support/api_access";
import { fileRows, filters, firstFolderLink, folderRows } from "./support/drive_list";
import { expect, test } from "./support/fixtures";
import { tabTo } from "./support/keyboard";
import { waitForIslands } from "./support/page";
import { createPerson } from "./support/person";
import { signIn } from "./support/session";

test.beforeEach(async ({ page }) => {
  await signIn(page, await createPerson());
  await connectDrive(page);
});

test("a search finds names with special characters", async ({ page, javaScriptEnabled }) => {
  for (const [typed, name] of [
    ["It's", `It's "quoted" \\ and back\\\\slashed.txt`],
    ["back\\", `It's "quoted" \\ and back\\\\slashed.txt`],
    ["<script>", "<script>alert(1)</script><img src=x onerror=alert(1)>.html"],
    ["تقرير", "تقرير الميزانية"],
  ]) {
    await page.goto("/drive");
    await waitForIslands(page, javaScriptEnabled);
    const { search, apply } = filters(page);
    await search.fill(typed);
    await apply.click();
    await expect(page).toHaveURL((url) => url.searchParams.get("q") === typed);
    await expect(fileRows(page).filter({ hasText: name })).toHaveCount(1);
    await expect(search).toHaveValue(typed);
  }
  expect(await page.evaluate(() => document.querySelectorAll("main script, main img").length)).toBe(0);
});

test("a search without matches offers to clear it", async ({ page, javaScriptEnabled }) => {
  await page.goto("/drive");
  await waitForIslands(page, javaScriptEnabled);
  const { search, apply } = filters(page);
  await search.fill("zzz'; drop");
  await apply.click();
  await expect(page.getByRole("heading", { name: "No files match" })).toBeVisible();
  await expect(fileRows(page)).toHaveCount(0);
  await page.getByRole("main").getByRole("link", { name: "Clear" }).click();
  await expect(page).toHaveURL("/drive");
  await expect(fileRows(page)).toHaveCount(50);
});

test("a folder search without matches can be widened", async ({ page, javaScriptEnabled }) => {
  await page.goto("/drive");
  const { search, apply } = filters(page);
  await expect(search).toHaveAccessibleName("Name, anywhere in your Drive");
  const folder = firstFolderLink(page);
  const name = await folder.innerText();
  await folder.click();
  await expect(search).toHaveAccessibleName(`Name, in ${name}`);
  await waitForIslands(page, javaScriptEnabled);
  await search.fill("untitled");
  await apply.click();
  await expect(page.getByRole("heading", { name: `Nothing in ${name} matches` })).toBeVisible();
  await expect(page.getByRole("link", { name: "Clear" })).toHaveCount(1);
  await page.getByRole("link", { name: "Search everywhere" }).click();
  await expect(page).toHaveURL((url) => url.searchParams.get("q") === "untitled" && !url.searchParams.has("folder"));
  await expect(search).toHaveValue("untitled");
  await expect(fileRows(page)).toHaveCount(2);
});

test("type and order filter and sort the list", async ({ page, javaScriptEnabled }) => {
  await page.goto("/drive");
  await waitForIslands(page, javaScriptEnabled);
  const { type, order, apply } = filters(page);
  await type.selectOption({ label: "Images" });
  await order.selectOption({ label: "Oldest first" });
  await apply.click();
  await expect(page).toHaveURL((url) => url.searchParams.get("kind") === "image" && url.searchParams.get("sort") === "oldest");
  await expect(fileRows(page).first()).toContainText("Image");
  const kinds = await page.locator("#file-rows .file-kind").allInnerTexts();
  expect(kinds.every((kind) => kind.startsWith("Image"))).toBe(true);
  const times = await page.locator("#file-rows time").evaluateAll((times) => times.map((time) => time.getAttribute("datetime")!));
  expect(times.length).toBeGreaterThan(2);
  expect(times).toEqual([...times].sort());
  const heading = page.getByRole("columnheader", { name: "Modified", includeHidden: true });
  await expect(heading).toHaveAttribute("aria-sort", "ascending");
  await expect(page.locator(".narrowed")).toContainText("Images only");
});

test("search and folders work by keyboard alone", async ({ page, javaScriptEnabled }) => {
  await page.goto("/drive");
  await waitForIslands(page, javaScriptEnabled);
  const { search } = filters(page);
  await search.focus();
  await page.keyboard.type("It's");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL((url) => url.searchParams.get("q") === "It's");
  await expect(fileRows(page)).toHaveCount(1);

  await page.goto("/drive");
  await waitForIslands(page, javaScriptEnabled);
  const folder = folderRows(page).first().getByRole("link").first();
  await tabTo(page, folder);
  expect(await folder.evaluate((node) => getComputedStyle(node).outlineStyle)).not.toBe("none");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL((url) => url.searchParams.has("folder"));
});
