// The list of files with its island awake: it follows what one types, grows, and keeps its place.

import { sandbox } from "../servers.mjs";
import { expect, test, type Page } from "./browser";
import {
  befalls,
  connectButton,
  connectDrive,
  disconnect,
  filesOf,
  filterOf,
  foldersOf,
  idsOf,
  openDrive,
  signInAs,
  toldOf,
} from "./grants";
import { awake, signIn, somebody, type Person } from "./people";

const more = (page: Page) => page.getByRole("button", { name: "Load more" });
const retry = (page: Page) => page.getByRole("button", { name: "Try again" });
const list = (page: Page) => page.locator("#files");
const told = (page: Page) => page.locator(".files-told");
const scrolled = (page: Page) => page.evaluate(() => Math.round(window.scrollY));

/** A page that stays the same one keeps what is written on its window. */
async function mark(page: Page) {
  await page.evaluate(() => Object.assign(window, { marked: true }));
}
async function expectSamePage(page: Page) {
  expect(await page.evaluate(() => "marked" in window)).toBe(true);
}

/** Loads more until there is no more. How many there are then. */
async function loadAll(page: Page): Promise<number> {
  let count = await filesOf(page).count();
  while (await more(page).isVisible()) {
    await more(page).click();
    await expect.poll(() => filesOf(page).count()).toBeGreaterThan(count);
    await expect(list(page)).not.toHaveAttribute("aria-busy", "true");
    count = await filesOf(page).count();
    await expect(toldOf(page)).toHaveText(new RegExp(`^${count} files`));
  }
  return count;
}

async function open(page: Page, address: string) {
  await page.goto(address);
  await awake(page, true);
}

