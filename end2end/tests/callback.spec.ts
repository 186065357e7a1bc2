// The callback: opened again, in another browser, or made up.

import { expect, test } from "./support/fixtures";
import { createPerson } from "./support/person";
import { consentButton, consentIfAsked, pickPersonIfAsked } from "./support/provider_page";
import { callbackUrlDuring, continueWith, nameHeading } from "./support/session";
import { expectSignInError } from "./support/sign_in_errors";

test("reopening a used callback URL shows the dashboard", async ({ page }) => {
  const person = await createPerson();
  await page.goto("/login");
  await continueWith(page, "Google");
  await pickPersonIfAsked(page, person);
  const callback = await callbackUrlDuring(page, () => consentIfAsked(page));
  await expect(page).toHaveURL("/dashboard");

  await page.goto(callback);
  await expect(page).toHaveURL("/dashboard");
  await expect(nameHeading(page, person)).toBeVisible();
  await expect(page.getByRole("alert")).toHaveCount(0);
});

test("a callback works only in the browser that started it", async ({ page, anotherBrowser }) => {
  const otherPage = await anotherBrowser.newPage();
  const person = await createPerson();
  await page.goto("/login");
  await continueWith(page, "Google");
  await pickPersonIfAsked(page, person);
  // The callback URL is kept from the browser that started the sign-in and opened in another one.
  const callback = new Promise<string>((resolve) => {
    void page.route(/consent/, async (route) => {
      if (route.request().method() !== "POST") return route.continue();
      // Playwright does not route redirects, so the redirect is read from the provider's response.
      const response = await route.fetch({ maxRedirects: 0 });
      resolve(response.headers().location);
      await route.abort();
    });
  });
  await consentButton(page, "allow").click();
  await otherPage.goto(await callback);
  await expectSignInError(otherPage, "flow_unknown", /./);

  await page.unroute(/consent/);
  await page.goto(await callback);
  await expect(page).toHaveURL("/dashboard");
  await expect(nameHeading(page, person)).toBeVisible();
});

test("an unexpected callback shows an error on the login page", async ({ page }) => {
  await page.goto("/auth/callback/google?code=made-up&state=made-up");
  await expectSignInError(page, "flow_unknown", /./);
});

test("the login page ignores error text in the callback URL", async ({ page }) => {
  await page.goto("/auth/callback/google?error=x&error_description=%3Cscript%3Ealert(1)%3C/script%3Epay+here");
  await expect(page).toHaveURL((url) => url.pathname === "/login");
  await expect(page.getByText("pay here")).toHaveCount(0);
});
