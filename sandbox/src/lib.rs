//! The sandbox: small real providers and a mail server for development, demo and tests.
//!
//! It listens on loopback ports of its own (its own origin), imports no other room and shares no code with the
//! relying party, so that the two are independent witnesses of the same standards. SandboxState is kept in
//! memory, bounded, and forgotten at the end.
//!
//! ```no_run
//! # async fn demo() -> Result<(), latchkey_sandbox::SandboxError> {
//! use latchkey_sandbox::{Sandbox, Settings};
//! let sandbox = Sandbox::start(Settings::default()).await?;
//! println!("the sandbox Google is at {}", sandbox.google_issuer());
//! sandbox.shutdown().await;
//! # Ok(()) }
//! ```
//!
//! # Layout
//! Shared by every provider: `clients`, `persons`, `keys`, `tokens` (codes, tokens, consent, the
//! browsers that are signed in), `id_token` and `faults` (the misbehaviours), `stage` (the layer that
//! records each request and plays the faults, so that a provider's handlers stay honest), `log`, `control`.
//! `mail` is the mail server and its inbox.
//! One folder per provider. A new one is a folder with its `FACTS` (see `mock`) and a line in `shared.rs`; its client is
//! `sandbox-<slug>`. `page` is the authorization endpoint of those without manners of their own there: each is a `AuthorizePage`
//! of facts. Each folder's `mod.rs` has its manners.
//!
//! # Driving the sandbox Google without a browser
//! `Q` is the query of the authorization request, unchanged.
//!
//! | step | request | answer |
//! |---|---|---|
//! | ask | `GET /google/o/oauth2/v2/auth?Q` | 200 the account chooser, or 303 (to the consent screen, or to the client) |
//! | choose | `POST /google/o/oauth2/v2/auth/person?Q`, `person=<id>`, or `person=new&email=…&name=…&verified=yes\|no` | 303 to the consent screen or to the client |
//! | consent screen | `GET /google/o/oauth2/v2/auth/consent?Q&person=<id>` | 200 |
//! | decide | `POST /google/o/oauth2/v2/auth/consent?Q`, `person=<id>&decision=allow\|deny`, and `scope=<extra scope>` for each box that is checked | 303 to the client |
//! | sign out | `POST /google/signout` | 303 to `/`, all persons signed out of this browser |
//!
//! The last step needs none of the earlier ones: one POST is a whole sign-in. Sign-in scopes are always
//! granted; extra scopes only when they are among the `scope` fields.
//!
//! The same at GitHub (`/github/login/oauth/authorize`), Facebook (`/facebook/v<NN>/dialog/oauth`), X
//! (`/x/i/oauth2/authorize`), Discord (`/discord/oauth2/authorize`) and GitLab (`/gitlab/oauth/authorize`), with `/person` and `/consent` behind these paths. There, a form without any `scope` field
//! grants all that is asked; with one, the declinable scopes (Facebook's `email`) that are not named are declined.
//! And at Microsoft (`/microsoft/<tenant>/oauth2/v2.0/authorize`), where consent is all or nothing, and at Apple
//! (`/apple/auth/authorize`), with the further fields `email=share|hide`, `firstName`, `lastName`. An answer by
//! `response_mode=form_post` is 200 with a page of one form, whose hidden fields go to its `action` by POST.
//!
//! # Google's button in redirect mode
//! `GET /google/gsi/button?client_id=…&login_uri=…&nonce=…` (the nonce is optional) is the chooser; `POST
//! /google/gsi/button/person?Q` with `person=<id>` answers 200 with a page of one form that posts `credential` (an id_token
//! whose `aud` is `client_id`), `g_csrf_token` and `select_by` to `login_uri`, and sets the cookie `g_csrf_token` for the host.
//! Faults of `authorization_response` bend the form's fields, and as `g_csrf_cookie` the cookie; the presets are `gsi_…`.
//!
//! # A public client
//! `sandbox-google-spa` at the sandbox Google is for pages and apps: no secret, PKCE required, any loopback address as its
//! redirect URI, and its token requests may come from any page on loopback (CORS). `variables` names it in
//! `GOOGLE_API_CLIENT_IDS`.
//!
//! # Google's APIs
//! What stands for `https://www.googleapis.com` is `{origin}/google-api` (`GOOGLE_API_URL`, `Sandbox::google_api_url`). A
//! call carries an access token of the sandbox Google in `Authorization: Bearer`.
//!
//! | request | scope | parameters |
//! |---|---|---|
//! | `GET /google-api/drive/v3/files` | `drive.metadata.readonly`, `drive.readonly` or `drive` | `pageSize` (100; 1,000 at most), `pageToken`, `q`, `orderBy`, `fields`, `spaces=drive`, `corpora=user` |
//! | `GET /google-api/drive/v3/files/{id}` | the same | `fields`; the id `root` is "My Drive" |
//! | `GET /google-api/calendar/v3/calendars/primary/events` | `calendar.events.readonly`, `calendar.events`, `calendar.readonly` or `calendar` | `timeMin`, `timeMax`, `maxResults` (250; 2,500 at most), `pageToken`, `singleEvents`, `orderBy=startTime`, `fields` |
//!
//! `q` is terms joined by `and` and `or` from left to right, with `not` and parentheses: `'<id>' in parents`,
//! `name contains|=|!= '…'`, `mimeType contains|=|!= '…'`, `trashed|starred =|!= true|false`; `\'` and `\\` inside
//! quotes. `orderBy` is of `folder`, `name`, `modifiedTime`, `createdTime`, `quotaBytesUsed`, `starred`, each with `desc` if
//! wished. Errors have Google's envelope: 400 `invalid` or `invalidParameter`, 401 `required` or `authError`, 403
//! `insufficientPermissions`, 404 `notFound`; quota errors come by the presets `drive_…`.
//!
//! Everybody has a drive of 300 files in folders four deep, which follows from the person's subject and is the same after a
//! restart: all the usual kinds, three owners, some in the bin, some shared and in no folder, some with names that break
//! pages, one from the future. `long` has 50,000, `plain` none. Times are relative to the sandbox's clock, which also
//! ends access tokens (after 3,599 seconds). The links of files lead to pages and pictures below `/google/drive/`.
//! Everybody but `plain` has a calendar of nine events, one of them daily for five days.
//!
//! # The control API
//! JSON; `GET` reads, `POST` (with `content-type: application/json`) changes and answers the new state.
//! A request with an `Origin` that is not the sandbox's is refused; without `Origin` it passes.
//!
//! | request | body | does |
//! |---|---|---|
//! | `GET /control/state` | | persons, misbehaviours, faults, auto consent, key ids, clock, counts |
//! | `GET /control/variables` | | what switches on every provider here, for the environment of a relying party |
//! | `GET /control/presets` | | the named misbehaviours of `presets.json` |
//! | `GET /control/requests?endpoint=token` | | `{"total", "count", "requests": […]}`; the filter is optional |
//! | `POST /control/requests/clear` | | empties the log |
//! | `POST /control/reset` | | everything as at the start (the process's first signing key too) |
//! | `POST /control/clock` | `{"offset_seconds": 61}` | moves the sandbox's clock against the machine's |
//! | `POST /control/persons` | `{"email", "name", "email_verified", "hd", "picture", "sub", "id"}`, all optional | makes a person, answers it |
//! | `POST /control/persons/{id}` | the same; `null` removes | changes a person (new name, new e-mail, …) |
//! | `POST /control/<provider>/…` | | all of the following that begin with `google` work for the other providers, too |
//! | `POST /control/google/auto_consent` | `{"person": "ada", "scopes": […]\|null, "decision": "allow"\|"deny", "times": n\|null}` | the next authorization requests are answered at once; `scopes` absent grants all; `{"person": null}` ends it |
//! | `POST /control/google/id_token` | `{"person"?, "times"?, "patch": {…}}` | bends the id_tokens |
//! | `POST /control/google/faults` | `{"endpoint", "fault": {…}, "person"?, "times"?}` | bends an endpoint |
//! | `POST /control/google/presets` | `{"preset": "wrong_nonce", "person"?, "times"?}` | arms a named misbehaviour |
//! | `POST /control/google/behave` | `{"person"?}` | disarms patches and faults (of that person, or all) |
//! | `POST /control/google/forget_consent` | `{"person"?}` | the consent screen comes again |
//! | `POST /control/<provider>/iss` | `{"iss": "off"\|"right"\|"wrong", "person"?, "times"?}` | `iss` in the authorization response; without a rule it is as the provider's manners are |
//! | `GET /control/letters?to=ada@example.com` | | `{"letters": [{"id", "from", "to": […], "subject", "text", "html", "links": […], "received_at", "source"}]}`, the oldest first; the filter is optional |
//! | `POST /control/letters/clear` | | empties the inbox |
//! | `POST /control/mail` | `{"behave": "greylist", "times": n\|null}` | the mail server misbehaves, as [below](#mail) |
//! | `POST /control/<provider>/mint` | `{"kind": "access_token", "person", "client_id"?, "scopes"?, "expires_in"?}` | a token that nobody signed in for, of any client (absent: the registered one): answers `{"access_token"}` |
//! | `POST /control/google/mint` | `{"kind": "id_token", "person", "client_id"?, "scopes"?, "nonce"?}` | likewise `{"id_token"}`, bent by what is armed for the person |
//! | `POST /control/google/mint` | `{"kind": "service_account", "client_id"?, "scopes"?}` | an access token of a program, whose client is its own number |
//! | `POST /control/google/keys` | `{"action": "rotate"\|"rotate_before_signing"\|"withdraw_old"}` | key rotation |
//!
//! `times` is how often it applies (absent or `null`: until disarmed). `person` limits it to the requests that
//! belong to that person (by the code or the token presented); such a rule goes before one for everybody.
//!
//! ## Mail
//! The mail server (`smtp_url`) takes letters to anybody and sends them nowhere. People read them at `/inbox`
//! (`?to=…` is a filter), `/inbox/{id}` and, as HTML in an origin of its own, `/inbox/{id}/html`. The newest 500 are kept,
//! each of at most 1 MiB.
//!
//! | `behave` | what happens | `times` counts |
//! |---|---|---|
//! | `honest` | letters are taken | |
//! | `refuse_connections` | connections are closed before a word is said | connections |
//! | `hang` | connections are held without a word | connections |
//! | `greylist` | 451 to RCPT | recipients |
//! | `reject` | 550 to RCPT | recipients |
//! | `drop_after_data` | the letter is kept, and the connection breaks before it is said so | letters |
//!
//! ## id_token patch
//! `{"claims": {"nonce": null}, "remove": ["exp"], "header": {"kid": "x"}, "remove_header": ["kid"], "sign": "rs256"}`,
//! all optional. Values: `{"$now": -61}` is the sandbox's time plus seconds, with `"as": "string"` or `"float"` in that
//! type; `{"$raw": "1e400"}` is written as it stands; in a text `{origin}` is the sandbox's origin, and `{value}` the honest
//! value of a text member. `sign`: `rs256`, `rs384`,
//! `ps256`, `none`, `hs256_public_key` (PEM), `hs256_public_key_der`, `hs256_client_secret`, `bad_signature` (one bit
//! flipped), `unpublished_key` (a attacker_key's key under our `kid`), `embedded_key` (a attacker_key's key, in the header as `jwk`).
//! With `"refreshed": true` it is for the id_tokens of refresh answers of Google only.
//!
//! ## Faults
//! `endpoint`: `discovery`, `authorize`, `authorization_response`, `token`, `userinfo`, `certs`, `revoke`, `tokeninfo`
//! (also GitHub's check of a token and Facebook's `debug_token`), `emails` (GitHub). `userinfo` is also GitHub's `/user`,
//! Facebook's, X's and Discord's `me`. `refresh` is the token endpoint when a refresh token is presented (the log calls it
//! `token`), `files` Google Drive, `events` Google Calendar.
//!
//! | fault | what happens |
//! |---|---|
//! | `{"kind": "status", "status": 503, "retry_after": "30"}` | that status; the honest handler does not run (a code stays unused) |
//! | `{"kind": "answer", "status": 200, "content_type": "text/html", "headers": {"retry-after": "30"}, "body": "…"}` | that answer, `headers` are optional; the handler does not run |
//! | `{"kind": "redirect", "status": 307, "to": "{origin}/trap/x"}` | a redirect, by default into `/trap/…`, which records who follows; the handler does not run |
//! | `{"kind": "hang"}` | no answer until the sandbox ends |
//! | `{"kind": "slow", "delay_ms": 500}` | the honest answer, late |
//! | `{"kind": "patch", "set": {…}, "remove": […]}` | members of the honest JSON changed; at `authorization_response` its parameters, where an array repeats the parameter and `{value}` stands for the honest value |
//! | `{"kind": "huge", "bytes": 10485760}` | the honest JSON with that much padding in a member of its own |
//! | `{"kind": "many_keys", "count": 10000}` | the honest JWK set behind that many others |
//! | `{"kind": "rotate"}` | at `refresh`: the honest answer with a new refresh token; the one presented is worth nothing any more |
//! | `{"kind": "truncated"}` | the first half of the honest body, as a complete HTTP message |
//! | `{"kind": "half_closed"}` | the first half, then the connection breaks |
//! | `{"kind": "drip", "chunk_bytes": 1, "delay_ms": 200}` | the honest body, a little at a time |

