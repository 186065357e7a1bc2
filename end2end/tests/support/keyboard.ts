// Using a page by keyboard alone.

import { expect, type Locator, type Page } from "./fixtures";

/** Presses Tab until the element has the focus, and expects a visible focus indicator. */
export async function tabTo(page: Page, element: Locator) {
  for (let stop = 0; stop < 40; stop++) {
    await page.keyboard.press("Tab");
    if (await hasFocus(element)) {
      const indicator = await element.evaluate((node) => {
        const style = getComputedStyle(node);
        return style.outlineStyle !== "none" || style.boxShadow !== "none";
      });
      expect(indicator, "the focus is visible").toBe(true);
      return;
    }
  }
  throw new Error(`Tab never reached ${element}`);
}

export async function hasFocus(element: Locator): Promise<boolean> {
  return element.evaluate((node) => node === document.activeElement);
}
