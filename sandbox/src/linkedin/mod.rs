//! Mock LinkedIn: "Sign In with LinkedIn using OpenID Connect".
//!
//! From that page, "Authorization Code Flow (3-legged OAuth)" and "Authenticating with OAuth 2.0 for Native Clients"
//! (learn.microsoft.com/linkedin, read in 2026), and from reports of others: scopes are consented to all at once; Cancel is
//! `user_cancelled_login` or `user_cancelled_authorize`; the client authenticates in the body and not by Basic; a token
//! request with a `code_verifier` is `invalid_client`, since PKCE is for native apps that LinkedIn has enabled; the id_token
//! has no nonce, even when the request has one; `email_verified` is a string in the id_token and a boolean at userinfo,
//! `locale` a string there and an object here; access tokens live for 60 days, and there is no refresh token and no
//! revocation. No `iss` in the authorization response, unless the `iss` command says so.
//!
//! | person | id_token | userinfo |
//! |---|---|---|
//! | `linus` | an address, `email_verified` `"false"` | `false` |
//! | `plain` | an address, no names, no picture | the same |
//! | `nomail` | neither `email` nor `email_verified` | the same |
//! | others | all claims | all claims |
//!
//! Left out: the sign-in page before the consent screen, whose Cancel is `user_cancelled_login`. Stricter than the
//! original: a code lives for one minute, not thirty, and an unknown scope is refused.

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

/// LinkedIn's paths and variables.
pub static FACTS: Facts = Facts {
    slug: "linkedin",
    label: "LinkedIn",
    issuer: "/linkedin/oauth",
    bases: &["linkedin", "linkedin-api"],
    addresses: &[("LINKEDIN_ISSUER", "/linkedin/oauth")],
    documents: &["/linkedin/oauth/.well-known/openid-configuration", "/linkedin/oauth/openid/jwks"],
    routes,
    endpoint,
};

static AUTHORIZE_PAGE: AuthorizePage = AuthorizePage {
    provider: Provider::Linkedin,
    scopes,
    describe,
    declinable: &[],
    requires_all_parameters: false,
    accumulates_scopes: false,
    refresh_scope: None,
    sends_iss: false,
    denied: &[("error", "user_cancelled_authorize"), ("error_description", "The user cancelled the authorization")],
    code: random_text,
};

fn routes() -> Router<SharedState> {
    let site = authorize::routes(&AUTHORIZE_PAGE, "/oauth/v2/authorization")
        .route("/oauth/.well-known/openid-configuration", get(discovery::document))
        .route("/oauth/openid/jwks", get(discovery::keys))
        .route("/oauth/v2/accessToken", post(token::token));
    let api = Router::new().route("/v2/userinfo", get(claims::userinfo));
    Router::new().nest("/linkedin", site).nest("/linkedin-api", api)
}

fn endpoint(_: &Method, path: &str) -> Option<Endpoint> {
    match path {
        "oauth/.well-known/openid-configuration" => Some(Endpoint::Discovery),
        "oauth/v2/authorization" => Some(Endpoint::Authorize),
        "oauth/v2/accessToken" => Some(Endpoint::Token),
        "oauth/openid/jwks" => Some(Endpoint::Certs),
        "v2/userinfo" => Some(Endpoint::Userinfo),
        _ => None,
    }
}

fn scopes(text: &str) -> Result<Scopes, String> {
    let known = |scope: &str| match scope {
        "openid" | "profile" | "email" | "w_member_social" => Ok(scope.to_owned()),
        unknown => Err(unknown.to_owned()),
    };
    text.split(' ').filter(|scope| !scope.is_empty()).map(known).collect()
}

fn describe(scope: &str) -> String {
    match scope {
        "openid" => "Sign you in with LinkedIn".to_owned(),
        "profile" => "Use your name and photo".to_owned(),
        "email" => "Use the primary email address of your LinkedIn account".to_owned(),
        other => format!("Use {other}"),
    }
}
