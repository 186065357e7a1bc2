//! Mock GitLab: OpenID Connect with GitLab's quirks.
//!
//! Sources: "GitLab as OpenID Connect identity provider" and "OAuth 2.0 identity provider API" (GitLab Docs, 2026).
//!
//! - `sub` is the account's number as a string, `sub_legacy` a hash of it.
//! - The id_token has `email`, `email_verified` and the groups; name, user name, profile and picture are at userinfo
//!   only. (Newer versions have the name in the id_token, too.)
//! - id_tokens are valid for two minutes, access tokens for two hours. There is always a refresh token; each is single
//!   use.
//! - The client authenticates by Basic or in the body. `iss` is sent only after the `iss` command.
//!
//! | person | id_token | userinfo |
//! |---|---|---|
//! | `linus` | email, `email_verified` false | the same |
//! | `plain` | email | no `name`, no picture |
//! | `nomail` | neither `email` nor `email_verified` | the same |
//! | others | as created | as created |
//!
//! Not supported: `prompt`, device flow, groups other than an empty list. Stricter than GitLab: codes expire after one
//! minute instead of ten, and unknown scopes are rejected.

mod claims;
mod discovery;
mod token;

use axum::Router;
use axum::http::Method;
use axum::routing::{get, post};

use super::authorize::{self, AuthorizePage};
use super::faults::Endpoint;
use super::mock_provider::Facts;
use super::state::{Provider, SharedState};
use super::token_store::{Scopes, random_text};

pub static FACTS: Facts = Facts {
    slug: "gitlab",
    label: "GitLab",
    issuer: "/gitlab",
    bases: &["gitlab"],
    addresses: &[("GITLAB_URL", "/gitlab")],
    documents: &["/gitlab/.well-known/openid-configuration", "/gitlab/oauth/discovery/keys"],
    routes,
    endpoint,
};

static AUTHORIZE_PAGE: AuthorizePage = AuthorizePage {
    provider: Provider::Gitlab,
    scopes,
    describe,
    declinable: &[],
    requires_all_parameters: false,
    accumulates_scopes: false,
    refresh_scope: None,
    sends_iss: false,
    denied: &[
        ("error", "access_denied"),
        ("error_description", "The resource owner or authorization server denied the request."),
    ],
    code: random_text,
};

fn routes() -> Router<SharedState> {
    let provider = authorize::routes(&AUTHORIZE_PAGE, "/oauth/authorize")
        .route("/.well-known/openid-configuration", get(discovery::document))
        .route("/oauth/discovery/keys", get(discovery::keys))
        .route("/oauth/token", post(token::token))
        .route("/oauth/revoke", post(token::revoke))
        .route("/oauth/userinfo", get(claims::userinfo).post(claims::userinfo));
    Router::new().nest("/gitlab", provider)
}

fn endpoint(_: &Method, path: &str) -> Option<Endpoint> {
    match path {
        ".well-known/openid-configuration" => Some(Endpoint::Discovery),
        "oauth/authorize" => Some(Endpoint::Authorize),
        "oauth/token" => Some(Endpoint::Token),
        "oauth/discovery/keys" => Some(Endpoint::Certs),
        "oauth/userinfo" => Some(Endpoint::Userinfo),
        "oauth/revoke" => Some(Endpoint::Revoke),
        _ => None,
    }
}

fn scopes(text: &str) -> Result<Scopes, String> {
    let known = |scope: &str| match scope {
        "openid" | "profile" | "email" | "read_user" | "read_api" => Ok(scope.to_owned()),
        unknown => Err(unknown.to_owned()),
    };
    text.split(' ').filter(|scope| !scope.is_empty()).map(known).collect()
}

fn describe(scope: &str) -> String {
    match scope {
        "openid" => "Know who you are".to_owned(),
        "profile" => "See your name and picture".to_owned(),
        "email" => "See your email address".to_owned(),
        other => format!("Use {other}"),
    }
}
