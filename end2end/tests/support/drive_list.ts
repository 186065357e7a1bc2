// The list of files on `/drive`.

import type { Locator, Page } from "./fixtures";

/** The rows of the list, without its headings. */
export function fileRows(page: Page): Locator {
  return page.locator("#file-rows").getByRole("row");
}

/** The rows that are folders. */
export function folderRows(page: Page): Locator {
  return fileRows(page).filter({ has: page.getByRole("cell", { name: "Folder" }) });
}

/** The link that opens the first folder. */
export function firstFolderLink(page: Page): Locator {
  return folderRows(page).first().getByRole("rowheader").getByRole("link");
}

/** Google's ids of the listed files, in order. */
export async function fileIds(page: Page): Promise<string[]> {
  return page.locator("#file-rows tr").evaluateAll((rows) => rows.map((row) => row.getAttribute("data-file") ?? ""));
}

/** The fields of the form above the list. */
export function filters(page: Page) {
  const form = page.getByRole("search", { name: "Files" });
  return {
    search: form.getByRole("searchbox", { name: "Name" }),
    type: form.getByRole("combobox", { name: "Type" }),
    order: form.getByRole("combobox", { name: "Sort by" }),
    apply: form.getByRole("button", { name: "Apply" }),
  };
}

/** The status line below the list. */
export function listStatus(page: Page): Locator {
  return page.locator(".files-status");
}

/** The line that names the Google account. */
export function accountLine(page: Page): Locator {
  return page.locator(".whose-account");
}
