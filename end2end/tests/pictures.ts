// The pictures of the documentation: `scripts/pictures`, into docs/pictures/. Ada signs in with Google at the sandbox.

import { resolve } from "node:path";
// Without the fixtures of the tests: nothing is tested here.
import { expect, test, type Page } from "@playwright/test";
import { waitForIslands } from "./support/page";
import { consentButton, personButton } from "./support/provider_page";
import { continueWith } from "./support/session";

const folder = resolve(import.meta.dirname, "../../docs/pictures");
const sizes = { desktop: { width: 1040, height: 760 }, phone: { width: 390, height: 780 } };

/** Takes a picture of the part of the page that fits into the window. */
async function takePicture(page: Page, name: string, size: keyof typeof sizes, colorScheme: "light" | "dark") {
  await page.setViewportSize(sizes[size]);
  await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
  await page.reload();
  await waitForIslands(page, true);
  await page.screenshot({ path: `${folder}/${name}.png`, animations: "disabled" });
}

test("pictures of the documentation", async ({ page }) => {
  test.setTimeout(120_000);
  await page.goto("/login");
  await takePicture(page, "login", "desktop", "light");
  await takePicture(page, "login-phone-dark", "phone", "dark");

  await continueWith(page, "Google");
  await personButton(page, { id: "ada" }).click();
  await consentButton(page, "allow").click();
  await expect(page).toHaveURL("/dashboard");
  await takePicture(page, "dashboard", "desktop", "light");
  await takePicture(page, "dashboard-phone-dark", "phone", "dark");

  await page.goto("/settings");
  await takePicture(page, "settings", "desktop", "light");
});
