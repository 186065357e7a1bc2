//! The sandbox GitHub: an OAuth app's provider with GitHub's manners.
//!
//! From GitHub's "Authorizing OAuth apps", "Troubleshooting OAuth app access token request errors", "REST API
//! endpoints for users", "… for emails" and "… for OAuth authorizations" (GitHub Docs, read in 2025): the token reply
//! is a form unless JSON is asked for; its failures have status 200; tokens have no expiry and no refresh token;
//! scopes are comma-separated in the reply and are the union of all that was granted; the API refuses requests
//! without `User-Agent`; the address in `/user` is the public one, maybe null, and says nothing of verification;
//! `/user/emails` needs `user:email` and is a 404 without. `iss` (in reality `https://github.com/login/oauth`) comes
//! when the `iss` order says so; the right one is `{origin}/github/login/oauth`. Stricter than the original: the
//! token request must repeat the redirect URI, and a code lives for one minute, not ten.
//!
//! | person | `id` | `/user` `email` | `/user/emails` |
//! |---|---|---|---|
//! | ada | below 2^53 | public | a verified noreply address first, then the primary, verified |
//! | grace | above 2^53 | null | the primary, verified |
//! | linus | below 2^53 | public, though not verified | only that one, not verified |
//! | plain | below 2^53, no `name` | null | the primary, verified |
//! | long | above 2^53 | null | the primary, not verified; a secondary, `maximiliana@example.org`, verified |
//! | nomail | below 2^53 | null | an empty list |
//!
//! Ids are odd and above 2^31; above 2^53 a double cannot hold them. The login follows from the name, so that a
//! new name is a new login, and two persons of one name have the same: only the id tells them apart.

mod account;
mod api;
mod applications;
mod token;

use axum::Router;
use axum::http::Method;
use axum::middleware::from_fn;
use axum::routing::{delete, get, post};

use super::authorize::{self, AuthorizePage};
use super::faults::Endpoint;
use super::mock_provider::Facts;
use super::state::{Provider, SharedState};
use super::token_store::{Scopes, random_text};

/// GitHub, told to the rest of the sandbox.
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

/// The scope for `/user/emails`.
const EMAIL: &str = "user:email";
/// The scope that contains all of the user's, [`EMAIL`] among them.
const USER: &str = "user";

/// GitHub's authorization endpoint.
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

/// SandboxState below `/github` and `/github-api`.
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

/// Which endpoint a path below `/github/` or `/github-api/` is.
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

/// Between spaces or commas; GitHub drops what it does not know.
fn scopes(text: &str) -> Result<Scopes, String> {
    let known = |scope: &&str| ["read:user", EMAIL, USER, "repo", "public_repo", "read:org", "gist"].contains(scope);
    Ok(text.split([' ', ',']).filter(known).map(str::to_owned).collect())
}

fn describe(scope: &str) -> String {
    match scope {
        "read:user" => "Read your profile".to_owned(),
        EMAIL => "Read your e-mail addresses".to_owned(),
        USER => "Read and change your profile, and read your e-mail addresses".to_owned(),
        other => format!("Use {other}"),
    }
}
