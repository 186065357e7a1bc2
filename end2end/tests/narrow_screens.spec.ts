// Pages on the narrowest phone.

import { test } from "./support/fixtures";
import { expectNoOverflow, waitForIslands } from "./support/page";
import { createPerson, longName } from "./support/person";
import { signIn } from "./support/session";
import { signInErrorCodes } from "./support/sign_in_errors";

test.describe("nothing overflows at 320 pixels", () => {
  test.use({ viewport: { width: 320, height: 640 }, expectedErrors: [/status of 404/] });

  test("on the login page with any error", async ({ page }) => {
    for (const path of ["/login", ...signInErrorCodes.map((code) => `/login?error=${code}`)]) {
      await page.goto(path);
      await expectNoOverflow(page);
    }
  });

  test("on the dashboard with a long name", async ({ page, javaScriptEnabled }) => {
    await signIn(page, await createPerson(longName));
    await waitForIslands(page, javaScriptEnabled);
    await expectNoOverflow(page);
  });

  test("on the 404 page for a long path", async ({ page }) => {
    await page.goto(`/${"long".repeat(40)}`);
    await expectNoOverflow(page);
  });
});
