// Each kind of flow that the browser can make has its walkthrough, with its checks and their verdicts.
//
// Tests share a server, and so the record: each opens its own flow by the id of its request.

import { latchkey, sandbox } from "../servers.mjs";
import { newAccount, signInWithPassword, signUp, submitPassword } from "./support/account";
import { connectDrive } from "./support/api_access";
import { emailTo } from "./support/email";
import { expect, type Page, test } from "./support/fixtures";
import { emailField, passwordField } from "./support/form";
import { pageHeading } from "./support/page";
import { addAuthenticator, withoutAutofill } from "./support/passkey";
import { createPerson, type Person } from "./support/person";
import { personButton } from "./support/provider_page";
import { signIn, signOut } from "./support/session";
import { linkProvider } from "./support/settings";

/** Does `action`, and opens the walkthrough of the last of its requests whose path begins like this. */
async function openFlow(page: Page, path: string, action: () => Promise<unknown>) {
  let id = "";
  page.on("response", (response) => {
    if (response.url().startsWith(`${latchkey.origin}${path}`)) id = response.headers()["x-request-id"] ?? id;
  });
  await action();
  await page.goto(`/inspect/${id}`);
}

async function expectFlow(page: Page, title: string, outcome: string, messages: string[]) {
  await expect(pageHeading(page, title)).toBeVisible();
  await expect(page.getByText(outcome, { exact: true }).first()).toBeVisible();
  for (const name of messages) await expect(page.getByRole("heading", { name, exact: true }).first()).toBeVisible();
}

/** The rows of checks, by label and verdict. */
function check(page: Page, label: string, verdict: "Passed" | "Refused") {
  const row = page.locator(".walk-check summary").filter({ has: page.getByText(label, { exact: true }) });
  return row.filter({ hasText: verdict }).first();
}

async function signedIn(page: Page): Promise<Person> {
  const person = await createPerson();
  await signIn(page, person);
  return person;
}

test("a password, right and wrong", async ({ page, anotherBrowser }) => {
  const account = await signUp(page, newAccount());
  const other = await anotherBrowser.newPage();
  await openFlow(other, "/auth/password/sign-in", () => signInWithPassword(other, account));
  await expectFlow(other, "Sign-in with a password", "Succeeded", ["A session begins"]);
  await expect(check(other, "Password", "Passed")).toBeVisible();

  await openFlow(other, "/auth/password/sign-in", async () => {
    await other.context().clearCookies();
    await other.goto("/login");
    await submitPassword(other, { ...account, password: "not the right one" });
    await expect(other.getByText("Incorrect email or password.").first()).toBeVisible();
  });
  await expectFlow(other, "Sign-in with a password", "Refused", ["The flow ends here"]);
  await expect(check(other, "Password", "Refused")).toBeVisible();
});

test("a link in an email", async ({ page }) => {
  await openFlow(page, "/auth/email/verify", () => signUp(page, newAccount()));
  await expectFlow(page, "Link in an email", "Succeeded", ["Row added to users", "A session begins"]);
  await expect(check(page, "Link of the email", "Passed")).toBeVisible();
});

test("linking another provider", async ({ page }) => {
  const person = await signedIn(page);
  await openFlow(page, "/auth/callback/github", () => linkProvider(page, "GitHub", person));
  await expectFlow(page, "Linking with GitHub", "Succeeded", ["Linking decision: link", "Row added to identities"]);
  await expect(check(page, "state", "Passed")).toBeVisible();
});

test("step-up for Drive", async ({ page }) => {
  await signedIn(page);
  await openFlow(page, "/auth/callback/google", () => connectDrive(page));
  await expectFlow(page, "Step-up for access with Google", "Succeeded", ["Linking decision: grant", "Row added to grants"]);
});

test("a re-authentication, at the provider and here", async ({ page }) => {
  const person = await signedIn(page);
  await page.goto("/confirm?return_to=%2Fsettings&error=wrong_password");
  await openFlow(page, "/auth/callback/google", async () => {
    await page.getByRole("button", { name: "Continue with Google" }).click();
    await personButton(page, person).click();
    await expect(page).toHaveURL("/settings");
  });
  await expectFlow(page, "Re-authentication with Google", "Succeeded", ["The session gets a new secret"]);

  await page.context().clearCookies();
  await signUp(page, newAccount());
  await page.goto("/confirm?return_to=%2Fsettings&error=wrong_password");
  await openFlow(page, "/auth/reauthenticate/password", async () => {
    await passwordField(page).fill("not this one");
    await page.getByRole("button", { name: "Continue", exact: true }).click();
    await expect(page.getByRole("alert")).toHaveText(/incorrect password/i);
  });
  await expectFlow(page, "Re-authentication", "Refused", ["The flow ends here"]);
  await expect(check(page, "Password", "Refused")).toBeVisible();
});

