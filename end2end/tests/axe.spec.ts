// Axe, on every page in its main states.

import { scenarios } from "./scenarios";
import { expectNoAxeViolations } from "./support/axe";
import { expect, type Page, test } from "./support/fixtures";
import { expectNoOverflow, waitForIslands } from "./support/page";
import { signInErrorCodes } from "./support/sign_in_errors";

const phone = { width: 390, height: 844 };

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`axe finds no violations in ${colorScheme} mode`, { tag: "@js" }, () => {
    // One of the pages is the 404 page.
    test.use({ colorScheme, expectedErrors: [/status of 404/] });

    test("on the login page", async ({ page }) => {
      await page.goto("/login");
      await waitForIslands(page, true);
      await expectNoAxeViolations(page);
    });

    for (const code of signInErrorCodes) {
      test(`on the login page with the error ${code}`, async ({ page }) => {
        await page.goto(`/login?error=${code}`);
        await expect(page.getByRole("alert")).toBeVisible();
        await expectNoAxeViolations(page);
      });
    }

    test("on the API reference, which fits into 320 pixels", async ({ page }) => {
      test.setTimeout(120_000);
      await page.goto("/api/docs");
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("API reference");
      await expectNoAxeViolations(page, 60_000);
      await page.setViewportSize({ width: 320, height: 640 });
      await expectNoOverflow(page);
    });

    test("on the 404 page", async ({ page }) => {
      await page.goto("/no/such/page");
      await expectNoAxeViolations(page);
    });
  });
}

test.describe("axe finds no violations, and 320 pixels suffice", { tag: "@js" }, () => {
  // Some of the pages are error pages.
  test.use({ expectedErrors: [/status of (403|404|503)/] });

  for (const [name, scenario] of Object.entries(scenarios)) {
    test(name, async ({ page, anotherBrowser }) => {
      test.setTimeout(180_000);
      await scenario(page, anotherBrowser, async (inspected, state) => {
        await test.step(state, async () => {
          await waitForIslands(inspected, true);
          const desktop = inspected.viewportSize()!;
          for (const [size, colorScheme] of [[desktop, "light"], [phone, "dark"]] as const) {
            await inspected.setViewportSize(size);
            await inspected.emulateMedia({ colorScheme, reducedMotion: "reduce" });
            await waitForPaint(inspected);
            await expectNoAxeViolations(inspected);
          }
          await inspected.setViewportSize({ width: 320, height: 640 });
          await expectNoOverflow(inspected);
          await inspected.setViewportSize(desktop);
        });
      });
    });
  }
});

/** Waits until the page is painted in its new colour scheme. */
async function waitForPaint(page: Page) {
  await page.evaluate(() => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted))));
}
