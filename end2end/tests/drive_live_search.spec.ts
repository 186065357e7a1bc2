// The hydrated file list follows the search, the type and the order.

import { connectDrive } from "./support/api_access";
import { expectSameDocument, fileList, markDocument, scrollTop, statusBar } from "./support/drive_island";
import { fileIds, fileRows, filters, listStatus } from "./support/drive_list";
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

  test("typing filters the list without a page load", async ({ page }) => {
    await markDocument(page);
    const { search } = filters(page);
    await search.pressSequentially("untitled", { delay: 20 });
    await expect(fileRows(page).filter({ hasText: "Untitled document" })).toHaveCount(2);
    await expect(page).toHaveURL((url) => url.searchParams.get("q") === "untitled");
    await expect(listStatus(page)).toHaveText("2 files");
    await expect(search).toBeFocused();
    await search.fill("");
    await expect(fileRows(page)).toHaveCount(50);
    await expectSameDocument(page);

    // The URL describes the list, so a reload shows the same files.
    await search.fill("budget");
    await expect(page).toHaveURL((url) => url.searchParams.get("q") === "budget");
    const ids = await fileIds(page);
    await page.reload();
    expect(await fileIds(page)).toEqual(ids);
    await expect(search).toHaveValue("budget");
  });

  test("fast typing sends one request", async ({ page }) => {
    const queries: string[] = [];
    page.on("request", (request) => {
      const { pathname, searchParams } = new URL(request.url());
      if (pathname === "/drive" && request.resourceType() === "fetch") queries.push(searchParams.get("q") ?? "");
    });
    // Without pauses, however busy the machine is.
    await filters(page).search.evaluate((field: HTMLInputElement) => {
      for (let length = 1; length <= "untitled".length; length++) {
        field.value = "untitled".slice(0, length);
        field.dispatchEvent(new InputEvent("input", { bubbles: true }));
      }
    });
    await expect(listStatus(page)).toHaveText("2 files");
    expect(queries).toEqual(["untitled"]);
  });

  test("choosing type and order updates the list at once", async ({ page }) => {
    await markDocument(page);
    const { type, order } = filters(page);
    await type.selectOption({ label: "PDFs" });
    await expect(page.locator(".narrowed")).toContainText("PDFs only");
    await order.selectOption({ label: "Largest first" });
    await expect(page).toHaveURL((url) => url.searchParams.get("kind") === "pdf" && url.searchParams.get("sort") === "largest");
    await expect(page.getByRole("columnheader", { name: "Size" })).toHaveAttribute("aria-sort", "descending");
    await expectSameDocument(page);
  });

  test("a late response does not overwrite a newer one", async ({ page }) => {
    let release = () => {};
    const blocked = new Promise<void>((resolve) => (release = resolve));
    let fulfilled = () => {};
    const lateResponse = new Promise<void>((resolve) => (fulfilled = resolve));
    await page.route(/\/drive\?.*q=b(&|$)/, async (route) => {
      const response = await route.fetch();
      await blocked;
      // The island may have aborted the request, which is as good.
      await route.fulfill({ response }).catch(() => {});
      fulfilled();
    });
    const { search } = filters(page);
    const olderRequest = page.waitForRequest(/\/drive\?.*q=b(&|$)/);
    await search.fill("b");
    await olderRequest;
    await expect(fileList(page)).toHaveAttribute("aria-busy", "true");
    await search.fill("untitled");
    await expect(listStatus(page)).toHaveText("2 files");
    release();
    await lateResponse;
    await page.evaluate(() => new Promise((done) => setTimeout(done, 100)));
    await expect(listStatus(page)).toHaveText("2 files");
    await expect(fileRows(page)).toHaveCount(2);
    await expect(page).toHaveURL((url) => url.searchParams.get("q") === "untitled");
    await expect(fileList(page)).not.toHaveAttribute("aria-busy", "true");
  });

  test("a search shows its progress at the top of the list", async ({ page }) => {
    await expect(statusBar(page)).not.toBeInViewport();
    await applyPreset(person, "drive_slow", 1);
    await filters(page).search.fill("untitled");
    await expect(listStatus(page)).toHaveText("Searching…");
    await expect(fileList(page)).toHaveAttribute("aria-busy", "true");
    await expect(fileList(page)).toHaveCSS("opacity", "0.6");
    await expect(statusBar(page)).toBeInViewport({ ratio: 1 });
    await expect(page.locator(".files-more")).toHaveText("Load more", { useInnerText: true });
    expect(await scrollTop(page)).toBe(0);
    await expect(listStatus(page)).toHaveText("2 files");
    await expect(fileList(page)).toHaveCSS("opacity", "1");
  });
});
