// The list of files, as links and a form make it.

import { sandbox } from "../servers.mjs";
import { expect, test, type Page } from "./browser";
import { connectDrive, filesOf, filterOf, foldersOf, idsOf, openDrive, signInAs, toldOf } from "./grants";
import { awake, signIn, somebody } from "./people";

const crumbs = (page: Page) => page.getByRole("navigation", { name: "Folders" });
const nextPage = (page: Page) => page.getByRole("link", { name: "Next page", includeHidden: true });

/** The next page as a link leads to it; with the islands awake a button stands in its place. */
async function turnPage(page: Page) {
  await page.goto((await nextPage(page).getAttribute("href"))!);
}

test.beforeEach(async ({ page }) => {
  await signIn(page, await somebody());
  await connectDrive(page);
});

test("each file has its name, kind, owner, date, size and a link that opens it at Google", async ({ page }) => {
  await page.goto("/drive?kind=pdf&sort=largest");
  const file = filesOf(page).first();
  await expect(file.getByRole("rowheader")).not.toBeEmpty();
  await expect(file.getByRole("cell", { name: "PDF" })).toBeVisible();
  await expect(file).toContainText(/You|Charles Babbage|Châtelet/);
  await expect(file).toContainText(/\d (GB|MB)/);
  expect(await file.locator("time").getAttribute("datetime")).toMatch(/^\d{4}-\d\d-\d\dT/);
  await expect(file.locator("time")).toHaveAttribute("title", /\d{4}/);

  const link = file.getByRole("link");
  await expect(link).toHaveAccessibleName(/opens in Google Drive, in a new tab/);
  const opened = page.waitForEvent("popup");
  await link.click();
  const there = await opened;
  await expect(there).toHaveURL((url) => url.href.startsWith(`${sandbox.origin}/google/drive/`));
  expect(await there.evaluate(() => [window.opener, document.referrer])).toEqual([null, ""]);
  await there.close();
});

test("folders lead down, crumbs lead up", async ({ page }) => {
  await page.goto("/drive");
  await expect(crumbs(page)).toHaveText("My Drive");
  const way = ["My Drive"];
  for (let depth = 0; depth < 2; depth++) {
    const folder = foldersOf(page).first().getByRole("rowheader").getByRole("link");
    way.push(await folder.innerText());
    await folder.click();
    await expect(crumbs(page).getByRole("listitem")).toHaveText(way);
    await expect(crumbs(page).locator('[aria-current="page"]')).toHaveText(way.at(-1)!);
  }
  await crumbs(page).getByRole("link", { name: way[1], exact: true }).click();
  await expect(crumbs(page).getByRole("listitem")).toHaveText(way.slice(0, 2));
  await crumbs(page).getByRole("link", { name: "My Drive" }).click();
  await expect(page).toHaveURL("/drive");
});

test("a folder can be opened at Google as well", async ({ page }) => {
  const folder = foldersOf(page).first();
  await expect(folder.getByRole("link")).toHaveCount(2);
  await expect(folder.getByRole("link", { name: /^Open .* in Google Drive, in a new tab$/ })).toHaveAttribute("target", "_blank");
});

test("a search finds names, whatever is in them", async ({ page, javaScriptEnabled }) => {
  for (const [typed, name] of [
    ["It's", `It's "quoted" \\ and back\\\\slashed.txt`],
    ["back\\", `It's "quoted" \\ and back\\\\slashed.txt`],
    ["<script>", "<script>alert(1)</script><img src=x onerror=alert(1)>.html"],
    ["تقرير", "تقرير الميزانية"],
  ]) {
    await page.goto("/drive");
    await awake(page, javaScriptEnabled);
    const { search, show } = filterOf(page);
    await search.fill(typed);
    await show.click();
    await expect(page).toHaveURL((url) => url.searchParams.get("q") === typed);
    await expect(filesOf(page).filter({ hasText: name })).toHaveCount(1);
    await expect(search).toHaveValue(typed);
  }
  expect(await page.evaluate(() => document.querySelectorAll("main script, main img").length)).toBe(0);
});

