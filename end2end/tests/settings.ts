// The page of the settings and what stands on it.

import type { Locator, Page } from "./browser";

/** One section of the settings, by its heading. */
export function section(page: Page, heading: string): Locator {
  return page.getByRole("region", { name: heading });
}

/** The row of one way to sign in: a provider's label, or "Password". */
export function wayOf(page: Page, label: string): Locator {
  return rowsOf(page, "Ways to sign in").filter({ has: page.getByRole("heading", { level: 3, name: label, exact: true }) });
}

/** The rows of a section. */
export function rowsOf(page: Page, heading: string): Locator {
  return section(page, heading).getByRole("listitem");
}