test.describe("the island around the files", { tag: "@js" }, () => {
  let person: Person;

  test.beforeEach(async ({ page }) => {
    person = await somebody();
    await signIn(page, person);
    await connectDrive(page);
    await awake(page, true);
  });

  test("follows what one types, without another page", async ({ page }) => {
    await mark(page);
    const { search } = filterOf(page);
    await search.pressSequentially("untitled", { delay: 20 });
    await expect(filesOf(page).filter({ hasText: "Untitled document" })).toHaveCount(2);
    await expect(page).toHaveURL((url) => url.searchParams.get("q") === "untitled");
    await expect(toldOf(page)).toHaveText("2 files");
    await expect(search).toBeFocused();
    await search.fill("");
    await expect(filesOf(page)).toHaveCount(50);
    await expectSamePage(page);

    // The address is that of the list: a reload shows the same.
    await search.fill("budget");
    await expect(page).toHaveURL((url) => url.searchParams.get("q") === "budget");
    const ids = await idsOf(page);
    await page.reload();
    expect(await idsOf(page)).toEqual(ids);
    await expect(search).toHaveValue("budget");
  });

  test("one pause in the typing is one question", async ({ page }) => {
    const asked: string[] = [];
    page.on("request", (request) => {
      const { pathname, searchParams } = new URL(request.url());
      if (pathname === "/drive" && request.resourceType() === "fetch") asked.push(searchParams.get("q") ?? "");
    });
    // Faster than any machine that is busy with other things could type.
    await filterOf(page).search.evaluate((field: HTMLInputElement) => {
      for (let length = 1; length <= "untitled".length; length++) {
        field.value = "untitled".slice(0, length);
        field.dispatchEvent(new InputEvent("input", { bubbles: true }));
      }
    });
    await expect(toldOf(page)).toHaveText("2 files");
    expect(asked).toEqual(["untitled"]);
  });

  test("follows kind and order as soon as they are chosen", async ({ page }) => {
    await mark(page);
    const { kind, order } = filterOf(page);
    await kind.selectOption({ label: "PDFs" });
    await expect(page.locator(".narrowed")).toContainText("PDFs only");
    await order.selectOption({ label: "Largest first" });
    await expect(page).toHaveURL((url) => url.searchParams.get("kind") === "pdf" && url.searchParams.get("sort") === "largest");
    await expect(page.getByRole("columnheader", { name: "Size" })).toHaveAttribute("aria-sort", "descending");
    await expectSamePage(page);
  });

  test("an older answer never overwrites a newer one", async ({ page }) => {
    let released = () => {};
    const held = new Promise<void>((resolve) => (released = resolve));
    let late = () => {};
    const came = new Promise<void>((resolve) => (late = resolve));
    await page.route(/\/drive\?.*q=b(&|$)/, async (route) => {
      const answer = await route.fetch();
      await held;
      // It may have been called off, which is as good.
      await route.fulfill({ response: answer }).catch(() => {});
      late();
    });
    const { search } = filterOf(page);
    const older = page.waitForRequest(/\/drive\?.*q=b(&|$)/);
    await search.fill("b");
    await older;
    await expect(list(page)).toHaveAttribute("aria-busy", "true");
    await search.fill("untitled");
    await expect(toldOf(page)).toHaveText("2 files");
    released();
    await came;
    await page.evaluate(() => new Promise((done) => setTimeout(done, 100)));
    await expect(toldOf(page)).toHaveText("2 files");
    await expect(filesOf(page)).toHaveCount(2);
    await expect(page).toHaveURL((url) => url.searchParams.get("q") === "untitled");
    await expect(list(page)).not.toHaveAttribute("aria-busy", "true");
  });

  test("loads more until the end, each file once, and tells how far it is", async ({ page }) => {
    await open(page, "/drive?sort=newest");
    await mark(page);
    await expect(toldOf(page)).toHaveText("50 files so far");
    const count = await loadAll(page);
    await expect(toldOf(page)).toHaveText(`${count} files`);
    const ids = await idsOf(page);
    expect(new Set(ids).size).toBe(ids.length);
    await expectSamePage(page);
  });

  test("a list that begins with the first page does not end with the way back to it", async ({ page }) => {
    const back = page.getByRole("link", { name: "Back to the first page" });
    await open(page, "/drive?sort=newest");
    const second = (await page.locator(".files-next").getAttribute("href"))!;
    await loadAll(page);
    await expect(back).toBeHidden();
    await expect(page.getByRole("navigation", { name: "Pages" })).toBeHidden();
    await open(page, second);
    await loadAll(page);
    await expect(back).toBeVisible();
  });

  test("what is loaded is told in the same words as what was there", async ({ page }) => {
    await open(page, "/drive?sort=oldest");
    await more(page).click();
    await expect.poll(() => filesOf(page).count()).toBeGreaterThan(50);
    const times = await page.locator("#file-rows time").allInnerTexts();
    for (const told of times) expect(told).toMatch(/ago|yesterday|last|just now|in |tomorrow|now/);
    await expect(page.locator("#file-rows time").last()).toHaveAttribute("title", /\d{4}/);
  });

  test("by keyboard, more files lead on to the first of them", async ({ page }) => {
    await more(page).focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => filesOf(page).count()).toBeGreaterThan(50);
    await expect(filesOf(page).nth(50).getByRole("link").first()).toBeFocused();
  });

  test("a wait can be seen and heard", async ({ page }) => {
    await befalls(person, "drive_slow", 1);
    await more(page).click();
    await expect(list(page)).toHaveAttribute("aria-busy", "true");
    await expect(toldOf(page)).toHaveText("50 files so far. Loading more…");
    await expect(told(page)).toBeInViewport({ ratio: 1 });
    await expect(page.locator(".files-more")).toHaveText(/Loading…$/, { useInnerText: true });
    await expect(filesOf(page)).toHaveCount(50);
    await expect.poll(() => filesOf(page).count()).toBeGreaterThan(50);
    await expect(list(page)).not.toHaveAttribute("aria-busy", "true");
  });

  test("so can the wait for another list, far above its end, and nothing else seems to load", async ({ page }) => {
    await expect(told(page)).not.toBeInViewport();
    await befalls(person, "drive_slow", 1);
    await filterOf(page).search.fill("untitled");
    await expect(toldOf(page)).toHaveText("Searching…");
    await expect(list(page)).toHaveAttribute("aria-busy", "true");
    await expect(list(page)).toHaveCSS("opacity", "0.6");
    await expect(told(page)).toBeInViewport({ ratio: 1 });
    await expect(page.locator(".files-more")).toHaveText("Load more", { useInnerText: true });
    expect(await scrolled(page)).toBe(0);
    await expect(toldOf(page)).toHaveText("2 files");
    await expect(list(page)).toHaveCSS("opacity", "1");
  });

  test("the way back from a folder leads to where one was", async ({ page }) => {
    await open(page, "/drive?sort=oldest");
    const count = await loadAll(page);
    const folder = foldersOf(page).last().getByRole("rowheader").getByRole("link");
    const before = await folder.evaluate((it) => {
      it.scrollIntoView({ block: "center" });
      return window.scrollY;
    });
    await expect.poll(() => page.evaluate(() => history.state?.[1] ?? 0)).toBeCloseTo(before, -1);
    await folder.click();
    await expect(page).toHaveURL((url) => url.searchParams.has("folder"));
    await page.goBack();
    await expect.poll(() => filesOf(page).count()).toBe(count);
    await expect.poll(() => scrolled(page)).toBeCloseTo(before, -1);
  });

  test("a reload keeps what was loaded, of who never scrolled as well", async ({ page }) => {
    // So high that nothing has to be scrolled into view.
    await page.setViewportSize({ width: 1280, height: 9000 });
    await open(page, "/drive?sort=oldest");
    await more(page).click();
    await expect.poll(() => filesOf(page).count()).toBeGreaterThan(50);
    expect(await scrolled(page)).toBe(0);
    await expect.poll(() => page.evaluate(() => history.state?.[0] ?? 1)).toBe(2);
    const count = await filesOf(page).count();
    await page.reload();
    await expect.poll(() => filesOf(page).count()).toBe(count);
  });

  test.describe("when something is in the way", () => {
    test.use({ provokes: [/status of 503|net::ERR/] });

    test("says so, leaves what is there, and tries again", async ({ page }) => {
      await befalls(person, "drive_html", 1);
      await filterOf(page).search.fill("untitled");
      await expect(toldOf(page)).toHaveText(/google drive isn't responding/i);
      await expect(told(page)).toBeInViewport({ ratio: 1 });
      await expect(retry(page)).toBeInViewport({ ratio: 1 });
      expect(await scrolled(page)).toBe(0);
      await expect(list(page)).toHaveCSS("opacity", "1");
      await expect(filesOf(page)).toHaveCount(50);
      await retry(page).click();
      await expect(toldOf(page)).toHaveText("2 files");
      await expect(retry(page)).toBeHidden();
    });

    test("the same where we cannot be reached", async ({ page, context }) => {
      await context.setOffline(true);
      await more(page).click();
      await expect(toldOf(page)).toHaveText(/couldn't reach latchkey/i);
      await expect(filesOf(page)).toHaveCount(50);
      await context.setOffline(false);
      await retry(page).click();
      await expect.poll(() => filesOf(page).count()).toBeGreaterThan(50);
    });

    test("a quota says how long", async ({ page }) => {
      await befalls(person, "drive_quota_429", 1);
      await more(page).click();
      await expect(toldOf(page)).toHaveText(/limiting requests/i);
      await expect(filesOf(page)).toHaveCount(50);
    });
  });

  test("who was signed out meanwhile is led to the sign-in", async ({ page, context }) => {
    await context.clearCookies({ name: "session" });
    await filterOf(page).search.fill("untitled");
    await expect(page).toHaveURL((url) => url.pathname === "/login" && /q%3Duntitled|q=untitled/.test(url.search));
  });

  test("who disconnected in another tab is led to the page that connects", async ({ page, context }) => {
    const tab = await context.newPage();
    await tab.goto("/drive");
    await disconnect(tab);
    await more(page).click();
    await expect(connectButton(page, "Drive")).toBeVisible();
  });
});

test("of 50,000 files many are loaded, and a reload keeps the place among them", { tag: "@js" }, async ({ page }) => {
  test.slow();
  await signInAs(page, "long");
  await openDrive(page);
  await open(page, "/drive?sort=oldest");
  await mark(page);
  for (let count = 50; count < 400; count += 50) {
    await expect(toldOf(page)).toHaveText(`${count} files so far`);
    await more(page).click();
  }
  await expect(toldOf(page)).toHaveText("400 files so far");
  await expectSamePage(page);

  const file = filesOf(page).nth(333);
  const id = await file.getAttribute("data-file");
  await file.evaluate((it) => it.scrollIntoView({ block: "center" }));
  const before = await scrolled(page);
  await expect.poll(() => page.evaluate(() => history.state?.[1] ?? 0)).toBeCloseTo(before, -1);
  const progress: string[] = [];
  await page.exposeFunction("progressed", (told: string) => progress.push(told));
  await page.addInitScript(() => {
    document.addEventListener("DOMContentLoaded", () => {
      const told = document.querySelector(".files-status")!;
      // @ts-expect-error: exposed above
      new MutationObserver(() => progressed(told.textContent)).observe(told, { childList: true, characterData: true, subtree: true });
    });
  });
  await page.reload();
  await expect(toldOf(page)).toHaveText("400 files so far");
  await expect.poll(() => scrolled(page)).toBeCloseTo(before, -1);
  await expect(page.locator(`tr[data-file="${id}"]`)).toBeInViewport();
  const counts = progress.map((told) => /^(\d+) files so far\. Loading more/.exec(told)?.[1]);
  expect(counts.filter(Boolean)).toEqual(["50", "100", "150", "200", "250", "300", "350"]);

  // Who comes anew begins at the top.
  const tab = await page.context().newPage();
  await open(tab, "/drive?sort=oldest");
  await expect(toldOf(tab)).toHaveText("50 files so far");
  expect(await scrolled(tab)).toBe(0);
});

test("no address of another origin is asked for while the list grows", { tag: "@js" }, async ({ page }) => {
  await signInAs(page, "long");
  await openDrive(page);
  const elsewhere: string[] = [];
  page.on("request", (request) => {
    if (request.url().startsWith(sandbox.origin)) elsewhere.push(request.url());
  });
  await open(page, "/drive?kind=image");
  await more(page).click();
  await expect(toldOf(page)).toHaveText("100 files so far");
  expect(elsewhere.filter((url) => /drive/.test(url))).toEqual([]);
});
