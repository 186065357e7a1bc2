// Screenshots of every page: `npm run screenshots`, into screenshots/. On a narrow phone, a phone and a desktop, light and
// dark, with and without JavaScript.

import { scenarios } from "./scenarios";
import { test, type Page } from "./support/fixtures";
import { waitForIslands } from "./support/page";
import { signInErrorCodes } from "./support/sign_in_errors";

const sizes = {
  narrow: { width: 320, height: 640 },
  phone: { width: 390, height: 844 },
  desktop: { width: 1280, height: 800 },
};
const schemes = ["light", "dark"] as const;

// Some of the pages are error pages.
test.use({ expectedErrors: [/status of (403|404|503)/] });

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    /** Takes one screenshot for each size and colour scheme. */
    const takeScreenshots = async (page: Page, name: string) => {
      const windowSize = page.viewportSize();
      for (const [size, viewport] of Object.entries(sizes)) {
        for (const colorScheme of schemes) {
          await page.setViewportSize(viewport);
          await page.emulateMedia({ colorScheme });
          const path = `screenshots/${name}-${size}-${colorScheme}${javaScriptEnabled ? "" : "-no-js"}.png`;
          await page.screenshot({ path, fullPage: true, animations: "disabled" });
        }
      }
      if (windowSize) await page.setViewportSize(windowSize);
    };

    for (const [name, scenario] of Object.entries(scenarios)) {
      test(name, async ({ page, anotherBrowser }) => {
        test.setTimeout(180_000);
        await scenario(page, anotherBrowser, async (inspected, state) => {
          await waitForIslands(inspected, javaScriptEnabled);
          await takeScreenshots(inspected, state);
        });
      });
    }

    test("sign-in errors", async ({ page }) => {
      test.setTimeout(180_000);
      for (const code of signInErrorCodes) {
        await page.goto(`/login?error=${code}`);
        await waitForIslands(page, javaScriptEnabled);
        await takeScreenshots(page, `login-${code}`);
      }
    });

    test("an unknown page", async ({ page }) => {
      await page.goto("/no/such/page");
      await takeScreenshots(page, "not-found");
    });
  });
}
