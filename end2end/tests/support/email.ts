// The emails that Latchkey sends, read from the sandbox's inbox and opened in a webmail on another site.

import { request } from "@playwright/test";
import { certified, latchkey, sandbox } from "../../servers.mjs";
import { expect, type Page } from "./fixtures";

export type Email = { subject: string; text: string; html: string; links: string[] };

/** Waits for an email to the address with this subject, and returns the newest. */
export async function emailTo(address: string, subject: RegExp): Promise<Email> {
  let email: Email | undefined;
  await expect
    .poll(async () => (email = (await emailsTo(address)).filter((sent) => subject.test(sent.subject)).at(-1)), {
      message: `an email to ${address} about ${subject}`,
    })
    .toBeTruthy();
  return email!;
}

/** All emails to the address so far, the oldest first. */
export async function emailsTo(address: string): Promise<Email[]> {
  const control = await request.newContext({ baseURL: sandbox.origin });
  const response = await control.get(`/control/emails?to=${encodeURIComponent(address)}`);
  expect(response.ok(), await response.text()).toBe(true);
  const { emails } = await response.json();
  await control.dispose();
  return emails;
}

/** The link with the token; the other links only lead to a page. */
export function tokenLink(email: Email): string {
  const link = email.links.find((url) => url.startsWith(`${latchkey.origin}/auth/email-link?token=`));
  expect(link, email.text).toBeTruthy();
  return link!;
}

/** Opens the email in a webmail and clicks its button. */
export async function openEmailLink(page: Page, email: Email) {
  // To the browser, the certified provider's origin is another site than Latchkey's.
  const webmail = `${certified.issuer}/webmail`;
  await page.route(webmail, (route) => route.fulfill({ contentType: "text/html", body: email.html }));
  await page.goto(webmail);
  await page.getByRole("link").first().click();
  await expect(page).toHaveURL((url) => url.origin === latchkey.origin);
  await page.unroute(webmail);
}
