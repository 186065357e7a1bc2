// The layout of the file list.

import { connectDrive } from "./support/api_access";
import { fileRows } from "./support/drive_list";
import { expect, test } from "./support/fixtures";
import { expectNoOverflow } from "./support/page";
import { createPerson } from "./support/person";
import { signIn } from "./support/session";

test.beforeEach(async ({ page }) => {
  await signIn(page, await createPerson());
  await connectDrive(page);
});

test("awkward file names do not break the page", async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await page.goto("/drive?q=Wolf");
  await expect(fileRows(page)).toHaveCount(1);
  await expectNoOverflow(page);
  await page.goto("/drive?q=invoice");
  // A right-to-left override affects the name alone.
  const reversed = fileRows(page).filter({ hasText: ".exe" });
  await expect(reversed.locator("bdi.file-text")).toHaveCount(1);
  for (const link of await page.locator("#file-rows .file-link").all()) await expect(link).toHaveAccessibleName(/\S/);
});

test("on a tablet the cells line up with their headings", async ({ page }) => {
  for (const width of [768, 820, 960, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    await page.goto("/drive?sort=largest");
    const [heads, ...rows] = await page.locator(".file-table tr").evaluateAll((rows) =>
      rows.map((row) =>
        [...row.children]
          .filter((cell) => getComputedStyle(cell).display !== "none")
          .map((cell) => {
            const range = document.createRange();
            // A link also has text for screen readers only, which is left out.
            range.selectNodeContents(cell.querySelector("bdi.file-text") ?? cell);
            const box = cell.getBoundingClientRect();
            const text = (cell.querySelector(".file-beside") ?? range).getBoundingClientRect();
            return { name: cell.className, left: box.left, right: box.right, end: text.right };
          }),
      ),
    );
    expect(heads.length, `${width}`).toBe(width > 960 ? 6 : 5);
    expect(rows.length).toBe(50);
    for (const row of rows) {
      expect(row.length, `${width}`).toBe(heads.length);
      for (const [column, cell] of row.entries()) {
        expect(cell.left, `${cell.name} at ${width}`).toBeCloseTo(heads[column].left, 0);
        expect(cell.right, `${cell.name} at ${width}`).toBeCloseTo(heads[column].right, 0);
        expect(cell.end, `the text of ${cell.name} at ${width}`).toBeLessThanOrEqual(cell.right + 1);
      }
    }
  }
});
