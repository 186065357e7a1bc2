// Where the end-to-end tests' servers listen. Latchkey is `localhost`; the certified provider is `127.0.0.1`,
// another site to a browser, so that the way back crosses sites as it does in life (SameSite, Fetch Metadata).

export const latchkey = { origin: "http://localhost:3100", listen: "127.0.0.1:3100" };

export const sandbox = { origin: "http://localhost:4100", listen: "127.0.0.1:4100", smtp: "127.0.0.1:4125" };

export const certified = {
  issuer: "http://127.0.0.1:4200",
  host: "127.0.0.1",
  port: 4200,
  clientId: "latchkey",
  clientSecret: "a-secret-for-the-end-to-end-tests-only",
  redirectUri: `${latchkey.origin}/auth/callback/certified`,
};

// Where the certified provider's authorization endpoint leads on through, before anybody sees a page: other origins, as those
// of providers are that have one front for every country or company.
export const detours = [
  { origin: "http://127.0.0.1:4201", host: "127.0.0.1", port: 4201 },
  { origin: "http://127.0.0.1:4202", host: "127.0.0.1", port: 4202 },
];
