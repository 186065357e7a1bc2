// "Attack it": each button, on a development server of its own with its built-in sandbox. The walkthrough has to end at the
// check that the button names.

import { freePorts } from "../ports.mjs";
import { startLatchkey, stopProcess, waitFor } from "../processes.mjs";
import { expectNoAxeViolations } from "./support/axe";
import { expect, type Page, test } from "./support/fixtures";
import { expectNoOverflow, pageHeading } from "./support/page";
import { consentButton, personButton } from "./support/provider_page";

// The server and its sandbox have origins of their own.
test.use({ expectedErrors: [/^unexpected request to http:\/\/localhost:\d+\//] });

let origin: string;
let server: ReturnType<typeof startLatchkey>;

test.beforeAll(async () => {
  const [port, sandboxPort, smtpPort] = await freePorts(3);
  origin = `http://localhost:${port}`;
  const settings = {
    BASE_URL: origin,
    LISTEN_ADDR: `127.0.0.1:${port}`,
    SANDBOX_ADDR: `127.0.0.1:${sandboxPort}`,
    SANDBOX_SMTP_ADDR: `127.0.0.1:${smtpPort}`,
    RATE_LIMITS: "off",
  };
  server = startLatchkey("serve", settings, `attacks-${port}`);
  await waitFor(`${origin}/healthz`, server);
});
test.afterAll(() => stopProcess(server));

/** Signs in as Ada at the sandbox, up to the login page that says that it failed. */
async function runInto(page: Page) {
  const failed = page.getByRole("link", { name: "What happened, step by step" });
  const consent = consentButton(page, "allow");
  await personButton(page, { id: "ada" }).click({ timeout: 20_000 });
  await expect(consent.or(failed)).toBeVisible({ timeout: 20_000 });
  if (await consent.isVisible()) await consent.click({ timeout: 20_000 });
  await failed.click({ timeout: 20_000 });
}

test("each attack is stopped by the check that its button names", async ({ page }) => {
  test.setTimeout(180_000);
  await page.goto(`${origin}/inspect`);
  const attacks = page.getByRole("listitem").filter({ hasText: "Stopped by: " });
  const count = await attacks.count();
  expect(count).toBe(17);
  for (let index = 0; index < count; index++) {
    await page.goto(`${origin}/inspect`);
    const attack = attacks.nth(index);
    const stoppedBy = /Stopped by: (.+?)\. Without it/.exec((await attack.textContent())!)![1];
    const isPlayed = (await attack.textContent())!.includes("Played by this server.");
    await attack.getByRole("button").click();
    if (!isPlayed) await runInto(page);
    const ending = page.getByRole("region", { name: "Why it was refused" });
    await expect(ending.getByText(`Stopped at: ${stoppedBy}`, { exact: true })).toBeVisible();
    await expect(ending.getByText("Without this check")).toBeVisible();
    await expect(page.getByText("Refused", { exact: true }).first()).toBeVisible();
  }
});

test("a replayed callback shows the sign-in that came before it", async ({ page }) => {
  await page.goto(`${origin}/inspect`);
  await page.getByRole("button", { name: "Replay the callback" }).click();
  await expect(pageHeading(page, "Sign-in with Google")).toBeVisible();
  await expect(page.getByRole("heading", { name: "A session begins" })).toBeVisible();
  await expect(page.getByRole("region", { name: /^3\. GET \/auth\/callback\/google/ })).toBeVisible();
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing on the buttons in ${colorScheme} mode @js`, async ({ page }) => {
    test.setTimeout(90_000);
    await page.emulateMedia({ colorScheme });
    for (const viewport of [{ width: 390, height: 844 }, { width: 1280, height: 900 }]) {
      await page.setViewportSize(viewport);
      await page.goto(`${origin}/inspect`);
      await expect(page.getByRole("heading", { name: "Attack it" })).toBeVisible();
      await expectNoAxeViolations(page, 60_000);
      await expectNoOverflow(page);
    }
  });
}
