// The accessibility checker.

import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "./fixtures";

/** Expects that axe finds no violations. Axe needs JavaScript, so the page's must be enabled; a long page needs more time. */
export async function expectNoAxeViolations(page: Page, timeout = 15_000) {
  // During a colour transition axe reports contrasts that do not last.
  await expect(async () => {
    const { violations } = await new AxeBuilder({ page }).analyze();
    const reports = violations.map(({ id, help, nodes }) => `${id}: ${help}\n  ${nodes.map(({ html }) => html).join("\n  ")}`);
    expect(reports).toEqual([]);
  }).toPass({ timeout });
}
