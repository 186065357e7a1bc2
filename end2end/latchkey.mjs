// Runs a server of the tests: `node latchkey.mjs serve` or `node latchkey.mjs sandbox`.

import { providerVariables, startLatchkey } from "./processes.mjs";
import { adminEmail, certified, latchkey, sandbox } from "./servers.mjs";

const settings = {
  serve: {
    BASE_URL: latchkey.origin,
    LISTEN_ADDR: latchkey.listen,
    RATE_LIMITS: "off",
    ADMINS: adminEmail,
    GOOGLE_BUTTON: "on",
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
if (!settings[command]) {
  console.error("node latchkey.mjs serve | sandbox");
  process.exit(1);
}

// Playwright starts the sandbox first.
const providers = command === "serve" ? await providerVariables() : {};
const child = startLatchkey(command, { ...providers, ...settings[command] }, command);
for (const stream of [child.stdout, child.stderr]) stream.pipe(process.stderr);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("error", (error) => console.error(error.message));
child.on("close", (status) => (process.exitCode = status ?? 1));
