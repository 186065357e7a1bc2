// examples/nginx behind a real nginx: it protects a static site and a service, in both session modes.

import { startBehindNginx } from "../nginx.mjs";
import { expect, test } from "./support/fixtures";
import { createPerson } from "./support/person";
import { authorizeIfAsked } from "./support/provider_page";
import { continueWith } from "./support/session";

for (const mode of ["server", "jwt"]) {
  test.describe(`behind nginx, SESSION_MODE=${mode}`, () => {
    // Latchkey behind nginx has an origin of its own, and the service has no favicon.
    test.use({ expectedErrors: [/^unexpected request to http:\/\/localhost:\d+\/|\/favicon\.ico\)$/] });

    let front: { origin: string; stop: () => Promise<void> };
    test.beforeAll(async () => {
      front = await startBehindNginx({ SESSION_MODE: mode });
    });
    test.afterAll(() => front?.stop());

    test("a protected page opens after sign-in until sign-out", async ({ page }) => {
      const person = await createPerson();
      const requestedUrl = `${front.origin}/docs/chapter.html?page=2`;
      await page.goto(requestedUrl);
      await expect(page).toHaveURL(`${front.origin}/login?return_to=%2Fdocs%2Fchapter.html%3Fpage%3D2`);
      await continueWith(page, "Google");
      await authorizeIfAsked(page, person);
      await expect(page).toHaveURL(requestedUrl);
      await expect(page.getByRole("heading", { name: "Chapter two" })).toBeVisible();

      const cookies = await page.context().cookies(front.origin);
      await page.getByRole("link", { name: "Back" }).click();
      await expect(page.getByRole("heading", { name: "The handbook" })).toBeVisible();
      await page.getByRole("button", { name: "Sign out" }).click();
      await expect(page).toHaveURL((url) => url.pathname === "/login");
      await page.goto(`${front.origin}/docs/`);
      await expect(page).toHaveURL((url) => url.pathname === "/login");
      // The old cookies do not open the page either.
      await page.context().addCookies(cookies);
      await page.goto(`${front.origin}/docs/`);
      await expect(page).toHaveURL((url) => url.pathname === "/login");
    });

    test("a service gets the user's headers and no forged ones", async ({ page, request }) => {
      const person = await createPerson("Zoë Müller");
      const forged = { "X-User-Id": "another-user", "X-User-Email": "eve@evil.example", "X-User-Name": "Eve" };
      const rejected = await request.get(`${front.origin}/service/`, { headers: forged, maxRedirects: 0 });
      expect(rejected.status()).toBe(302);
      expect(rejected.headers()["location"]).toBe(`${front.origin}/login?return_to=%2Fservice%2F`);

      await page.goto(`${front.origin}/service/`);
      await continueWith(page, "Google");
      await authorizeIfAsked(page, person);
      await expect(page).toHaveURL(`${front.origin}/service/`);
      const response = await page.context().request.get(`${front.origin}/service/`, { headers: forged });
      const headers = await response.json();
      expect(headers["x-user-id"]).toMatch(/^[0-9a-f-]{36}$/);
      expect(headers["x-user-name"]).toBe("Zo%C3%AB M%C3%BCller");
      expect(headers["x-user-email"]).not.toBe("eve@evil.example");
      expect([headers["cookie"], headers["authorization"]]).toEqual([undefined, undefined]);
    });

    test("the verification endpoint is unreachable from outside", async ({ request }) => {
      expect((await request.get(`${front.origin}/_verify`)).status()).toBe(404);
    });
  });
}
