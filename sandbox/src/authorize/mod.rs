//! The authorization endpoint of a provider without manners of its own there: the chooser, the consent screen, the code.
//! Those who use it differ in facts, which a [`AuthorizePage`] holds.

mod context;
mod grant;
mod handlers;
mod pages;
mod request;

use axum::routing::{get, post};
use axum::{Extension, Router};

use super::clients::Client;
use super::state::{Provider, SharedState};
use super::token_store::Scopes;

/// What is a provider's own at its authorization endpoint.
pub struct AuthorizePage {
    /// Whose it is.
    pub provider: Provider,
    /// Reads `scope`, empty when absent; `Err` with a scope that the provider refuses.
    pub scopes: fn(&str) -> Result<Scopes, String>,
    /// What the consent screen says of a scope.
    pub describe: fn(&str) -> String,
    /// The scopes with a box on the consent screen.
    pub declinable: &'static [&'static str],
    /// Whether `response_type`, `scope`, `state` and PKCE are required.
    pub requires_all_parameters: bool,
    /// Whether a token has all scopes that were ever granted, and not only those of its request.
    pub accumulates_scopes: bool,
    /// The scope that brings a refresh token.
    pub refresh_scope: Option<&'static str>,
    /// Whether `iss` is in the authorization response (RFC 9207).
    pub sends_iss: bool,
    /// The parameters after Cancel.
    pub denied: &'static [(&'static str, &'static str)],
    /// Makes a code.
    pub code: fn() -> String,
}

impl AuthorizePage {
    /// The page's client in this shared.
    pub fn client<'a>(&self, shared: &'a SharedState) -> &'a Client {
        shared.clients().of(self.provider)
    }

    /// Whether these are the credentials of the page's client.
    pub fn is_client(&self, shared: &SharedState, id: Option<&str>, secret: Option<&str>) -> bool {
        let client = self.client(shared);
        id == Some(&client.id) && secret == Some(&client.secret)
    }
}

/// The pages at `path` and below it.
pub fn routes(page: &'static AuthorizePage, path: &str) -> Router<SharedState> {
    Router::new()
        .route(path, get(handlers::authorize))
        .route(&format!("{path}/person"), post(handlers::choose_account))
        .route(&format!("{path}/consent"), get(handlers::consent).post(handlers::decide))
        .layer(Extension(page))
}