mod apple;
mod authorize;
mod avatar;
mod basic;
mod bounded_map;
mod browser;
mod chooser;
mod clients;
mod control;
mod discord;
mod facebook;
mod faults;
mod fields;
mod form_post;
mod github;
mod gitlab;
mod google;
mod guard;
mod id_token;
mod iss;
mod keys;
mod landing;
mod log;
mod mail;
mod microsoft;
mod mock_provider;
mod page;
mod persons;
mod pkce;
mod recording;
mod redeem;
mod response;
mod rotate;
mod rules;
mod state;
mod tamper;
mod template;
mod throttle;
mod token_store;
mod variables;
mod x;

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::DropGuard;

pub use apple::apple_private_key_pem;
pub use clients::{APPLE_CLIENT_ID, APPLE_KEY_ID, APPLE_TEAM_ID, AppleClient};
pub use clients::{Client, Clients, GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET, GOOGLE_SPA_CLIENT_ID, REDIRECT_PATH};
pub use clients::{FACEBOOK_CLIENT_ID, FACEBOOK_CLIENT_SECRET, GITHUB_CLIENT_ID, GITHUB_CLIENT_SECRET};
pub use clients::{MICROSOFT_CLIENT_ID, MICROSOFT_CLIENT_SECRET};
pub use clients::{X_CLIENT_ID, X_CLIENT_SECRET};
pub use microsoft::{MICROSOFT_PERSONAL_TENANT, microsoft_tenant_of};
use state::{Provider, SharedState};

