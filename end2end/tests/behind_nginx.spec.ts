// examples/nginx behind a real nginx: an unprotected site and a service become protected ones, in both session modes.

import { startBehindNginx } from "../nginx.mjs";
import { expect, test } from "./browser";
import { answerAs, continueWith, somebody } from "./people";

for (const mode of ["server", "jwt"]) {
  test.describe(`behind nginx, SESSION_MODE=${mode}`, () => {
    // Another origin than the one that the other tests watch, and a service whose answer names no icon.
    test.use({ provokes: [/^asked for http:\/\/localhost:\d+\/|\/favicon\.ico\)$/] });

    let front: { origin: string; stop: () => Promise<void> };
    test.beforeAll(async () => {
      front = await startBehindNginx({ SESSION_MODE: mode });
    });
    test.afterAll(() => front?.stop());

    test("who asks for a page signs in and is back at it, until they sign out", async ({ page }) => {
      const person = await somebody();
      const asked = `${front.origin}/docs/chapter.html?page=2`;
      await page.goto(asked);
      await expect(page).toHaveURL(`${front.origin}/login?return_to=%2Fdocs%2Fchapter.html%3Fpage%3D2`);
      await continueWith(page, "Google");
      await answerAs(page, person);
      await expect(page).toHaveURL(asked);
      await expect(page.getByRole("heading", { name: "Chapter two" })).toBeVisible();

      const jar = await page.context().cookies(front.origin);
      await page.getByRole("link", { name: "Back" }).click();
      await expect(page.getByRole("heading", { name: "The handbook" })).toBeVisible();
      await page.getByRole("button", { name: "Sign out" }).click();
      await expect(page).toHaveURL((url) => url.pathname === "/login");
      await page.goto(`${front.origin}/docs/`);
      await expect(page).toHaveURL((url) => url.pathname === "/login");
      // Nor does what the browser had before open it again.
      await page.context().addCookies(jar);
      await page.goto(`${front.origin}/docs/`);
      await expect(page).toHaveURL((url) => url.pathname === "/login");
    });

    test("a service is told who it is, and nothing that a visitor wrote", async ({ page, request }) => {
      const person = await somebody("Zoë Müller");
      const forged = { "X-User-Id": "somebody-else", "X-User-Email": "eve@evil.example", "X-User-Name": "Eve" };
      const refused = await request.get(`${front.origin}/service/`, { headers: forged, maxRedirects: 0 });
      expect(refused.status()).toBe(302);
      expect(refused.headers()["location"]).toBe(`${front.origin}/login?return_to=%2Fservice%2F`);

      await page.goto(`${front.origin}/service/`);
      await continueWith(page, "Google");
      await answerAs(page, person);
      await expect(page).toHaveURL(`${front.origin}/service/`);
      const answer = await page.context().request.get(`${front.origin}/service/`, { headers: forged });
      const told = await answer.json();
      expect(told["x-user-id"]).toMatch(/^[0-9a-f-]{36}$/);
      expect(told["x-user-name"]).toBe("Zo%C3%AB M%C3%BCller");
      expect(told["x-user-email"]).not.toBe("eve@evil.example");
      expect([told["cookie"], told["authorization"]]).toEqual([undefined, undefined]);
    });

    test("the question itself cannot be asked from outside", async ({ request }) => {
      expect((await request.get(`${front.origin}/_verify`)).status()).toBe(404);
    });
  });
}
