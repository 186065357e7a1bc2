// Islands: hydrated where a page has some, with the same text as without JavaScript.

import { connectDrive } from "./support/api_access";
import { expect, test } from "./support/fixtures";
import { bodyText, waitForIslands } from "./support/page";
import { createPerson } from "./support/person";
import { signIn } from "./support/session";

test.describe("islands", { tag: "@js" }, () => {
  test("are hydrated on the login page", async ({ page }) => {
    await page.goto("/login");
    await waitForIslands(page, true);
  });

  test("are hydrated on the dashboard", async ({ page }) => {
    await signIn(page, await createPerson());
    await waitForIslands(page, true);
  });

  test("are hydrated on the file list", async ({ page }) => {
    await signIn(page, await createPerson());
    await connectDrive(page);
    await waitForIslands(page, true);
  });

  test("do not change the text of the login page", async ({ page, browser }) => {
    await page.goto("/login");
    await waitForIslands(page, true);
    const plainBrowser = await browser.newContext({ javaScriptEnabled: false });
    const plainPage = await plainBrowser.newPage();
    await plainPage.goto("/login");
    // The one thing that needs JavaScript.
    const plainText = (await bodyText(plainPage)).replace(/\s*Passkeys need JavaScript\./, "\nUse a passkey");
    expect(await bodyText(page)).toBe(plainText);
    await plainBrowser.close();
  });
});
