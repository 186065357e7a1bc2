// The calendar on the dashboard.

import type { Locator, Page } from "./fixtures";

export function calendarCard(page: Page): Locator {
  return page.getByRole("region", { name: "Next in your calendar" });
}

export function calendarEvents(page: Page): Locator {
  return calendarCard(page).getByRole("listitem");
}
