// Recording on demand: a server of its own, on which nothing is recorded until somebody switches it on.

import { freePorts } from "../ports.mjs";
import { providerVariables, startLatchkey, stopProcess, waitFor } from "../processes.mjs";
import { expectNoAxeViolations } from "./support/axe";
import { expect, test } from "./support/fixtures";
import { expectNoOverflow, pageHeading } from "./support/page";
import { createPerson } from "./support/person";
import { authorizeIfAsked } from "./support/provider_page";
import { continueWith } from "./support/session";

test.use({ expectedErrors: [/^unexpected request to http:\/\/localhost:\d+\//] });

let origin: string;
let server: ReturnType<typeof startLatchkey>;

test.beforeAll(async () => {
  const [port] = await freePorts(1);
  origin = `http://localhost:${port}`;
  const settings = { BASE_URL: origin, LISTEN_ADDR: `127.0.0.1:${port}`, RATE_LIMITS: "off", INSPECT: "on-demand" };
  server = startLatchkey("serve", { ...(await providerVariables()), ...settings }, `on-demand-${port}`);
  await waitFor(`${origin}/healthz`, server);
});
test.afterAll(() => stopProcess(server));

test("a link records the browser whose user agrees, until it is stopped", async ({ page, anotherBrowser }) => {
  test.setTimeout(90_000);
  await page.goto(`${origin}/inspect`);
  await expect(page.getByText("Nothing is recorded at present.")).toBeVisible();
  await page.getByRole("button", { name: "Make a link for one browser" }).click();
  const link = (await page.locator(".walk-link").textContent())!;
  await expectNoOverflow(page);

  const user = await anotherBrowser.newPage();
  const person = await createPerson();
  await user.goto(link);
  await expect(pageHeading(user, "Record your next sign-in?")).toBeVisible();
  await user.getByRole("button", { name: "Record it, and sign in" }).click();
  await continueWith(user, "Google");
  await authorizeIfAsked(user, person);
  await expect(user).toHaveURL(`${origin}/dashboard`);

  await page.goto(`${origin}/inspect`);
  await expect(page.getByRole("link", { name: "Sign-in with Google" })).toHaveCount(1);
  await expect(page.getByText("One browser has accepted its link")).toBeVisible();
  await page.getByRole("button", { name: "Record for ten minutes" }).click();
  await expect(page.getByText(/^Every sign-in is recorded until/)).toBeVisible();
  await page.getByRole("button", { name: "Stop recording" }).click();
  await expect(page.getByText("Nothing is recorded at present.")).toBeVisible();
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing on the switch and the question in ${colorScheme} mode @js`, async ({ page }) => {
    test.setTimeout(90_000);
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(`${origin}/inspect`);
    await page.getByRole("button", { name: "Make a link for one browser" }).click();
    await expectNoAxeViolations(page, 60_000);
    await page.goto((await page.locator(".walk-link").last().textContent())!);
    await expectNoAxeViolations(page, 60_000);
    await expectNoOverflow(page);
  });
}
