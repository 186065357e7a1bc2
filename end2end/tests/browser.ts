// Playwright's `test`, with an eye on every page of Latchkey while it runs: a console error, a violated content
// security policy, an uncaught exception or a request to anywhere else fails the test, whatever it was about.

import { test as base, expect, type BrowserContext } from "@playwright/test";
import { certified, hops, latchkey, sandbox } from "../servers.mjs";

export { expect } from "@playwright/test";
export type { BrowserContext, Locator, Page } from "@playwright/test";

/** Where pages of ours may load things from: themselves, and pictures of persons from the sandbox. */
const friends = [latchkey.origin, sandbox.origin, certified.issuer, ...hops.map(({ origin }) => origin)];

type Options = {
  /** Console messages that this test provokes, such as the browser's line about a 404. */
  provokes: RegExp[];
};

type Fixtures = {
  complaints: string[];
  /** A second browser of somebody else, watched like the first. */
  anotherBrowser: BrowserContext;
};

export const test = base.extend<Options & Fixtures>({
  provokes: [[], { option: true }],

  complaints: async ({ provokes }, use) => {
    const complaints: string[] = [];
    await use(complaints);
    const unexpected = complaints.filter((complaint) => !provokes.some((expected) => expected.test(complaint)));
    expect(unexpected, "what the browser complained about").toEqual([]);
  },

  context: async ({ context, complaints }, use) => {
    watch(context, complaints);
    await use(context);
  },

  anotherBrowser: async ({ browser, complaints }, use) => {
    const context = await browser.newContext();
    watch(context, complaints);
    await use(context);
    await context.close();
  },
});

function watch(context: BrowserContext, complaints: string[]) {
  context.on("console", (message) => {
    const worrying = message.type() === "error" || /content security policy|hydrat/i.test(message.text());
    const place = message.location().url || message.page()?.url() || "";
    if (worrying && isOurs(place)) complaints.push(`${message.text()} (${place})`);
  });
  context.on("weberror", (error) => {
    if (isOurs(error.page()?.url() ?? "")) complaints.push(`uncaught: ${error.error().stack}`);
  });
  context.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    if (/^(https?|wss?):$/.test(protocol) && !friends.includes(origin)) complaints.push(`asked for ${request.url()}`);
  });
}

/** The sandbox and the certified provider answer for their own pages. */
function isOurs(url: string) {
  return !url.startsWith(sandbox.origin) && !url.startsWith(certified.issuer);
}
