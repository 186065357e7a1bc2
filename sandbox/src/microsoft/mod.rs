//! The sandbox Microsoft: the identity platform, version 2.0, with its tenants.
//!
//! From Microsoft's "OpenID Connect on the Microsoft identity platform", "ID token claims reference", "Microsoft
//! Entra authentication and authorization error codes" and "Migrate away from using email claims for
//! authorization" (Microsoft Learn, read in 2025):
//!
//! - The first path segment is `common`, `organizations`, `consumers` or a tenant's UUID; any UUID is a tenant here.
//!   Discovery for `common` and `organizations` names the literal issuer `{base}/{tenantid}/v2.0`, braces and all;
//!   for `consumers` the tenant of all personal accounts.
//! - id_tokens say `iss` with the person's own `tid`, whatever tenant was asked; `oid` and the names come with
//!   `profile`, `email` with `email`; `ver` is `"2.0"`; `sub` is pairwise. There is no `email_verified`: only
//!   `xms_edov` tells that the owner of the domain vouches for the address, as `true`, `"1"`, `false`, or not at all.
//! - A tenant's own pages turn persons of other tenants away (AADSTS50020), with a page and not at the client.
//! - A refresh token comes with `offline_access` only, and a new one with each refresh; the old one stays good.
//! - `prompt` is one of `login`, `none`, `consent`, `select_account`. No `iss` in the authorization response;
//!   `session_state` is there. Errors have AADSTS numbers in `error_description`, and more members than OAuth asks for.
//! - Published keys have no `alg`, and an `issuer` of their own. No revocation endpoint.
//!
//! Left out: single sign-on without the chooser for the only account of a browser, `fragment`, the hybrid flow.
//!
//! | person | tenant | `email` | `xms_edov` |
//! |---|---|---|---|
//! | `ada` | personal | `ada@gmail.com` | `true` |
//! | `grace` | `navy.example` | `grace@navy.example` | `"1"` |
//! | `linus` | `example.org` | `linus@example.org` | `false` |
//! | `plain` | personal | `plain@gmail.com`, and no `name` | absent |
//! | `long` | `example.org` | long | `true` |
//! | `nomail` | `navy.example` | absent; `preferred_username` is there | absent |
//! | `mallory` | `evil.example` | `ada@gmail.com`: nOAuth, the tenant's administrator typed it in | absent |
//! | made up | of `hd`, or personal | as made | `email_verified` |

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

pub use account::{MICROSOFT_PERSONAL_TENANT, microsoft_tenant_of};

/// Microsoft, told to the rest of the sandbox.
pub static FACTS: Facts = Facts {
    slug: "microsoft",
    label: "Microsoft",
    // Of `common`, literally so.
    issuer: "/microsoft/{tenantid}/v2.0",
    bases: &["microsoft"],
    addresses: &[("MICROSOFT_URL", "/microsoft")],
    documents: &["/microsoft/common/v2.0/.well-known/openid-configuration", "/microsoft/common/discovery/v2.0/keys"],
    routes,
    endpoint,
};

/// The paths below a tenant, and the names of those that faults and the log know.
const AUTHORIZE: &str = "oauth2/v2.0/authorize";
const ENDPOINTS: &[(&str, Endpoint)] = &[
    ("v2.0/.well-known/openid-configuration", Endpoint::Discovery),
    (AUTHORIZE, Endpoint::Authorize),
    ("oauth2/v2.0/token", Endpoint::Token),
    ("discovery/v2.0/keys", Endpoint::Certs),
];
/// At Microsoft it is a host of its own, `graph.microsoft.com`.
const USERINFO: &str = "oidc/userinfo";

/// What stands for `https://login.microsoftonline.com`.
pub fn base(origin: &str) -> String {
    format!("{origin}/microsoft")
}

/// Which endpoint a path below `/microsoft/` is.
fn endpoint(_: &Method, path: &str) -> Option<Endpoint> {
    if path == USERINFO {
        return Some(Endpoint::Userinfo);
    }
    let (_, below) = path.split_once('/')?;
    ENDPOINTS.iter().find(|(known, _)| *known == below).map(|(_, endpoint)| *endpoint)
}

/// SandboxState below `/microsoft`.
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