/// How long [`Sandbox::shutdown`] waits for requests that are under way.
const GRACE: Duration = Duration::from_secs(2);

/// A running sandbox. Dropping it stops it as well, without waiting.
pub struct Sandbox {
    origin: String,
    smtp_url: String,
    variables: Vec<(String, String)>,
    server: JoinHandle<std::io::Result<()>>,
    stop: DropGuard,
}

/// Where the sandbox listens and whom it knows.
pub struct Settings {
    /// A loopback address; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where its mail server listens: likewise.
    pub smtp_listen: SocketAddr,
    /// The registered clients.
    pub clients: Clients,
}

impl Default for Settings {
    /// Free ports of 127.0.0.1 and the documented clients.
    fn default() -> Self {
        let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self { listen: free, smtp_listen: free, clients: Clients::default() }
    }
}

/// Why the sandbox did not start.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// Anyone who reaches the sandbox can sign in as anyone: it never leaves the machine.
    #[error("the sandbox lets everybody in as anybody, so it listens on loopback only, not on {0}")]
    NotLoopback(SocketAddr),
    /// The address is taken or not ours.
    #[error("the sandbox cannot listen on {address}: {cause}")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        cause: std::io::Error,
    },
    /// No RSA key could be made.
    #[error("the sandbox could not generate its signing key")]
    Key,
}

