// The error codes of the login page, as src/codes/sign_in_error.rs lists them.

import { expect, type Page } from "./fixtures";
import { bodyText, signOutButton } from "./page";

export const signInErrorCodes = [
  "cancelled",
  "flow_expired",
  "flow_unknown",
  "flow_used",
  "response_mismatch",
  "interaction_required",
  "site_misconfigured",
  "provider_refused",
  "provider_unavailable",
  "provider_metadata",
  "provider_keys",
  "provider_algorithm",
  "provider_response",
  "provider_invalid",
  "reauthentication_unsupported",
  "link_required",
  "not_permitted",
  "sign_up_closed",
  "invitation_required",
  "email_not_permitted",
  "account_disabled",
  "server_error",
];

/** Expects the login page with this error, and no session. */
export async function expectSignInError(page: Page, code: string, sentence: RegExp) {
  await expect(page).toHaveURL((url) => url.pathname === "/login" && url.searchParams.get("error") === code);
  await expect(page.getByRole("alert").filter({ hasText: sentence })).toBeVisible();
  await expect(signOutButton(page)).toHaveCount(0);
  // The page shows a sentence and never the code.
  expect(await bodyText(page)).not.toContain(code.includes("_") ? code : "error=");
}
