// Pictures of every page: `npm run shots`, into shots/. On the narrowest phone, on a phone and on a desktop, light and
// dark, with and without JavaScript.

import { test, type Page } from "./browser";
import { awake } from "./people";
import { refusals } from "./refusals";
import { walks } from "./walks";

const sizes = {
  narrow: { width: 320, height: 640 },
  phone: { width: 390, height: 844 },
  desktop: { width: 1280, height: 800 },
};
const schemes = ["light", "dark"] as const;

// What some of the pages are about.
test.use({ provokes: [/status of (403|404|503)/] });

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "as they are" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    /** One picture of the page for each size and scheme. */
    const shoot = async (page: Page, name: string) => {
      const windowSize = page.viewportSize();
      for (const [size, viewport] of Object.entries(sizes)) {
        for (const colorScheme of schemes) {
          await page.setViewportSize(viewport);
          await page.emulateMedia({ colorScheme });
          const path = `shots/${name}-${size}-${colorScheme}${javaScriptEnabled ? "" : "-no-js"}.png`;
          await page.screenshot({ path, fullPage: true, animations: "disabled" });
        }
      }
      if (windowSize) await page.setViewportSize(windowSize);
    };

    for (const [name, walk] of Object.entries(walks)) {
      test(name, async ({ page, anotherBrowser }) => {
        test.setTimeout(180_000);
        await walk(page, anotherBrowser, async (looked, at) => {
          await awake(looked, javaScriptEnabled);
          await shoot(looked, at);
        });
      });
    }

    test("errors", async ({ page }) => {
      test.setTimeout(180_000);
      for (const refusal of refusals) {
        await page.goto(`/login?error=${refusal}`);
        await awake(page, javaScriptEnabled);
        await shoot(page, `login-${refusal}`);
      }
    });

    test("not found", async ({ page }) => {
      await page.goto("/no/such/page");
      await shoot(page, "not-found");
    });
  });
}
