// What a user does in each engine, in this order. Every provider that a form leads to redirects through two other origins
// before its first page, which `form-action` of a Content Security Policy would stop in some engines.

import assert from "node:assert/strict";
import { certified, latchkey, sandbox } from "../servers.mjs";

const button = (text) => `//button[starts-with(normalize-space(),'${text}')]`;
const provider = (label) => `//button[contains(normalize-space(),'Continue with ${label}')]`;
const heading = (text) => `//h1[normalize-space()='${text}']`;
const field = (label) => `//input[@id=//label[normalize-space()='${label}']/@for] | //label[starts-with(normalize-space(),'${label}')]//input`;
const summary = (text) => `//summary[normalize-space()='${text}']`;
const person = (id) => `//button[@name='person' and @value='${id}']`;
const decision = (value) => `//button[@name='decision' and @value='${value}']`;
const at = (path) => [path, ({ origin, pathname }) => origin === latchkey.origin && pathname === path];

async function continueWith(browser, label) {
  const start = `//a[starts-with(normalize-space(),'Continue with ${label}')]`;
  await browser.goto(`${latchkey.origin}/login`);
  await browser.until(`${start} is there`, async () => (await browser.elements(start))[0]);
  // WebKit's driver takes what a closed `<details>` has for visible.
  if ((await browser.elements(`//details[not(@open)]${start}`)).length > 0) await browser.click(summary("More options"));
  await browser.click(start);
}

async function authorizeAtCertified(browser, email) {
  await browser.untilUrl("the certified provider's", ({ origin }) => origin === certified.issuer);
  await browser.fill(field("Email"), email);
  await browser.click(button("Allow"));
}

async function signOut(browser) {
  await browser.goto(`${latchkey.origin}/settings`);
  await browser.click(button("Sign out"));
  await browser.untilUrl(...at("/login"));
}

/** Each step gets the browser and a user whom no other engine has. */
export const steps = {
  async "the login page begins without an alert"(browser) {
    await browser.goto(`${latchkey.origin}/login`);
    // The button, or why there is none.
    await browser.element("//*[@data-passkey]//*[self::button or self::p]");
    assert.deepEqual(await browser.elements("//*[@role='alert']"), []);
  },

  async "sign in with a provider"(browser, user) {
    await continueWith(browser, "Google");
    await browser.click(person(user.id));
    await browser.click(decision("allow"));
    await browser.untilUrl(...at("/dashboard"));
    await browser.element(heading(user.name));
  },

  async "link a provider"(browser, user) {
    await browser.goto(`${latchkey.origin}/settings/security`);
    await browser.click(summary("Add a sign-in method"));
    await browser.click(button("Add Certified"));
    await authorizeAtCertified(browser, user.email);
    await browser.untilUrl(...at("/settings/security"));
    await browser.element("//h3[normalize-space()='Certified']");
  },

  async "confirm with a provider, after going back from it"(browser, user) {
    // The error keeps the page: this user has signed in a moment ago.
    await browser.goto(`${latchkey.origin}/confirm?return_to=%2Fsettings%2Fdelete&error=wrong_password`);
    const again = provider("Certified");
    await browser.click(again);
    if (user.goesBack) {
      await browser.element(field("Email"));
      await browser.back();
      await browser.untilUrl(...at("/confirm"));
      await browser.click(again);
    }
    await authorizeAtCertified(browser, user.email);
    await browser.element(heading("Delete your account"));
  },

  async "connect Google Drive"(browser) {
    await browser.goto(`${latchkey.origin}/drive`);
    await browser.click(button("Connect Google Drive"));
    await browser.click(decision("allow"));
    await browser.untilUrl(...at("/drive"));
    await browser.element("//table//tbody/tr");
  },

  async "lists and tables keep their roles on a phone"(browser) {
    await browser.resize(500, 800);
    const expected = [
      ["//table[@aria-label='Files']", "table"],
      ["(//tbody/tr)[1]", "row"],
      ["(//tbody/tr)[1]/th", "rowheader"],
      ["(//tbody/tr)[1]/td", "cell"],
      ["//ul | //ol", "list"],
    ];
    for (const [xpath, role] of expected) {
      assert.deepEqual([...new Set(await browser.roles(xpath))], [role], xpath);
    }
    await browser.resize(1280, 900);
  },

  async "sign in with the password, and link Google"(browser, user) {
    const password = "seven lanterns over a quiet harbour";
    await signOut(browser);
    await browser.goto(`${latchkey.origin}/signup`);
    await browser.fill(field("Email address"), user.other);
    await browser.fill(field("Password"), password);
    await browser.click(button("Create account"));
    await browser.element(heading("Check your inbox"));
    await browser.goto(await emailLink(user.other));
    await browser.click(button("Finish sign-up"));
    await browser.untilUrl(...at("/dashboard"));
    await signOut(browser);
    await continueWith(browser, "Google");
    await browser.click(person(`${user.id}-other`));
    await browser.click(decision("allow"));
    await browser.untilUrl(...at("/link"));
    await browser.fill(field("Your Latchkey password"), password);
    await browser.click(button("Sign in and link"));
    await browser.untilUrl(...at("/dashboard"));
  },

  async "link Google by signing in with another provider"(browser, user) {
    await signOut(browser);
    await browser.deleteCookies(`${certified.issuer}/`);
    await continueWith(browser, "Certified");
    await authorizeAtCertified(browser, user.third);
    await browser.untilUrl(...at("/dashboard"));
    await signOut(browser);
    await continueWith(browser, "Google");
    await browser.click(person(`${user.id}-third`));
    await browser.click(decision("allow"));
    await browser.untilUrl(...at("/link"));
    // It remembers the user, and shows no page.
    await browser.click(provider("Certified"));
    await browser.untilUrl(...at("/dashboard"));
    await signOut(browser);
    await browser.element("//a[contains(normalize-space(),'Continue as')]");
  },
};

/** The link of the newest email to an address. Waits for it. */
async function emailLink(address) {
  for (;;) {
    const response = await fetch(`${sandbox.origin}/control/emails?to=${encodeURIComponent(address)}`);
    const { emails } = await response.json();
    const found = emails.at(-1)?.links.find((url) => url.startsWith(`${latchkey.origin}/auth/email-link?token=`));
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
