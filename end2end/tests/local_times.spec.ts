// Times are written by the server in the browser's zone, from the second page on.

import { newAccount, signUp } from "./support/account";
import { expect, test } from "./support/fixtures";
import { waitForIslands } from "./support/page";

test.use({ timezoneId: "Asia/Tokyo" });

test("no time changes after the page has loaded @js", async ({ page, javaScriptEnabled }) => {
  await signUp(page, newAccount());
  const answer = await page.goto("/dashboard");
  const sent = (await answer!.text()).match(/<time [^>]*>[^<]*<\/time>/g) ?? [];
  await waitForIslands(page, javaScriptEnabled);
  const shown = await page.locator("time").evaluateAll((times) => times.map((time) => time.textContent!.trim()));
  expect(sent.length).toBeGreaterThan(2);
  expect(shown).toEqual(sent.map((time) => time.replace(/<[^>]*>/g, "").trim()));
  const hour = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", timeZone: "Asia/Tokyo" }).format(new Date());
  expect(shown.some((time) => time.includes(`, ${hour.padStart(2, "0")}:`))).toBe(true);
});