impl Sandbox {
    /// Binds, makes the process's first signing key, and serves in the background; listening on return.
    ///
    /// # Errors
    /// [`SandboxError`]: not a loopback address, address in use, no key.
    pub async fn start(settings: Settings) -> Result<Self, SandboxError> {
        let (listener, address) = listen(settings.listen).await?;
        let (mail_listener, mail_address) = listen(settings.smtp_listen).await?;
        let first_key = keys::shared_key().await.ok_or(SandboxError::Key)?;

        let shared = SharedState::new(
            format!("http://localhost:{}", address.port()),
            format!("smtp://{mail_address}"),
            settings.clients,
            first_key,
        );
        let (origin, smtp_url) = (shared.origin().to_owned(), shared.smtp_url().to_owned());
        let stop = shared.closing().clone();
        let variables = variables::variables(&origin, shared.clients());
        let mut router = Router::new()
            .merge(landing::routes())
            .merge(mail::routes())
            .merge(control::routes())
            .merge(recording::wrap(&shared, recording::trap()));
        for provider in Provider::ALL {
            router = router.merge(recording::wrap(&shared, (provider.facts().routes)()));
        }
        tokio::spawn(mail::serve(shared.clone(), mail_listener));
        let router = guard::wrap(&shared, router).with_state(shared);

        // Without TCP_NODELAY an answer in two writes waits 40 ms for the peer's delayed acknowledgement.
        let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        let until = stop.clone().cancelled_owned();
        let server = tokio::spawn(async move { axum::serve(listener, router).with_graceful_shutdown(until).await });
        Ok(Self { origin, smtp_url, variables, server, stop: stop.drop_guard() })
    }

