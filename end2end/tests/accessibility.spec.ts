// Everybody can use it: by keyboard alone, with a screen reader, on a narrow phone, in light and dark.

import AxeBuilder from "@axe-core/playwright";
import { addressField, newcomer, passwordField } from "./accounts";
import { expect, test, type Locator, type Page } from "./browser";
import { awake, nameOf, signIn, signedIn, somebody } from "./people";
import { refusals } from "./refusals";
import { walks } from "./walks";

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`axe finds nothing, ${colorScheme}`, { tag: "@js" }, () => {
    // 404 is what one of the pages is about.
    test.use({ colorScheme, provokes: [/status of 404/] });

    test("on the login page", async ({ page }) => {
      await page.goto("/login");
      await awake(page, true);
      await expectNoViolations(page);
    });

    for (const refusal of refusals) {
      test(`on the login page that tells of ${refusal}`, async ({ page }) => {
        await page.goto(`/login?error=${refusal}`);
        await expect(page.getByRole("alert")).toBeVisible();
        await expectNoViolations(page);
      });
    }

    test("on the page about the API, and at 320 pixels nothing sticks out", async ({ page }) => {
      await page.goto("/api/docs");
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("API reference");
      await expectNoViolations(page);
      await page.setViewportSize({ width: 320, height: 640 });
      await expectNoOverflow(page);
    });

    test("on a page that is not there", async ({ page }) => {
      await page.goto("/no/such/page");
      await expectNoViolations(page);
    });
  });
}

/** Waits until the page is drawn in the colours that it was just given. */
async function drawn(page: Page) {
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

const phone = { width: 390, height: 844 };

test.describe("axe finds nothing on a desktop in light and on a phone in the dark, and at 320 pixels nothing sticks out", {
  tag: "@js",
}, () => {
  // What some of the pages are about.
  test.use({ provokes: [/status of (403|404|503)/] });

  for (const [name, walk] of Object.entries(walks)) {
    test(name, async ({ page, anotherBrowser }) => {
      test.setTimeout(180_000);
      await walk(page, anotherBrowser, async (looked, at) => {
        await test.step(at, async () => {
          await awake(looked, true);
          const desktop = looked.viewportSize()!;
          for (const [size, colorScheme] of [[desktop, "light"], [phone, "dark"]] as const) {
            await looked.setViewportSize(size);
            await looked.emulateMedia({ colorScheme, reducedMotion: "reduce" });
            await drawn(looked);
            await expectNoViolations(looked);
          }
          await looked.setViewportSize({ width: 320, height: 640 });
          await expectNoOverflow(looked);
          await looked.setViewportSize(desktop);
        });
      });
    });
  }
});

async function expectNoViolations(page: Page) {
  // Looked at in the middle of a change of colours, a page has some of either: what is wrong stays.
  await expect(async () => {
    const { violations } = await new AxeBuilder({ page }).analyze();
    const told = violations.map(({ id, help, nodes }) => `${id}: ${help}\n  ${nodes.map(({ html }) => html).join("\n  ")}`);
    expect(told).toEqual([]);
  }).toPass({ timeout: 15_000 });
}

test("a sign-in and a sign-out by keyboard alone", async ({ page, javaScriptEnabled }) => {
  const person = await somebody();
  await page.goto("/login");
  await awake(page, javaScriptEnabled);
  await tabTo(page, page.getByRole("link", { name: "Continue with Google" }));
  await page.keyboard.press("Enter");

  const theirs = page.locator(`button[name="person"][value="${person.id}"]`);
  await expect(theirs).toBeVisible();
  // The chooser has everybody of every test before them.
  await theirs.focus();
  await page.keyboard.press("Enter");

  const consent = page.locator('button[name="decision"][value="allow"]');
  await expect(consent).toBeVisible();
  await tabTo(page, consent);
  await page.keyboard.press("Enter");

  await expect(nameOf(page, person)).toBeVisible();
  await awake(page, javaScriptEnabled);
  await tabTo(page, signedIn(page));
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL((url) => url.pathname === "/login");
});

test("a sign-up by keyboard alone", async ({ page, javaScriptEnabled }) => {
  const { email, password } = newcomer();
  await page.goto("/signup");
  await awake(page, javaScriptEnabled);
  await tabTo(page, addressField(page));
  await page.keyboard.type(email);
  await tabTo(page, passwordField(page));
  await page.keyboard.type(password);
  await tabTo(page, page.getByRole("button", { name: "Create account" }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Check your inbox" })).toBeVisible();
});

test("the first stop of the keyboard leads past the header", async ({ page }) => {
  await page.goto("/login");
  await page.keyboard.press("Tab");
  const skip = page.locator(":focus");
  await expect(skip).toHaveText(/skip/i);
  await expect(skip).toBeInViewport();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/#main$/);
});

/** Presses Tab until the element has the focus, and expects that one can see it there. */
async function tabTo(page: Page, element: Locator) {
  for (let stop = 0; stop < 40; stop++) {
    await page.keyboard.press("Tab");
    if (await element.evaluate((it) => it === document.activeElement)) {
      const ring = await element.evaluate((it) => {
        const style = getComputedStyle(it);
        return style.outlineStyle !== "none" || style.boxShadow !== "none";
      });
      expect(ring, "the focus can be seen").toBe(true);
      return;
    }
  }
  throw new Error(`Tab never came to ${element}`);
}

test.describe("at 320 pixels nothing sticks out", () => {
  test.use({ viewport: { width: 320, height: 640 }, provokes: [/status of 404/] });

  test("of the login page and its errors", async ({ page }) => {
    for (const path of ["/login", ...refusals.map((refusal) => `/login?error=${refusal}`)]) {
      await page.goto(path);
      await expectNoOverflow(page);
    }
  });

  test("of the dashboard, however long the name", async ({ page, javaScriptEnabled }) => {
    const name = "Maximiliana-Theodora Wolfeschlegelsteinhausenbergerdorffwelchevoralternwaren von Hohenlohe";
    await signIn(page, await somebody(name));
    await awake(page, javaScriptEnabled);
    await expectNoOverflow(page);
  });

  test("of a page that is not there", async ({ page }) => {
    await page.goto(`/${"long".repeat(40)}`);
    await expectNoOverflow(page);
  });
});

async function expectNoOverflow(page: Page) {
  const widths = await page.locator("html").evaluate((html) => [html.scrollWidth, html.clientWidth]);
  expect(widths[0], page.url()).toBeLessThanOrEqual(widths[1]);
}
