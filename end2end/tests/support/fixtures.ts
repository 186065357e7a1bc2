// Playwright's `test`, extended: a test fails when a page of Latchkey logs a console error, violates its content security
// policy, throws an uncaught exception or sends a request to an unknown origin.

import { test as base, expect, type BrowserContext } from "@playwright/test";
import { certified, hops, latchkey, sandbox } from "../../servers.mjs";

export { expect } from "@playwright/test";
export type { BrowserContext, Locator, Page } from "@playwright/test";

/** The origins that requests may go to: Latchkey, the providers, and the sandbox, which also serves profile pictures. */
const allowedOrigins = [latchkey.origin, sandbox.origin, certified.issuer, ...hops.map(({ origin }) => origin)];

type Options = {
  /** Browser errors that this test causes on purpose, such as the console message about a 404. */
  expectedErrors: RegExp[];
};

type Fixtures = {
  browserErrors: string[];
  /** A second browser with its own cookies, watched like the first. */
  anotherBrowser: BrowserContext;
};

export const test = base.extend<Options & Fixtures>({
  expectedErrors: [[], { option: true }],

  browserErrors: async ({ expectedErrors }, use) => {
    const errors: string[] = [];
    await use(errors);
    const unexpected = errors.filter((error) => !expectedErrors.some((expected) => expected.test(error)));
    expect(unexpected, "errors in the browser").toEqual([]);
  },

  context: async ({ context, browserErrors }, use) => {
    collectErrors(context, browserErrors);
    await use(context);
  },

  anotherBrowser: async ({ browser, browserErrors }, use) => {
    const context = await browser.newContext();
    collectErrors(context, browserErrors);
    await use(context);
    await context.close();
  },
});

function collectErrors(context: BrowserContext, errors: string[]) {
  context.on("console", (message) => {
    const isError = message.type() === "error" || /content security policy|hydrat/i.test(message.text());
    const url = message.location().url || message.page()?.url() || "";
    if (isError && !isProviderPage(url)) errors.push(`${message.text()} (${url})`);
  });
  context.on("weberror", (error) => {
    if (!isProviderPage(error.page()?.url() ?? "")) errors.push(`uncaught: ${error.error().stack}`);
  });
  context.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    const isNetwork = /^(https?|wss?):$/.test(protocol);
    if (isNetwork && !allowedOrigins.includes(origin)) errors.push(`unexpected request to ${request.url()}`);
  });
}

/** Errors on the pages of the sandbox and the certified provider are not Latchkey's. */
function isProviderPage(url: string) {
  return url.startsWith(sandbox.origin) || url.startsWith(certified.issuer);
}
