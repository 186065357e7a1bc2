// examples/spa: a page that signs in at the provider by itself, and carries Latchkey's tokens in memory.

import { startSpa } from "../spa.mjs";
import { expect, test, type Page } from "./browser";
import { choose, consentButton, somebody } from "./people";

test.describe("a page of one's own", { tag: "@js" }, () => {
  // Origins of this run; and what the page provokes on purpose.
  test.use({ provokes: [/^asked for http:\/\/localhost:\d+\/|status of 401/] });

  let spa: { origin: string; latchkey: string; stop: () => Promise<unknown> };
  test.beforeAll(async () => {
    spa = await startSpa();
  });
  test.afterAll(() => spa?.stop());

  async function signIn(page: Page) {
    const person = await somebody("Grace Hopper");
    await page.goto(spa.origin);
    await page.getByRole("button", { name: "Continue with Google" }).click();
    await choose(page, person);
    await consentButton(page, "allow").click();
    await expect(page.getByText("You are signed in.")).toBeVisible();
    await expect(page.getByText(person.name)).toBeVisible();
    await expect(page.getByText(person.email)).toBeVisible();
    return person;
  }

  test("signs in, refreshes and signs out, and keeps tokens in memory only", async ({ page }) => {
    const tokens: string[] = [];
    page.on("response", async (response) => {
      const body = response.url().startsWith(`${spa.latchkey}/api/`) ? await response.json().catch(() => ({})) : {};
      for (const name of ["access_token", "refresh_token"]) if (body[name]) tokens.push(body[name]);
    });
    const person = await signIn(page);
    await page.getByRole("button", { name: "Get a new access token" }).click();
    await expect.poll(() => tokens.length).toBe(4);
    await expect(page.getByText(person.email)).toBeVisible();

    expect(page.url()).toBe(`${spa.origin}/`);
    const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));
    const jar = JSON.stringify(await page.context().cookies());
    for (const token of tokens) expect([kept, jar, await page.content()].join("\n")).not.toContain(token);

    await page.getByRole("button", { name: "Sign out" }).click();
    await expect(page.getByText("You are signed out.")).toBeVisible();
    // The access token has minutes left, and opens nothing.
    const [access] = tokens.filter((token) => token.startsWith("ey")).slice(-1);
    const me = await page.request.get(`${spa.latchkey}/api/me`, { headers: { authorization: `Bearer ${access}` } });
    expect(me.status()).toBe(401);
  });

  test("a reload forgets everything", async ({ page }) => {
    await signIn(page);
    await page.reload();
    await expect(page.getByText("You are signed out.")).toBeVisible();
  });

  test("what is cancelled at the provider is said so", async ({ page }) => {
    const person = await somebody();
    await page.goto(spa.origin);
    await page.getByRole("button", { name: "Continue with Google" }).click();
    await choose(page, person);
    await consentButton(page, "deny").click();
    await expect(page.getByRole("alert")).toHaveText("You cancelled the sign-in.");
  });
});
