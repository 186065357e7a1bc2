// Unknown pages, wrong methods, and the headers of every page.

import { expect, type Page, test } from "./support/fixtures";
import { createPerson } from "./support/person";
import { signIn } from "./support/session";

test.describe("an unknown page", () => {
  test.use({ expectedErrors: [/status of 404/] });

  test("returns 404, links to the login page and loads no script", async ({ page }) => {
    const scripts = scriptsOf(page);
    const response = await page.goto("/no/such/page");
    expect(response?.status()).toBe(404);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    expect(scripts).toEqual([]);
    await expect(page.locator("script")).toHaveCount(0);

    await page.locator("main").getByRole("link").first().click();
    await expect(page).toHaveURL((url) => url.pathname === "/login");
  });
});

test.describe("GET /auth/logout", () => {
  test.use({ expectedErrors: [/status of 405/] });

  test("returns 405 and ends no session", async ({ page }) => {
    await signIn(page, await createPerson());
    const response = await page.goto("/auth/logout");
    expect(response?.status()).toBe(405);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await page.goto("/dashboard");
    await expect(page).toHaveURL("/dashboard");
  });
});

test("pages forbid framing, caching and MIME sniffing", async ({ page }) => {
  for (const path of ["/login", "/dashboard"]) {
    const headers = (await page.goto(path))!.headers();
    expect(headers["cache-control"]).toContain("no-store");
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
    expect(headers["content-security-policy"]).not.toMatch(/'unsafe-(inline|eval|hashes)'/);
  }
});

test("forms post to Latchkey's origin only", async ({ page }) => {
  await signIn(page, await createPerson());
  for (const path of ["/login", "/settings", "/drive", "/calendar", "/settings/link?provider=google"]) {
    const policy = (await page.goto(path))!.headers()["content-security-policy"];
    const formAction = policy.split(";").find((directive) => directive.trim().startsWith("form-action"));
    expect(formAction?.trim(), path).toBe("form-action 'self'");
  }
});

/** The URLs of all scripts that the page requests. */
function scriptsOf(page: Page): string[] {
  const scripts: string[] = [];
  page.on("request", (request) => {
    if (request.resourceType() === "script" || /\.(js|wasm)\b/.test(request.url())) scripts.push(request.url());
  });
  return scripts;
}
