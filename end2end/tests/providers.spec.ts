// Each provider that the sandbox plays, by its own button.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { request } from "@playwright/test";
import { sandbox } from "../servers.mjs";
import { expect, test, type Page } from "./browser";
import { answerAs, continueWith, memberSince, nameOf, signOut, signedIn, somebody } from "./people";

// From the table of built-in providers: each one's page has `BuiltIn::new(("slug", "Label"), …)`.
const pages = fileURLToPath(new URL("../../src/providers/", import.meta.url));
const labels = readdirSync(pages)
  .filter((name) => name.endsWith(".rs"))
  .flatMap((name) => [...readFileSync(pages + name, "utf8").matchAll(/BuiltIn::new\(\s*\("[a-z]+", "([^"]+)"\)/g)])
  .map(([, label]) => label);

for (const label of labels) {
  test(`a person signs in with ${label}, twice, as the same person`, async ({ page, anotherBrowser }) => {
    const person = await somebody();
    const created: (string | null)[] = [];
    for (const tab of [page, await anotherBrowser.newPage()]) {
      await tab.goto("/login");
      await continueWith(tab, label);
      await expect(tab).toHaveURL((url) => url.origin === sandbox.origin);
      await answerAs(tab, person);
      if (label === "Apple") await postTheForm(tab);
      await expect(tab).toHaveURL("/dashboard");
      await expect(nameOf(tab, person)).toBeVisible();
      created.push(await memberSince(tab));
    }
    expect(created[0]).toBeTruthy();
    expect(created[1]).toBe(created[0]);
    await signOut(page);
  });
}

test("every provider that the sandbox plays has its button, and is in this list", async ({ page }) => {
  const control = await request.newContext({ baseURL: sandbox.origin });
  const variables: Record<string, string> = await (await control.get("/control/variables")).json();
  await control.dispose();
  const clients = Object.keys(variables).filter((name) => name.endsWith("_CLIENT_ID"));
  expect(clients.map((name) => name.replace("_CLIENT_ID", "")).sort()).toEqual(labels.map((label) => label.toUpperCase()).sort());
  await page.goto("/login");
  for (const label of labels) {
    await expect(page.getByRole("link", { name: `Continue with ${label}`, exact: true })).toBeVisible();
  }
});

/** Apple's answer is a form; in life its page posts it by a script. */
async function postTheForm(page: Page) {
  const button = page.getByRole("button", { name: "Continue" });
  await expect(button.or(signedIn(page)).first()).toBeVisible();
  if (await button.isVisible()) await button.click();
}
