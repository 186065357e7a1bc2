// What every page has: a heading, text, a width and perhaps islands.

import { expect, type Locator, type Page } from "./fixtures";

/** The page's `h1`. */
export function pageHeading(page: Page, name: string | RegExp): Locator {
  return page.getByRole("heading", { level: 1, name });
}

/** Every signed-in page has this button, and no other page does. */
export function signOutButton(page: Page): Locator {
  return page.getByRole("button", { name: "Sign out", exact: true });
}

/** All text of the page. */
export async function bodyText(page: Page): Promise<string> {
  return page.locator("body").innerText();
}

/** Waits until the islands of the page are hydrated. Without JavaScript it returns at once. */
export async function waitForIslands(page: Page, javaScriptEnabled: boolean | undefined) {
  if (javaScriptEnabled !== false) await expect(page.locator("html")).toHaveAttribute("data-hydrated", "true");
}

/** Expects that the page does not scroll sideways. */
export async function expectNoOverflow(page: Page) {
  const widths = await page.locator("html").evaluate((html) => [html.scrollWidth, html.clientWidth]);
  expect(widths[0], page.url()).toBeLessThanOrEqual(widths[1]);
}
