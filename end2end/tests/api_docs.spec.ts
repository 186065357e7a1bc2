// The API reference: readable and navigable without JavaScript, on a phone and in dark mode; its samples work.

import { expectNoAxeViolations } from "./support/axe";
import { expect, type Page, test } from "./support/fixtures";
import { expectNoOverflow, pageHeading } from "./support/page";

const phone = { width: 375, height: 812 };

async function openReference(page: Page) {
  await page.goto("/api/docs");
  await expect(pageHeading(page, "API reference")).toBeVisible();
}

/** The code of an operation's samples. */
async function samples(page: Page, label: string): Promise<string[]> {
  const figures = page.locator(".api-sample").filter({ has: page.getByText(label, { exact: true }) });
  return figures.locator("code").allTextContents();
}

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false, viewport: phone });

  test("the reference is complete on a phone", async ({ page }) => {
    await openReference(page);
    await expectNoOverflow(page);
    await page.getByRole("navigation", { name: "API reference" }).getByRole("link", { name: "List sessions" }).click();
    await expect(page).toHaveURL(/#listSessions$/);
    const operation = page.locator("#listSessions");
    await expect(operation).toBeInViewport();
    await expect(operation.getByRole("rowheader", { name: "sessions[].created_at" })).toBeVisible();

    const code = operation.getByRole("rowheader", { name: "not_signed_in" });
    await expect(code).toBeHidden();
    await operation.getByText("Errors (5)").click();
    await expect(code).toBeVisible();
    await expectNoOverflow(page);
    await expect(page.getByRole("button")).toHaveCount(0);
  });

  test("a parameter has a name, a type and says whether it is required", async ({ page }) => {
    await openReference(page);
    const table = page.getByRole("table", { name: "Body With an id_token." });
    await expect(table.getByRole("row", { name: /^provider string required/ })).toBeVisible();
    await expect(table.getByRole("row", { name: /^mode "session" or "token" or null optional/ })).toBeVisible();
    // The alternative excludes it.
    await expect(table.getByRole("rowheader", { name: "access_token" })).toHaveCount(0);
  });
});

test.describe("with JavaScript", { tag: "@js" }, () => {
  for (const colorScheme of ["light", "dark"] as const) {
    test(`axe finds nothing on a phone with everything unfolded in ${colorScheme} mode`, async ({ page }) => {
      test.setTimeout(120_000);
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize(phone);
      await openReference(page);
      for (const summary of await page.locator("summary").all()) await summary.click();
      await expectNoAxeViolations(page, 60_000);
      await expectNoOverflow(page);
    });
  }

  test("a button copies a sample", async ({ page, context }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await openReference(page);
    const sample = page.locator("#getNonce .api-sample").first();
    await sample.getByRole("button", { name: "Copy: curl" }).click();
    await expect(page.getByRole("status")).toHaveText("Copied");
    await expect(sample.getByRole("button", { name: "Copied: curl" })).toBeVisible();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await sample.locator("code").textContent());
  });

  test.describe("the samples for JavaScript", () => {
    // Their tokens are made up.
    test.use({ expectedErrors: [/status of (400|401|404)/] });

    test("run, and Latchkey understands them", async ({ page }) => {
      await openReference(page);
      const outcomes = [];
      for (const code of await samples(page, "fetch")) {
        const answer = await page.evaluate(`(async () => { const accessToken = "made-up"; ${code} return answer; })()`);
        outcomes.push(answer.error?.code ?? "ok");
      }
      expect(outcomes).toEqual([
        "ok",
        "provider_token_invalid",
        "provider_token_invalid",
        "second_factor_expired",
        "refresh_token_invalid",
        "ok",
        "invalid_token",
        "invalid_token",
        "invalid_token",
        "ok",
        "ok",
      ]);
    });
  });
});
