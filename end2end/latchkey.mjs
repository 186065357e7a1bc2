// Runs the development build of Latchkey for the tests: `node latchkey.mjs serve` or `node latchkey.mjs sandbox`.
//
// In an empty temporary folder, with no variables but those below: neither a developer's `.env` nor the shell's
// credentials reach it, and its database is gone afterwards. What it logs is in `logs/`.

import { spawn } from "node:child_process";
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { certified, latchkey, sandbox } from "./addresses.mjs";

const settings = {
  serve: {
    BASE_URL: latchkey.origin,
    LISTEN_ADDR: latchkey.listen,
    RATE_LIMITS: "off",
    GOOGLE_CLIENT_ID: "sandbox-google",
    GOOGLE_CLIENT_SECRET: "sandbox-google-secret",
    GOOGLE_ISSUER: `${sandbox.origin}/google`,
    GITHUB_CLIENT_ID: "sandbox-github",
    GITHUB_CLIENT_SECRET: "sandbox-github-secret",
    GITHUB_URL: `${sandbox.origin}/github`,
    GITHUB_API_URL: `${sandbox.origin}/github-api`,
    FACEBOOK_CLIENT_ID: "sandbox-facebook",
    FACEBOOK_CLIENT_SECRET: "sandbox-facebook-secret",
    FACEBOOK_URL: `${sandbox.origin}/facebook`,
    FACEBOOK_GRAPH_URL: `${sandbox.origin}/facebook-graph`,
    X_CLIENT_ID: "sandbox-x",
    X_CLIENT_SECRET: "sandbox-x-secret",
    X_URL: `${sandbox.origin}/x`,
    X_API_URL: `${sandbox.origin}/x-api`,
    MICROSOFT_CLIENT_ID: "sandbox-microsoft",
    MICROSOFT_CLIENT_SECRET: "sandbox-microsoft-secret",
    MICROSOFT_URL: `${sandbox.origin}/microsoft`,
    SMTP_URL: `smtp://${sandbox.smtp}`,
    MAIL_FROM: "Latchkey <no-reply@localhost>",
    OIDC_CERTIFIED_ISSUER: certified.issuer,
    OIDC_CERTIFIED_CLIENT_ID: certified.clientId,
    OIDC_CERTIFIED_CLIENT_SECRET: certified.clientSecret,
    OIDC_CERTIFIED_LABEL: "Certified",
  },
  sandbox: { SANDBOX_ADDR: sandbox.listen, SANDBOX_SMTP_ADDR: sandbox.smtp },
};

const command = process.argv[2];
const here = import.meta.dirname;
const target = process.env.CARGO_TARGET_DIR ?? resolve(here, "../target");
const binary = process.env.LATCHKEY ?? join(target, "debug/latchkey");
if (!settings[command] || !existsSync(binary)) {
  console.error(settings[command] ? `${binary} is missing: cargo leptos build` : "node latchkey.mjs serve | sandbox");
  process.exit(1);
}

const folder = mkdtempSync(join(tmpdir(), "latchkey-end2end-"));
const passedOn = ["PATH", "HOME", "LANG", "RUST_LOG", "RUST_BACKTRACE"];
const environment = Object.fromEntries(passedOn.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
mkdirSync(join(here, "logs"), { recursive: true });
const log = createWriteStream(join(here, "logs", `${command}.log`));

const child = spawn(binary, [command], {
  cwd: folder,
  env: { ...environment, DATABASE_URL: `sqlite://${folder}/latchkey.db`, ...settings[command] },
  stdio: ["ignore", "pipe", "pipe"],
});
for (const stream of [child.stdout, child.stderr]) {
  stream.pipe(log, { end: false });
  stream.pipe(process.stderr);
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("error", (error) => console.error(error.message));
child.on("close", (status) => {
  rmSync(folder, { recursive: true, force: true });
  process.exitCode = status ?? 1;
});