test("what is not there is told, and one click clears the search", async ({ page, javaScriptEnabled }) => {
  await page.goto("/drive");
  await awake(page, javaScriptEnabled);
  const { search, show } = filterOf(page);
  await search.fill("zzz'; drop");
  await show.click();
  await expect(page.getByRole("heading", { name: "No files match" })).toBeVisible();
  await expect(filesOf(page)).toHaveCount(0);
  await page.getByRole("main").getByRole("link", { name: "Clear" }).click();
  await expect(page).toHaveURL("/drive");
  await expect(filesOf(page)).toHaveCount(50);
});

test("what is not in one folder is looked for everywhere by one click", async ({ page, javaScriptEnabled }) => {
  await page.goto("/drive");
  const { search, show } = filterOf(page);
  await expect(search).toHaveAccessibleName("Name, anywhere in your Drive");
  const folder = foldersOf(page).first().getByRole("rowheader").getByRole("link");
  const name = await folder.innerText();
  await folder.click();
  await expect(search).toHaveAccessibleName(`Name, in ${name}`);
  await awake(page, javaScriptEnabled);
  await search.fill("untitled");
  await show.click();
  await expect(page.getByRole("heading", { name: `Nothing in ${name} matches` })).toBeVisible();
  await expect(page.getByRole("link", { name: "Clear" })).toHaveCount(1);
  await page.getByRole("link", { name: "Search everywhere" }).click();
  await expect(page).toHaveURL((url) => url.searchParams.get("q") === "untitled" && !url.searchParams.has("folder"));
  await expect(search).toHaveValue("untitled");
  await expect(filesOf(page)).toHaveCount(2);
});

test("kind and order narrow and turn the list, in one folder or in all", async ({ page, javaScriptEnabled }) => {
  await page.goto("/drive");
  await awake(page, javaScriptEnabled);
  const { kind, order, show } = filterOf(page);
  await kind.selectOption({ label: "Images" });
  await order.selectOption({ label: "Oldest first" });
  await show.click();
  await expect(page).toHaveURL((url) => url.searchParams.get("kind") === "image" && url.searchParams.get("sort") === "oldest");
  await expect(filesOf(page).first()).toContainText("Image");
  const kinds = await page.locator("#file-rows .file-kind").allInnerTexts();
  expect(kinds.every((kind) => kind.startsWith("Image"))).toBe(true);
  const times = await page.locator("#file-rows time").evaluateAll((times) => times.map((time) => time.getAttribute("datetime")!));
  expect(times.length).toBeGreaterThan(2);
  expect(times).toEqual([...times].sort());
  await expect(page.getByRole("columnheader", { name: "Modified", includeHidden: true })).toHaveAttribute("aria-sort", "ascending");
  await expect(page.locator(".narrowed")).toContainText("Images only");
});

test("pages lead on to the end, each file stands on one of them, and back to the first", async ({ page }) => {
  await page.goto("/drive");
  const seen = new Set<string>();
  let pages = 0;
  for (;;) {
    pages += 1;
    const ids = await idsOf(page);
    for (const id of ids) {
      expect(seen.has(id), `${id} stands on two pages`).toBe(false);
      seen.add(id);
    }
    if ((await nextPage(page).count()) === 0) break;
    await turnPage(page);
    await expect(toldOf(page)).toContainText(`Page ${pages + 1}`);
  }
  expect(pages).toBeGreaterThan(1);
  await page.getByRole("link", { name: "Back to the first page" }).click();
  await expect(page).toHaveURL("/drive");
});

test("names that break pages break none", async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await page.goto("/drive?q=Wolf");
  await expect(filesOf(page)).toHaveCount(1);
  const widths = await page.locator("html").evaluate((html) => [html.scrollWidth, html.clientWidth]);
  expect(widths[0]).toBeLessThanOrEqual(widths[1]);
  await page.goto("/drive?q=invoice");
  // What turns the text around turns nothing beside the name.
  const turned = filesOf(page).filter({ hasText: ".exe" });
  await expect(turned.locator("bdi.file-text")).toHaveCount(1);
  for (const link of await page.locator("#file-rows .file-link").all()) await expect(link).toHaveAccessibleName(/\S/);
});

