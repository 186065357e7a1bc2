// examples/spa: a single-page app that signs in at the provider and keeps Latchkey's tokens in memory.

import { startSpa } from "../spa.mjs";
import { expect, type Page, test } from "./support/fixtures";
import { createPerson } from "./support/person";
import { consentButton, pickPersonIfAsked } from "./support/provider_page";

test.describe("the single-page app", { tag: "@js" }, () => {
  // The example's origins, and the 401 that it handles.
  test.use({ expectedErrors: [/^unexpected request to http:\/\/localhost:\d+\/|status of 401/] });

  let spa: { origin: string; latchkey: string; stop: () => Promise<unknown> };
  test.beforeAll(async () => {
    spa = await startSpa();
  });
  test.afterAll(() => spa?.stop());

  async function signInToApp(page: Page) {
    const person = await createPerson("Grace Hopper");
    await page.goto(spa.origin);
    await page.getByRole("button", { name: "Continue with Google" }).click();
    await pickPersonIfAsked(page, person);
    await consentButton(page, "allow").click();
    await expect(page.getByText("You are signed in.")).toBeVisible();
    await expect(page.getByText(person.name)).toBeVisible();
    await expect(page.getByText(person.email)).toBeVisible();
    return person;
  }

  test("signs in, refreshes and signs out with tokens in memory only", async ({ page }) => {
    const tokens: string[] = [];
    page.on("response", async (response) => {
      const body = response.url().startsWith(`${spa.latchkey}/api/`) ? await response.json().catch(() => ({})) : {};
      for (const name of ["access_token", "refresh_token"]) if (body[name]) tokens.push(body[name]);
    });
    const person = await signInToApp(page);
    await page.getByRole("button", { name: "Get a new access token" }).click();
    await expect.poll(() => tokens.length).toBe(4);
    await expect(page.getByText(person.email)).toBeVisible();

    expect(page.url()).toBe(`${spa.origin}/`);
    const stored = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));
    const cookies = JSON.stringify(await page.context().cookies());
    for (const token of tokens) expect([stored, cookies, await page.content()].join("\n")).not.toContain(token);

    await page.getByRole("button", { name: "Sign out" }).click();
    await expect(page.getByText("You are signed out.")).toBeVisible();
    // The access token has not expired, but is rejected.
    const [accessToken] = tokens.filter((token) => token.startsWith("ey")).slice(-1);
    const response = await page.request.get(`${spa.latchkey}/api/me`, { headers: { authorization: `Bearer ${accessToken}` } });
    expect(response.status()).toBe(401);
  });

  test("is signed out by a reload", async ({ page }) => {
    await signInToApp(page);
    await page.reload();
    await expect(page.getByText("You are signed out.")).toBeVisible();
  });

  test("shows an error when the user cancels at the provider", async ({ page }) => {
    const person = await createPerson();
    await page.goto(spa.origin);
    await page.getByRole("button", { name: "Continue with Google" }).click();
    await pickPersonIfAsked(page, person);
    await consentButton(page, "deny").click();
    await expect(page.getByRole("alert")).toHaveText("You cancelled the sign-in.");
  });
});
