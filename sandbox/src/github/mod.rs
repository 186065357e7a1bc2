//! Mock GitHub: an OAuth app's provider with GitHub's quirks.
//!
//! Sources: "Authorizing OAuth apps", "Troubleshooting OAuth app access token request errors", "REST API endpoints for
//! users", "… for emails" and "… for OAuth authorizations" (GitHub Docs, 2025).
//!
//! - The token response is a form unless JSON is accepted; errors have status 200.
//! - Tokens do not expire; there is no refresh token. `scope` is comma-separated and includes everything ever granted.
//! - The API rejects requests without `User-Agent`.
//! - `email` in `/user` is the public address: possibly null, possibly unverified. `/user/emails` needs `user:email`,
//!   otherwise 404.
//! - `iss` is sent only after the `iss` command; the right value is `{origin}/github/login/oauth`.
//!
//! Stricter than GitHub: the token request must repeat the redirect URI, and codes expire after one minute instead of
//! ten.
//!
//! | person | `id` | `/user` `email` | `/user/emails` |
//! |---|---|---|---|
//! | ada | below 2^53 | public | a verified noreply address, then the primary, verified |
//! | grace | above 2^53 | null | the primary, verified |
//! | linus | below 2^53 | public but not verified | only that one, not verified |
//! | plain | below 2^53, no `name` | null | the primary, verified |
//! | long | above 2^53 | null | the primary, not verified; a secondary, `maximiliana@example.org`, verified |
//! | nomail | below 2^53 | null | an empty list |
//!
//! Ids are odd and above 2^31; a double cannot represent those above 2^53. The login is derived from the name: a new
//! name is a new login, and two users with the same name share it. Only the id identifies a user.

mod account;
mod api;
mod applications;
mod token;

use axum::Router;
use axum::http::Method;
use axum::middleware::from_fn;
use axum::routing::{delete, get, post};

pub use account::user_json;

use super::authorize::{self, AuthorizePage};
use super::faults::Endpoint;
use super::mock_provider::Facts;
use super::state::{Provider, SharedState};
use super::token_store::{Scopes, random_text};

pub static FACTS: Facts = Facts {
    slug: "github",
    label: "GitHub",
    issuer: "/github/login/oauth",
    bases: &["github", "github-api"],
    addresses: &[("GITHUB_URL", "/github"), ("GITHUB_API_URL", "/github-api")],
    documents: &[],
    routes,
    endpoint,
};

/// Required for `/user/emails`.
const EMAIL: &str = "user:email";
/// Includes [`EMAIL`].
const USER: &str = "user";

pub static AUTHORIZE_PAGE: AuthorizePage = AuthorizePage {
    provider: Provider::Github,
    scopes,
    describe,
    declinable: &[],
    requires_all_parameters: false,
    accumulates_scopes: true,
    refresh_scope: None,
    sends_iss: false,
    denied: &[
        ("error", "access_denied"),
        ("error_description", "The user has denied your application access."),
        (
            "error_uri",
            "https://docs.github.com/apps/managing-oauth-apps/troubleshooting-authorization-request-errors/#access-denied",
        ),
    ],
    code: || random_text().chars().filter(char::is_ascii_alphanumeric).take(20).collect(),
};

fn routes() -> Router<SharedState> {
    let site = authorize::routes(&AUTHORIZE_PAGE, "/login/oauth/authorize")
        .route("/login/oauth/access_token", post(token::token));
    let api = Router::new()
        .route("/user", get(account::user))
        .route("/user/emails", get(account::emails))
        .route("/applications/{client_id}/grant", delete(applications::delete_grant))
        .route("/applications/{client_id}/token", delete(applications::delete_token).post(applications::check_token))
        .route_layer(from_fn(api::with_user_agent));
    Router::new().nest("/github", site).nest("/github-api", api)
}

fn endpoint(method: &Method, path: &str) -> Option<Endpoint> {
    match path {
        "login/oauth/authorize" => Some(Endpoint::Authorize),
        "login/oauth/access_token" => Some(Endpoint::Token),
        "user" => Some(Endpoint::Userinfo),
        "user/emails" => Some(Endpoint::Emails),
        _ if path.starts_with("applications/") && method == Method::DELETE => Some(Endpoint::Revoke),
        _ if path.starts_with("applications/") => Some(Endpoint::Tokeninfo),
        _ => None,
    }
}

/// Separated by spaces or commas; GitHub ignores unknown scopes.
fn scopes(text: &str) -> Result<Scopes, String> {
    let known = |scope: &&str| ["read:user", EMAIL, USER, "repo", "public_repo", "read:org", "gist"].contains(scope);
    Ok(text.split([' ', ',']).filter(known).map(str::to_owned).collect())
}

fn describe(scope: &str) -> String {
    match scope {
        "read:user" => "Read your profile".to_owned(),
        EMAIL => "Read your email addresses".to_owned(),
        USER => "Read and change your profile, and read your email addresses".to_owned(),
        other => format!("Use {other}"),
    }
}