test("on a tablet each cell stands below its heading and beside its neighbours", async ({ page }) => {
  for (const width of [768, 820, 960, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    await page.goto("/drive?sort=largest");
    const [heads, ...rows] = await page.locator(".file-table tr").evaluateAll((rows) =>
      rows.map((row) =>
        [...row.children]
          .filter((cell) => getComputedStyle(cell).display !== "none")
          .map((cell) => {
            const words = document.createRange();
            // Beside a link's name there is what only ears hear.
            words.selectNodeContents(cell.querySelector("bdi.file-text") ?? cell);
            const [box, text] = [cell.getBoundingClientRect(), (cell.querySelector(".file-beside") ?? words).getBoundingClientRect()];
            return { name: cell.className, left: box.left, right: box.right, end: text.right };
          }),
      ),
    );
    expect(heads.length, `${width}`).toBe(width > 960 ? 6 : 5);
    expect(rows.length).toBe(50);
    for (const row of rows) {
      expect(row.length, `${width}`).toBe(heads.length);
      for (const [place, cell] of row.entries()) {
        expect(cell.left, `${cell.name} at ${width}`).toBeCloseTo(heads[place].left, 0);
        expect(cell.right, `${cell.name} at ${width}`).toBeCloseTo(heads[place].right, 0);
        expect(cell.end, `what ${cell.name} says at ${width}`).toBeLessThanOrEqual(cell.right + 1);
      }
    }
  }
});

test.describe("addresses of what is not there", () => {
  test.use({ provokes: [/status of 404/] });

  test("lead back to the top", async ({ page }) => {
    for (const address of ["/drive?folder=1nowhere", "/drive?folder=..%2Fx", "/drive?page_token=made-up"]) {
      const answer = await page.goto(address);
      expect(answer?.status(), address).toBe(404);
      await page.getByRole("main").getByRole("link", { name: /go to (my drive|the first page)/i }).click();
      await expect(page).toHaveURL("/drive");
      await expect(filesOf(page)).toHaveCount(50);
    }
    const answer = await page.goto("/drive?account=00000000-0000-0000-0000-000000000000");
    expect(answer?.status()).toBe(404);
  });
});

test("by keyboard alone", async ({ page, javaScriptEnabled }) => {
  await page.goto("/drive");
  await awake(page, javaScriptEnabled);
  const { search } = filterOf(page);
  await search.focus();
  await page.keyboard.type("It's");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL((url) => url.searchParams.get("q") === "It's");
  await expect(filesOf(page)).toHaveCount(1);

  await page.goto("/drive");
  await awake(page, javaScriptEnabled);
  const folder = foldersOf(page).first().getByRole("link").first();
  for (let stop = 0; stop < 40 && !(await folder.evaluate((it) => it === document.activeElement)); stop++) {
    await page.keyboard.press("Tab");
  }
  await expect(folder).toBeFocused();
  expect(await folder.evaluate((it) => getComputedStyle(it).outlineStyle)).not.toBe("none");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL((url) => url.searchParams.has("folder"));
});

test.describe("somebody else's drive", () => {
  test("that is empty says so", async ({ anotherBrowser }) => {
    const page = await anotherBrowser.newPage();
    await signInAs(page, "plain");
    await openDrive(page);
    await expect(page.getByRole("heading", { name: "Your Drive is empty" })).toBeVisible();
    await expect(toldOf(page)).toHaveText("0 files");
  });

  test("of 50,000 files comes page by page", async ({ anotherBrowser }) => {
    test.slow();
    const page = await anotherBrowser.newPage();
    await signInAs(page, "long");
    await openDrive(page);
    await page.goto("/drive?sort=oldest");
    const seen = new Set<string>();
    for (let number = 1; number <= 6; number++) {
      const ids = await idsOf(page);
      expect(ids).toHaveLength(50);
      for (const id of ids) seen.add(id);
      expect(seen.size).toBe(number * 50);
      await turnPage(page);
    }
  });
});
