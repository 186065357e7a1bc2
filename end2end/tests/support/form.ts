// Fields and forms that several pages share.

import { expect, type Locator, type Page } from "./fixtures";

export function emailField(page: Page): Locator {
  return page.getByRole("textbox", { name: /email address/i });
}

export function passwordField(page: Page): Locator {
  return page.getByRole("textbox", { name: /password/i });
}

/** Submits a form that asks for an email address and sends an email to it. */
export async function submitEmail(page: Page, email: string) {
  await emailField(page).fill(email);
  await page.getByRole("button", { name: "Send email" }).click();
}

/** Submits a form that asks for a new password. */
export async function savePassword(page: Page, password: string) {
  await passwordField(page).fill(password);
  await page.getByRole("button", { name: "Save password" }).click();
}

/** Expects that the field is invalid and that the page's error describes it. */
export async function expectDescribedByError(page: Page, field: Locator) {
  await expect(field).toHaveAttribute("aria-invalid", "true");
  const descriptions = ((await field.getAttribute("aria-describedby")) ?? "").split(" ");
  expect(descriptions).toContain(await page.getByRole("alert").getAttribute("id"));
}