test("a code from an email, wrong and right", async ({ page, anotherBrowser }) => {
  const account = await signUp(page, newAccount());
  const other = await anotherBrowser.newPage();
  await other.goto("/login");
  await emailField(other).fill(account.email);
  await other.getByRole("button", { name: "Email me a code" }).click();
  const email = await emailTo(account.email, /your code to sign in/i);
  const [, code] = /enter this code there:\s+(\S{4}-\S{4})/.exec(email.text) ?? [];
  async function type(typed: string) {
    await other.goto("/login/code");
    await other.getByLabel("Code", { exact: true }).fill(typed);
    await other.getByRole("button", { name: "Sign in" }).click();
  }
  await openFlow(other, "/auth/email-code/sign-in", async () => {
    await type("2222-2222");
    await expect(other.getByRole("alert")).toHaveText(/that code is incorrect/i);
  });
  await expectFlow(other, "Sign-in with a code from an email", "Refused", ["The flow ends here"]);
  await expect(check(other, "Code from the email", "Refused")).toBeVisible();
  await openFlow(other, "/auth/email-code/sign-in", async () => {
    await type(code!);
    await expect(other).toHaveURL("/dashboard");
  });
  await expectFlow(other, "Sign-in with a code from an email", "Succeeded", ["A session begins"]);
});

test("a sign-out", async ({ page }) => {
  await signedIn(page);
  await openFlow(page, "/auth/logout", () => signOut(page));
  await expectFlow(page, "Sign-out", "Succeeded", ["Row deleted from sessions", "The session ends"]);
});

test("a passkey @js", async ({ page }) => {
  await withoutAutofill(page);
  await signUp(page, newAccount());
  await addAuthenticator(page);
  await page.goto("/settings/security");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Passkey added." })).toBeVisible();
  await page.goto("/dashboard");
  await signOut(page);
  await openFlow(page, "/auth/passkey", async () => {
    await page.getByRole("button", { name: "Use a passkey" }).click();
    await expect(page).toHaveURL("/dashboard");
  });
  await expectFlow(page, "Passkey", "Succeeded", ["A session begins"]);
  await expect(check(page, "Signature of the passkey", "Passed")).toBeVisible();
});

test("a program signs in, refreshes, and is caught with an old token", async ({ page }) => {
  const person = await createPerson();
  const post = (path: string, data: object) => page.request.post(path, { data });
  const { nonce } = await (await page.request.get("/api/auth/nonce")).json();
  const mint = { kind: "id_token", person: person.id, nonce };
  const minted = await (await post(`${sandbox.origin}/control/google/mint`, mint)).json();
  const signedIn = await post("/api/auth", { provider: "google", id_token: minted.id_token, mode: "token" });
  const { refresh_token: first } = await signedIn.json();
  await page.goto(`/inspect/${signedIn.headers()["x-request-id"]}`);
  await expectFlow(page, "Sign-in of a program with Google", "Succeeded", ["The id_token, taken apart", "The profile"]);
  await expect(check(page, "nonce", "Passed")).toBeVisible();

  let refreshed = await post("/api/auth/refresh", { refresh_token: first });
  await page.goto(`/inspect/${refreshed.headers()["x-request-id"]}`);
  await expectFlow(page, "Refresh of a session's tokens", "Succeeded", ["Row changed in refresh_tokens"]);
  await post("/api/auth/refresh", { refresh_token: (await refreshed.json()).refresh_token });
  refreshed = await post("/api/auth/refresh", { refresh_token: first });
  expect(refreshed.ok()).toBe(false);
  await page.goto(`/inspect/${refreshed.headers()["x-request-id"]}`);
  await expectFlow(page, "Refresh of a session's tokens", "Refused", ["Row deleted from sessions"]);
  await expect(page.getByText("Stopped at: Refresh token")).toBeVisible();
});

test("a message of a provider, genuine and forged", async ({ page }) => {
  const person = await signedIn(page);
  async function send(patch: object) {
    const event = { event: "sessions-revoked", person: person.id, patch };
    const { token } = await (await page.request.post(`${sandbox.origin}/control/google/event`, { data: event })).json();
    const headers = { "content-type": "application/secevent+jwt" };
    const answer = await page.request.post("/auth/events/google", { headers, data: token });
    await page.goto(`/inspect/${answer.headers()["x-request-id"]}`);
  }
  await send({ sign: "bad_signature" });
  await expectFlow(page, "Message from Google", "Refused", ["The message, taken apart"]);
  await expect(check(page, "Signature", "Refused")).toBeVisible();
  await send({});
  await expectFlow(page, "Message from Google", "Succeeded", ["The message is carried out", "Row deleted from sessions"]);
  await expect(check(page, "aud of the message", "Passed")).toBeVisible();
});

test("each message leads to the file that carries it out", async ({ page }) => {
  await openFlow(page, "/auth/callback/google", () => signedIn(page));
  await page.getByRole("link", { name: "src/oauth/token_request.rs" }).first().click();
  await expect(pageHeading(page, "src/oauth/token_request.rs")).toBeVisible();
  await expect(page.getByText("code_verifier").first()).toBeVisible();
});