    /// `http://localhost:PORT`, without a slash at the end.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// `SMTP_URL`: `smtp://127.0.0.1:PORT`, the mail server whose letters are at `/inbox`.
    pub fn smtp_url(&self) -> &str {
        &self.smtp_url
    }

    /// The variables that switch on every provider here, names and values: clients, secrets and addresses.
    pub fn variables(&self) -> &[(String, String)] {
        &self.variables
    }

    /// `APPLE_ISSUER`: what stands for `https://appleid.apple.com`.
    pub fn apple_issuer(&self) -> String {
        apple::issuer(&self.origin)
    }

    /// `MICROSOFT_URL`: what stands for `https://login.microsoftonline.com`.
    pub fn microsoft_url(&self) -> String {
        microsoft::base(&self.origin)
    }

    /// The issuer of the sandbox Google: the origin and `/google`.
    pub fn google_issuer(&self) -> String {
        google::issuer(&self.origin)
    }

    /// `GOOGLE_API_URL`: what stands for `https://www.googleapis.com`, with Drive and Calendar.
    pub fn google_api_url(&self) -> String {
        google::api_url(&self.origin)
    }

    /// `GITHUB_URL`: the site of the sandbox GitHub.
    pub fn github_url(&self) -> String {
        format!("{}/github", self.origin)
    }

    /// `GITHUB_API_URL`: its API.
    pub fn github_api_url(&self) -> String {
        format!("{}/github-api", self.origin)
    }

    /// What the sandbox GitHub sends as `iss` once it is told to send the right one.
    pub fn github_issuer(&self) -> String {
        format!("{}{}", self.origin, github::FACTS.issuer)
    }

    /// `FACEBOOK_URL`: the site of the sandbox Facebook.
    pub fn facebook_url(&self) -> String {
        format!("{}/facebook", self.origin)
    }

    /// `FACEBOOK_GRAPH_URL`: its Graph API.
    pub fn facebook_graph_url(&self) -> String {
        format!("{}/facebook-graph", self.origin)
    }

    /// `X_URL`: the site of the sandbox X.
    pub fn x_url(&self) -> String {
        format!("{}/x", self.origin)
    }

    /// `X_API_URL`: its API.
    pub fn x_api_url(&self) -> String {
        format!("{}/x-api", self.origin)
    }

    /// Stops accepting, finishes what is under way (two seconds at most), and ends.
    pub async fn shutdown(self) {
        let mut server = self.server;
        drop(self.stop);
        if tokio::time::timeout(GRACE, &mut server).await.is_err() {
            server.abort();
        }
    }
}

/// A port of this machine, and no other's.
async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), SandboxError> {
    if !address.ip().is_loopback() {
        return Err(SandboxError::NotLoopback(address));
    }
    let refused = |cause| SandboxError::Listen { address, cause };
    let listener = TcpListener::bind(address).await.map_err(refused)?;
    let bound = listener.local_addr().map_err(refused)?;
    Ok((listener, bound))
}
