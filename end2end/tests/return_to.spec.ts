// Where a sign-in ends: at the requested page, and always on Latchkey's origin.

import { latchkey } from "../servers.mjs";
import { expect, test } from "./support/fixtures";
import { createPerson } from "./support/person";
import { authorizeIfAsked, consentButton, personButton } from "./support/provider_page";
import { continueWith, nameHeading, signIn, signOut } from "./support/session";

test("a sign-in returns to the requested page", async ({ page }) => {
  const person = await createPerson();
  await page.goto("/dashboard");
  await expect(page).toHaveURL("/login?return_to=%2Fdashboard");
  await continueWith(page, "Google");
  await authorizeIfAsked(page, person);
  await expect(page).toHaveURL("/dashboard");
  await expect(nameHeading(page, person)).toBeVisible();
});

test("a sign-in keeps the query of the requested page", async ({ page }) => {
  const person = await createPerson();
  await page.goto("/dashboard?from=a%26b");
  await expect(page).toHaveURL((url) => url.searchParams.get("return_to") === "/dashboard?from=a%26b");
  await continueWith(page, "Google");
  await authorizeIfAsked(page, person);
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

test.describe("a hostile return_to stays on Latchkey's origin", () => {
  // Some of the values name a path that does not exist.
  test.use({ expectedErrors: [/status of 404/] });

  for (const returnTo of hostile) {
    // The port differs between runs, so the title leaves it out.
    test(JSON.stringify(returnTo.replace(host, hostname)), async ({ page }) => {
      const person = await createPerson();
      const query = `return_to=${encodeURIComponent(returnTo)}`;
      await page.goto(`/login?${query}`);
      expect(await page.locator('a[href*="evil"]:not([href^="/auth/"])').count()).toBe(0);

      await page.goto(`/auth/google?${query}`);
      await personButton(page, person).click();
      await consentButton(page, "allow").click();
      await expect(page).toHaveURL((url) => url.origin === latchkey.origin && !url.pathname.startsWith("/auth/callback"));

      await page.goto("/dashboard");
      await expect(nameHeading(page, person)).toBeVisible();
    });
  }
});

test("another user can sign in after a sign-out", async ({ page }) => {
  const [ada, grace] = [await createPerson("Ada Lovelace"), await createPerson("Grace Hopper")];
  await signIn(page, ada);
  await signOut(page);
  await page.goto("/auth/google?prompt=select_account");
  await authorizeIfAsked(page, grace);
  await expect(nameHeading(page, grace)).toBeVisible();
});
