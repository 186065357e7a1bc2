// The link prompt.

import { newAccount } from "../support/account";
import { expect } from "../support/fixtures";
import { savePassword } from "../support/form";
import { createPasswordUser } from "../support/link_prompt";
import { createPerson, longEmail, longName } from "../support/person";
import { authorizeWith } from "../support/session";
import type { Scenarios } from "./scenario";

export const linkPromptScenarios: Scenarios = {
  "the link prompt": async (page, anotherBrowser, inspect) => {
    const { person } = await createPasswordUser(anotherBrowser);
    await authorizeWith(page, "Google", person);
    await inspect(page, "link");
    await page.goto("/link?error=wrong_password");
    await inspect(page, "link-wrong-password");
    await page.getByRole("button", { name: "Cancel" }).click();
    await expect(page).toHaveURL((url) => url.pathname === "/login");
    await inspect(page, "login-link-cancelled");
  },

  "the link prompt with a password and a provider": async (page, anotherBrowser, inspect) => {
    const person = await createPerson(longName, longEmail());
    const otherPage = await anotherBrowser.newPage();
    await authorizeWith(otherPage, "GitHub", person);
    await otherPage.goto("/settings/password");
    await savePassword(otherPage, newAccount().password);
    await expect(otherPage).toHaveURL((url) => url.pathname === "/settings/security");
    await authorizeWith(page, "Google", person);
    await inspect(page, "link-both");
  },
};
