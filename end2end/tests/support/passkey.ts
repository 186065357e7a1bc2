// Chromium's virtual authenticator, by the DevTools protocol: a phone that verifies its user and syncs its passkeys.

import type { Page } from "./fixtures";

export type Authenticator = {
  /** The passkeys that it holds. */
  credentials(): Promise<{ credentialId: string; signCount: number; userHandle?: string }[]>;
  remove(): Promise<void>;
};

export async function addAuthenticator(page: Page): Promise<Authenticator> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      ctap2Version: "ctap2_1",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
      defaultBackupEligibility: true,
      defaultBackupState: true,
    },
  });
  return {
    credentials: async () => (await devtools.send("WebAuthn.getCredentials", { authenticatorId })).credentials,
    remove: async () => void (await devtools.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId })),
  };
}

/** Makes the browser one that offers no passkeys while a field is filled in: the button remains. */
export async function withoutAutofill(page: Page) {
  await page.addInitScript(() => {
    PublicKeyCredential.isConditionalMediationAvailable = async () => false;
  });
}
