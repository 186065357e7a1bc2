// The people who have accounts at the sandbox's providers. Each test creates its own, so that tests can run in parallel.

import { randomUUID } from "node:crypto";
import { request } from "@playwright/test";
import { adminEmail, sandbox } from "../../servers.mjs";
import { expect } from "./fixtures";

export type Person = { id: string; email: string; name: string };

/** Creates a person with an account at every provider. Without `email` they have a Gmail address. */
export async function createPerson(name = "Ada Lovelace", email?: string): Promise<Person> {
  const id = `e2e-${randomUUID().slice(0, 8)}`;
  return putPerson({ id, email: email ?? `${id}@gmail.com`, name });
}

/** The administrator, whom several tests may share. */
export async function createAdministrator(): Promise<Person> {
  return putPerson({ id: "e2e-admin", email: adminEmail, name: "Ada Lovelace" });
}

async function putPerson(person: Person): Promise<Person> {
  const control = await request.newContext({ baseURL: sandbox.origin });
  const response = await control.post("/control/persons", { data: { ...person, email_verified: true } });
  expect(response.ok(), await response.text()).toBe(true);
  await control.dispose();
  return person;
}

/** An unused email address at a domain that no provider of the sandbox is authoritative for. */
export function uniqueEmail(): string {
  return `e2e-${randomUUID().slice(0, 8)}@example.org`;
}

/** A name with words too long for a line of a narrow screen. */
export const longName = "Maximiliana-Theodora Wolfeschlegelsteinhausenbergerdorffwelchevoralternwaren von Hohenlohe";

/** An unused email address as long as `longName`. */
export function longEmail(): string {
  return `maximiliana.theodora.wolfeschlegelsteinhausen.${uniqueEmail()}`;
}
