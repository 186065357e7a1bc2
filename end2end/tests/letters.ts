// The letters that Latchkey sends, as their readers get them: in a webmail on another site, where the browser comes from
// when a link is clicked.

import { request } from "@playwright/test";
import { certified, latchkey, sandbox } from "../servers.mjs";
import { expect, type Page } from "./browser";

export type Letter = { subject: string; text: string; html: string; links: string[] };

/** The newest letter to the address whose subject fits; waits until it has arrived. */
export async function letterTo(address: string, subject: RegExp): Promise<Letter> {
  let letter: Letter | undefined;
  await expect
    .poll(async () => (letter = (await lettersTo(address)).filter((one) => subject.test(one.subject)).at(-1)), {
      message: `a letter to ${address} about ${subject}`,
    })
    .toBeTruthy();
  return letter!;
}

/** All letters to the address so far, the oldest first. */
export async function lettersTo(address: string): Promise<Letter[]> {
  const control = await request.newContext({ baseURL: sandbox.origin });
  const answer = await control.get(`/control/emails?to=${encodeURIComponent(address)}`);
  expect(answer.ok(), await answer.text()).toBe(true);
  const { emails: letters } = await answer.json();
  await control.dispose();
  return letters;
}

/** The link of a letter that does something; the others only lead to a page. */
export function linkIn(letter: Letter): string {
  const link = letter.links.find((one) => one.startsWith(`${latchkey.origin}/auth/email-link?token=`));
  expect(link, letter.text).toBeTruthy();
  return link!;
}

/** Opens the letter in a webmail and clicks its one button. */
export async function follow(page: Page, letter: Letter) {
  // The name of the certified provider is another site to the browser than ours.
  const webmail = `${certified.issuer}/webmail`;
  await page.route(webmail, (route) => route.fulfill({ contentType: "text/html", body: letter.html }));
  await page.goto(webmail);
  await page.getByRole("link").first().click();
  await expect(page).toHaveURL((url) => url.origin === latchkey.origin);
  await page.unroute(webmail);
}
