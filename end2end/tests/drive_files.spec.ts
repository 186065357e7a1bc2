// The rows and folders of the file list.

import { sandbox } from "../servers.mjs";
import { connectDrive } from "./support/api_access";
import { fileRows, firstFolderLink, folderRows } from "./support/drive_list";
import { expect, type Page, test } from "./support/fixtures";
import { createPerson } from "./support/person";
import { signIn } from "./support/session";

const breadcrumbs = (page: Page) => page.getByRole("navigation", { name: "Folders" });

test.beforeEach(async ({ page }) => {
  await signIn(page, await createPerson());
  await connectDrive(page);
});

test("each row shows the file's details and opens it at Google", async ({ page }) => {
  await page.goto("/drive?kind=pdf&sort=largest");
  const file = fileRows(page).first();
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
  const popup = await opened;
  await expect(popup).toHaveURL((url) => url.href.startsWith(`${sandbox.origin}/google/drive/`));
  expect(await popup.evaluate(() => [window.opener, document.referrer])).toEqual([null, ""]);
  await popup.close();
});

test("folders open, and breadcrumbs lead back up", async ({ page }) => {
  await page.goto("/drive");
  await expect(breadcrumbs(page)).toHaveText("My Drive");
  const path = ["My Drive"];
  for (let depth = 0; depth < 2; depth++) {
    const folder = firstFolderLink(page);
    path.push(await folder.innerText());
    await folder.click();
    await expect(breadcrumbs(page).getByRole("listitem")).toHaveText(path);
    await expect(breadcrumbs(page).locator('[aria-current="page"]')).toHaveText(path.at(-1)!);
  }
  await breadcrumbs(page).getByRole("link", { name: path[1], exact: true }).click();
  await expect(breadcrumbs(page).getByRole("listitem")).toHaveText(path.slice(0, 2));
  await breadcrumbs(page).getByRole("link", { name: "My Drive" }).click();
  await expect(page).toHaveURL("/drive");
});

test("a folder has a link that opens it at Google", async ({ page }) => {
  const folder = folderRows(page).first();
  await expect(folder.getByRole("link")).toHaveCount(2);
  await expect(folder.getByRole("link", { name: /^Open .* in Google Drive, in a new tab$/ })).toHaveAttribute("target", "_blank");
});

test.describe("an unknown folder, page or account", () => {
  test.use({ expectedErrors: [/status of 404/] });

  test("returns 404 with a link to My Drive", async ({ page }) => {
    for (const path of ["/drive?folder=1nowhere", "/drive?folder=..%2Fx", "/drive?page_token=made-up"]) {
      const response = await page.goto(path);
      expect(response?.status(), path).toBe(404);
      await page.getByRole("main").getByRole("link", { name: /go to (my drive|the first page)/i }).click();
      await expect(page).toHaveURL("/drive");
      await expect(fileRows(page)).toHaveCount(50);
    }
    const response = await page.goto("/drive?account=00000000-0000-0000-0000-000000000000");
    expect(response?.status()).toBe(404);
  });
});
