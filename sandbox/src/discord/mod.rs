//! The sandbox Discord: OAuth 2.0 with Discord's manners.
//!
//! From Discord's "OAuth2", "User", "Reference" and "Opcodes and status codes" (Discord Developer Documentation, read in
//! 2026) and its authorization server metadata: the token and revocation endpoints take forms and nothing else; the
//! client authenticates in the body or by Basic; a verifier has 43 characters at least; tokens live for a week and a
//! refresh token always comes, a new one with each refresh; revoking a token ends all of its grant; ids are snowflakes,
//! numbers of 64 bits written as texts; `email` and `verified` come with the scope `email`; a picture is a hash, to be
//! made an address of; errors of the API are `{"message", "code"}`. `iss` is in the authorization response, as the
//! metadata says.
//!
//! | person | `global_name` | `avatar` | `email`, `verified` |
//! |---|---|---|---|
//! | `linus` | there | a hash | an address, `false` |
//! | `plain` | null: the user name is all | null | an address, `true` |
//! | `long` | there | a hash that begins with `a_`: it moves | an address, `true` |
//! | `nomail` | there | a hash | null, `false` |
//! | everybody else | there | a hash | as it is |
//!
//! Left out: `prompt`, which Discord takes as `consent` where it is absent; here consent is asked for once.

mod me;
mod token;

use axum::Router;
use axum::http::Method;
use axum::routing::{get, post};

use super::authorize::{self, AuthorizePage};
use super::faults::Endpoint;
use super::mock_provider::Facts;
use super::state::{Provider, SharedState};
use super::token_store::{Scopes, random_text};

/// Discord, told to the rest of the sandbox.
pub static FACTS: Facts = Facts {
    slug: "discord",
    label: "Discord",
    issuer: "/discord",
    bases: &["discord"],
    addresses: &[("DISCORD_URL", "/discord")],
    documents: &[],
    routes,
    endpoint,
};

static AUTHORIZE_PAGE: AuthorizePage = AuthorizePage {
    provider: Provider::Discord,
    scopes,
    describe,
    declinable: &[],
    requires_all_parameters: false,
    accumulates_scopes: false,
    refresh_scope: None,
    sends_iss: true,
    denied: &[
        ("error", "access_denied"),
        ("error_description", "The resource owner or authorization server denied the request"),
    ],
    code: || random_text().chars().filter(char::is_ascii_alphanumeric).take(30).collect(),
};

fn routes() -> Router<SharedState> {
    let provider = authorize::routes(&AUTHORIZE_PAGE, "/oauth2/authorize")
        .route("/api/oauth2/token", post(token::token))
        .route("/api/oauth2/token/revoke", post(token::revoke))
        .route("/api/users/@me", get(me::me))
        .route("/avatars/{id}/{file}", get(me::avatar));
    Router::new().nest("/discord", provider)
}

fn endpoint(_: &Method, path: &str) -> Option<Endpoint> {
    match path {
        "oauth2/authorize" => Some(Endpoint::Authorize),
        "api/oauth2/token" => Some(Endpoint::Token),
        "api/oauth2/token/revoke" => Some(Endpoint::Revoke),
        "api/users/@me" => Some(Endpoint::Userinfo),
        _ => None,
    }
}

fn scopes(text: &str) -> Result<Scopes, String> {
    let known = |scope: &str| match scope {
        "identify" | "email" | "guilds" | "connections" => Ok(scope.to_owned()),
        unknown => Err(unknown.to_owned()),
    };
    text.split(' ').filter(|scope| !scope.is_empty()).map(known).collect()
}

fn describe(scope: &str) -> String {
    match scope {
        "identify" => "See your user name, picture and banner".to_owned(),
        "email" => "See your e-mail address".to_owned(),
        other => format!("Use {other}"),
    }
}
