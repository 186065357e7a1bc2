//! Mock Discord: OAuth 2.0 with Discord's quirks.
//!
//! Sources: "OAuth2", "User", "Reference" and "Opcodes and status codes" (Discord Developer Documentation, 2026) and
//! Discord's authorization server metadata.
//!
//! - The token and revocation endpoints accept forms only; the client authenticates in the body or by Basic.
//! - A PKCE verifier has at least 43 characters.
//! - Tokens are valid for a week. There is always a refresh token, and refreshing rotates it. Revoking a token revokes
//!   the grant.
//! - Ids are snowflakes: 64-bit numbers as strings. An avatar is a hash from which the client builds the URL.
//! - `email` and `verified` need the scope `email`.
//! - API errors are `{"message", "code"}`. `iss` is in the authorization response.
//!
//! | person | `global_name` | `avatar` | `email`, `verified` |
//! |---|---|---|---|
//! | `linus` | set | a hash | set, `false` |
//! | `plain` | null | null | set, `true` |
//! | `long` | set | a hash starting with `a_` (animated) | set, `true` |
//! | `nomail` | set | a hash | null, `false` |
//! | others | set | a hash | as created |
//!
//! Not supported: `prompt`. Discord's default is `consent`; here consent is asked for once.

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
        "email" => "See your email address".to_owned(),
        other => format!("Use {other}"),
    }
}
