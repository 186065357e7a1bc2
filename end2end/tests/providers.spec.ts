// Every provider that the sandbox mocks, by its button.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { request } from "@playwright/test";
import { sandbox } from "../servers.mjs";
import { expect, type Page, test } from "./support/fixtures";
import { signOutButton } from "./support/page";
import { createPerson } from "./support/person";
import { authorizeIfAsked } from "./support/provider_page";
import { continueWith, memberSince, nameHeading, signOut } from "./support/session";

// The labels of the built-in providers: each one's module has `BuiltIn::new(("slug", "Label"), …)`.
const modules = fileURLToPath(new URL("../../src/providers/", import.meta.url));
const labels = readdirSync(modules, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".rs"))
  .flatMap((name) => [...readFileSync(modules + name, "utf8").matchAll(/BuiltIn::new\(\s*\("[a-z]+", "([^"]+)"\)/g)])
  .map(([, label]) => label);

for (const label of labels) {
  test(`two sign-ins with ${label} lead to the same account`, async ({ page, anotherBrowser }) => {
    const person = await createPerson();
    const created: (string | null)[] = [];
    for (const tab of [page, await anotherBrowser.newPage()]) {
      await tab.goto("/login");
      await continueWith(tab, label);
      await expect(tab).toHaveURL((url) => url.origin === sandbox.origin);
      await authorizeIfAsked(tab, person);
      if (label === "Apple") await submitAppleForm(tab);
      await expect(tab).toHaveURL("/dashboard");
      await expect(nameHeading(tab, person)).toBeVisible();
      created.push(await memberSince(tab));
    }
    expect(created[0]).toBeTruthy();
    expect(created[1]).toBe(created[0]);
    await signOut(page);
  });
}

test("the login page has a button for every sandbox provider", async ({ page }) => {
  const control = await request.newContext({ baseURL: sandbox.origin });
  const variables: Record<string, string> = await (await control.get("/control/variables")).json();
  await control.dispose();
  const clients = Object.keys(variables).filter((name) => name.endsWith("_CLIENT_ID"));
  expect(clients.map((name) => name.replace("_CLIENT_ID", "")).sort()).toEqual(labels.map((label) => label.toUpperCase()).sort());
  await page.goto("/login");
  await page.getByText("More options").click();
  for (const label of labels) {
    await expect(page.getByRole("link", { name: `Continue with ${label}`, exact: true })).toBeVisible();
  }
});

/** Submits the form that carries Apple's response. At Apple a script submits it. */
async function submitAppleForm(page: Page) {
  const button = page.getByRole("button", { name: "Continue" });
  await expect(button.or(signOutButton(page)).first()).toBeVisible();
  if (await button.isVisible()) await button.click();
}
