// Pictures of every page: `npm run shots`, into shots/. On a phone and on a desktop, light and dark, with and without
// JavaScript.

import { test, type Page } from "./browser";
import { awake, signIn, somebody } from "./people";
import { refusals } from "./refusals";

const sizes = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } };

test.use({ provokes: [/status of 404/] });

for (const [size, viewport] of Object.entries(sizes)) {
  for (const colorScheme of ["light", "dark"] as const) {
    for (const javaScriptEnabled of [true, false]) {
      const kind = `${size}-${colorScheme}${javaScriptEnabled ? "" : "-no-js"}`;

      test.describe(kind, () => {
        test.use({ viewport, colorScheme, javaScriptEnabled });

        const shoot = (page: Page, name: string) => page.screenshot({ path: `shots/${name}-${kind}.png`, fullPage: true });

        test("login", async ({ page }) => {
          await page.goto("/login");
          await awake(page, javaScriptEnabled);
          await shoot(page, "login");
        });

        test("errors", async ({ page }) => {
          for (const refusal of refusals) {
            await page.goto(`/login?error=${refusal}`);
            await awake(page, javaScriptEnabled);
            await shoot(page, `login-${refusal}`);
          }
        });

        test("dashboard", async ({ page }) => {
          await signIn(page, await somebody());
          await awake(page, javaScriptEnabled);
          await shoot(page, "dashboard");
        });

        test("not found", async ({ page }) => {
          await page.goto("/no/such/page");
          await shoot(page, "not-found");
        });
      });
    }
  }
}
