// The pictures of the documents: `make pictures`, into docs/pictures/. Ada signs in with Google at the sandbox.

import { resolve } from "node:path";
import { expect, test, type Page } from "@playwright/test";

const folder = resolve(import.meta.dirname, "../../docs/pictures");
const sizes = { desktop: { width: 1040, height: 760 }, phone: { width: 390, height: 780 } };

/** The part of the page that a window of this size shows, once its islands are awake. */
async function take(page: Page, name: string, size: keyof typeof sizes, colorScheme: "light" | "dark") {
  await page.setViewportSize(sizes[size]);
  await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-hydrated", "true");
  await page.screenshot({ path: `${folder}/${name}.png`, animations: "disabled" });
}

test("pictures of the documents", async ({ page }) => {
  test.setTimeout(120_000);
  await page.goto("/login");
  await take(page, "login", "desktop", "light");
  await take(page, "login-phone-dark", "phone", "dark");

  await page.getByRole("link", { name: "Continue with Google" }).click();
  await page.locator('button[name="person"][value="ada"]').click();
  await page.locator('button[name="decision"][value="allow"]').click();
  await expect(page).toHaveURL("/dashboard");
  await take(page, "dashboard", "desktop", "light");
  await take(page, "dashboard-phone-dark", "phone", "dark");

  await page.goto("/settings");
  await take(page, "settings", "desktop", "light");
});
