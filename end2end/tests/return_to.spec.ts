// Where a sign-in ends: at the page that was asked for, and always on our origin.

import { latchkey } from "../servers.mjs";
import { expect, test } from "./browser";
import { answerAs, continueWith, nameOf, signIn, signOut, somebody } from "./people";

test("a page behind the sign-in is where the sign-in ends", async ({ page }) => {
  const person = await somebody();
  await page.goto("/dashboard");
  await expect(page).toHaveURL("/login?return_to=%2Fdashboard");
  await continueWith(page, "Google");
  await answerAs(page, person);
  await expect(page).toHaveURL("/dashboard");
  await expect(nameOf(page, person)).toBeVisible();
});

test("the query of the page that was asked for comes back too", async ({ page }) => {
  const person = await somebody();
  await page.goto("/dashboard?from=a%26b");
  await expect(page).toHaveURL((url) => url.searchParams.get("return_to") === "/dashboard?from=a%26b");
  await continueWith(page, "Google");
  await answerAs(page, person);
  await expect(page).toHaveURL("/dashboard?from=a%26b");
});

const { host, hostname } = new URL(latchkey.origin);

const hostile = [
  "https://evil.example/",
  "//evil.example/",
  "/\\evil.example/",
  "\\\\evil.example/",
  "/%5cevil.example/",
  "/%2f%2fevil.example/",
  "/\t/evil.example/",
  "\n//evil.example/",
  "https:evil.example",
  "https:/\\evil.example",
  `//${host}@evil.example/`,
  `${latchkey.origin}.evil.example/`,
  "javascript:alert(1)",
  "data:text/html,evil",
  "/dashboard\r\nlocation: https://evil.example/",
];

test.describe("a hostile return_to ends on our origin", () => {
  // Where one names a path of ours that does not exist, the browser notes the 404.
  test.use({ provokes: [/status of 404/] });

  for (const returnTo of hostile) {
    // The port is another one in each run; the name is not.
    test(JSON.stringify(returnTo.replace(host, hostname)), async ({ page }) => {
      const person = await somebody();
      const query = `return_to=${encodeURIComponent(returnTo)}`;
      await page.goto(`/login?${query}`);
      expect(await page.locator('a[href*="evil"]:not([href^="/auth/"])').count()).toBe(0);

      await page.goto(`/auth/google?${query}`);
      await page.locator(`button[name="person"][value="${person.id}"]`).click();
      await page.locator('button[name="decision"][value="allow"]').click();
      await expect(page).toHaveURL((url) => url.origin === latchkey.origin && !url.pathname.startsWith("/auth/callback"));

      await page.goto("/dashboard");
      await expect(nameOf(page, person)).toBeVisible();
    });
  }
});

test("a sign-in that somebody else's sign-out left behind starts afresh", async ({ page }) => {
  const [ada, grace] = [await somebody("Ada Lovelace"), await somebody("Grace Hopper")];
  await signIn(page, ada);
  await signOut(page);
  await page.goto("/auth/google?prompt=select_account");
  await answerAs(page, grace);
  await expect(nameOf(page, grace)).toBeVisible();
});
