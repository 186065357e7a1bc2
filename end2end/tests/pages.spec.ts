// What pages are made of: islands that wake up where there are some, no script where there are none.

import { expect, test, type Page } from "./browser";
import { connectDrive } from "./grants";
import { awake, signIn, somebody } from "./people";

test.describe("islands", { tag: "@js" }, () => {
  test("wake up on the login page", async ({ page }) => {
    await page.goto("/login");
    await awake(page, true);
  });

  test("wake up on the dashboard", async ({ page }) => {
    await signIn(page, await somebody());
    await awake(page, true);
  });

  test("wake up on the list of files", async ({ page }) => {
    await signIn(page, await somebody());
    await connectDrive(page);
    await awake(page, true);
  });

  test("change nothing of what the login page says", async ({ page, browser }) => {
    await page.goto("/login");
    await awake(page, true);
    const plain = await browser.newContext({ javaScriptEnabled: false });
    const without = await plain.newPage();
    await without.goto("/login");
    expect(await page.locator("body").innerText()).toBe(await without.locator("body").innerText());
    await plain.close();
  });
});

test.describe("a page that is not there", () => {
  test.use({ provokes: [/status of 404/] });

  test("says so, offers the way home, and loads no script", async ({ page }) => {
    const scripts = scriptsOf(page);
    const answer = await page.goto("/no/such/page");
    expect(answer?.status()).toBe(404);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    expect(scripts).toEqual([]);
    await expect(page.locator("script")).toHaveCount(0);

    await page.locator("main").getByRole("link").first().click();
    await expect(page).toHaveURL((url) => url.pathname === "/login");
  });
});

test.describe("the address of the sign-out, opened like a page", () => {
  test.use({ provokes: [/status of 405/] });

  test("says what to do instead and ends no session", async ({ page }) => {
    await signIn(page, await somebody());
    const answer = await page.goto("/auth/logout");
    expect(answer?.status()).toBe(405);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await page.goto("/dashboard");
    await expect(page).toHaveURL("/dashboard");
  });
});

test("no page can be framed, cached or sniffed", async ({ page }) => {
  for (const path of ["/login", "/dashboard"]) {
    const headers = (await page.goto(path))!.headers();
    expect(headers["cache-control"]).toContain("no-store");
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
    expect(headers["content-security-policy"]).not.toMatch(/'unsafe-(inline|eval|hashes)'/);
  }
});

test("a form of ours is sent to nobody else", async ({ page }) => {
  await signIn(page, await somebody());
  for (const path of ["/login", "/settings", "/drive", "/calendar", "/settings/link?provider=google"]) {
    const policy = (await page.goto(path))!.headers()["content-security-policy"];
    const formAction = policy.split(";").find((directive) => directive.trim().startsWith("form-action"));
    expect(formAction?.trim(), path).toBe("form-action 'self'");
  }
});

/** Addresses of all code that the page asks for. */
function scriptsOf(page: Page): string[] {
  const scripts: string[] = [];
  page.on("request", (request) => {
    if (request.resourceType() === "script" || /\.(js|wasm)\b/.test(request.url())) scripts.push(request.url());
  });
  return scripts;
}
