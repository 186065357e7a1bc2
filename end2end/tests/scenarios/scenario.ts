// Scenarios lead through the pages in all their states, for tests that inspect each state: with axe, a ruler or a camera.

import type { BrowserContext, Page } from "../support/fixtures";

/** Inspects the current page. `state` is unique among all scenarios and serves as a file name. */
export type Inspect = (page: Page, state: string) => Promise<void>;
export type Scenario = (page: Page, anotherBrowser: BrowserContext, inspect: Inspect) => Promise<void>;
/** Scenarios by their titles. */
export type Scenarios = Record<string, Scenario>;
