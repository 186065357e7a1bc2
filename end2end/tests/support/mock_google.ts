// Faults of the sandbox's Google, each for one person.

import { request } from "@playwright/test";
import { sandbox } from "../../servers.mjs";
import { expect } from "./fixtures";
import type { Person } from "./person";

/** Applies one of the sandbox's named faults, `times` times or until `clearFaults`. */
export async function applyPreset(person: Person, preset: string, times?: number) {
  await control("presets", { preset, person: person.id, times });
}

/** Applies a fault that has no name. */
export async function injectFault(person: Person, endpoint: string, fault: object, times?: number) {
  await control("faults", { endpoint, fault, person: person.id, times });
}

/** Answers the next request for files with status 403 and this reason of the Drive API. */
export async function denyFiles(person: Person, reason: string) {
  const body = JSON.stringify({ error: { code: 403, errors: [{ domain: "global", reason }] } });
  await injectFault(person, "files", { kind: "answer", status: 403, body }, 1);
}

/** Ends all faults for this person. */
export async function clearFaults(person: Person) {
  await control("behave", { person: person.id });
}

/** Makes Google reject the access and refresh tokens of this person, as after a revocation. */
export async function revokeAtGoogle(person: Person) {
  await applyPreset(person, "drive_token_expired");
  await applyPreset(person, "calendar_token_expired");
  await applyPreset(person, "refresh_invalid_grant");
}

async function control(command: string, data: object) {
  const context = await request.newContext({ baseURL: sandbox.origin });
  const response = await context.post(`/control/google/${command}`, { data });
  expect(response.ok(), await response.text()).toBe(true);
  await context.dispose();
}
