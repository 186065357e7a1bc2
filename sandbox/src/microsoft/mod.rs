//! Mock Microsoft: the identity platform 2.0, with tenants.
//!
//! Sources: "OpenID Connect on the Microsoft identity platform", "ID token claims reference", "Microsoft Entra
//! authentication and authorization error codes" and "Migrate away from using email claims for authorization"
//! (Microsoft Learn, 2025).
//!
//! - The first path segment is `common`, `organizations`, `consumers` or a tenant's UUID; any UUID works. Discovery
//!   for `common` and `organizations` names the literal issuer `{base}/{tenantid}/v2.0`, with braces; for `consumers`
//!   the tenant of personal accounts.
//! - `iss` in id_tokens has the user's own `tid`, whatever tenant was requested; `oid` and the names need `profile`,
//!   `email` needs `email`; `ver` is `"2.0"`; `sub` is pairwise. There is no `email_verified`: only `xms_edov` says
//!   whether the domain owner verified the address, as `true`, `"1"`, `false` or not at all.
//! - A tenant's pages reject users of other tenants (AADSTS50020) on a page, not at the client.
//! - A refresh token needs `offline_access`. Refreshing returns a new one; the old one stays valid.
//! - `prompt` is `login`, `none`, `consent` or `select_account`. The authorization response has `session_state` and no
//!   `iss`. Errors have AADSTS numbers in `error_description` and additional members.
//! - Published keys have no `alg`, but an `issuer`. An application with a signing key of its own publishes it only where the
//!   keys are requested with `?appid=<client id>`. There is no revocation endpoint.
//!
//! Not supported: single sign-on without the chooser, `fragment`, the hybrid flow.
//!
//! | person | tenant | `email` | `xms_edov` |
//! |---|---|---|---|
//! | `ada` | personal | `ada@gmail.com` | `true` |
//! | `grace` | `navy.example` | `grace@navy.example` | `"1"` |
//! | `linus` | `example.org` | `linus@example.org` | `false` |
//! | `plain` | personal, no `name` | `plain@gmail.com` | absent |
//! | `long` | `example.org` | long | `true` |
//! | `nomail` | `navy.example` | absent, but has `preferred_username` | absent |
//! | `mallory` | `evil.example` | `ada@gmail.com` (nOAuth: entered by the tenant's administrator) | absent |
//! | created | of `hd`, or personal | as created | `email_verified` |

mod account;
mod authorize;
mod discovery;
mod error;
mod grant;
mod issue;
mod pages;
mod request;
mod scopes;
mod tenant;
mod token;
mod userinfo;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use axum::routing::{get, post};

use super::browser;
use super::faults::Endpoint;
use super::mock_provider::Facts;
use super::state::{Provider, SharedState};

pub use issue::credential;

pub use account::{MICROSOFT_PERSONAL_TENANT, microsoft_tenant_of};

pub static FACTS: Facts = Facts {
    slug: "microsoft",
    label: "Microsoft",
    // The literal placeholder of `common`.
    issuer: "/microsoft/{tenantid}/v2.0",
    bases: &["microsoft"],
    addresses: &[("MICROSOFT_URL", "/microsoft")],
    documents: &["/microsoft/common/v2.0/.well-known/openid-configuration", "/microsoft/common/discovery/v2.0/keys"],
    routes,
    endpoint,
};

/// Paths below a tenant, and the endpoint names that faults and the request log use.
const AUTHORIZE: &str = "oauth2/v2.0/authorize";
const ENDPOINTS: &[(&str, Endpoint)] = &[
    ("v2.0/.well-known/openid-configuration", Endpoint::Discovery),
    (AUTHORIZE, Endpoint::Authorize),
    ("oauth2/v2.0/token", Endpoint::Token),
    ("discovery/v2.0/keys", Endpoint::Certs),
];
/// On `graph.microsoft.com` at Microsoft.
const USERINFO: &str = "oidc/userinfo";

/// Replaces `https://login.microsoftonline.com`.
pub fn base(origin: &str) -> String {
    format!("{origin}/microsoft")
}

fn endpoint(_: &Method, path: &str) -> Option<Endpoint> {
    if path == USERINFO {
        return Some(Endpoint::Userinfo);
    }
    let (_, below) = path.split_once('/')?;
    ENDPOINTS.iter().find(|(known, _)| *known == below).map(|(_, endpoint)| *endpoint)
}

fn routes() -> Router<SharedState> {
    let provider = Router::new()
        .route("/{tenant}/v2.0/.well-known/openid-configuration", get(discovery::document))
        .route("/{tenant}/discovery/v2.0/keys", get(discovery::keys))
        .route("/{tenant}/oauth2/v2.0/authorize", get(authorize::authorize))
        .route("/{tenant}/oauth2/v2.0/authorize/person", post(authorize::choose_account))
        .route("/{tenant}/oauth2/v2.0/authorize/consent", get(authorize::consent).post(authorize::decide))
        .route("/{tenant}/oauth2/v2.0/token", post(token::token))
        .route("/{tenant}/oauth2/v2.0/logout", get(sign_out).post(sign_out))
        .route("/oidc/userinfo", get(userinfo::userinfo).post(userinfo::userinfo));
    Router::new().nest("/microsoft", provider)
}

/// `GET` or `POST /{tenant}/oauth2/v2.0/logout`.
async fn sign_out(State(shared): State<SharedState>, headers: HeaderMap) -> Response {
    browser::sign_out(&shared, Provider::Microsoft, &headers)
}
