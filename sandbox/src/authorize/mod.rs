//! The authorization endpoint (chooser, consent screen, code) for providers without special behaviour there.
//! [`AuthorizePage`] holds what differs between them.

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

/// What distinguishes one provider's authorization endpoint from another's.
pub struct AuthorizePage {
    pub provider: Provider,
    /// Parses `scope` (empty when absent); `Err` is a scope that the provider rejects.
    pub scopes: fn(&str) -> Result<Scopes, String>,
    /// The consent screen's text for a scope.
    pub describe: fn(&str) -> String,
    /// Scopes with a checkbox on the consent screen.
    pub declinable: &'static [&'static str],
    /// Requires `response_type`, `scope`, `state` and PKCE.
    pub requires_all_parameters: bool,
    /// A token has all scopes that were ever granted, not only those of its request.
    pub accumulates_scopes: bool,
    /// The scope that requests a refresh token.
    pub refresh_scope: Option<&'static str>,
    /// Sends `iss` in the authorization response (RFC 9207).
    pub sends_iss: bool,
    /// The response parameters after Cancel.
    pub denied: &'static [(&'static str, &'static str)],
    pub code: fn() -> String,
}

impl AuthorizePage {
    pub fn client<'a>(&self, shared: &'a SharedState) -> &'a Client {
        shared.clients().of(self.provider)
    }

    pub fn is_client(&self, shared: &SharedState, id: Option<&str>, secret: Option<&str>) -> bool {
        let client = self.client(shared);
        id == Some(&client.id) && secret == Some(&client.secret)
    }
}

pub fn routes(page: &'static AuthorizePage, path: &str) -> Router<SharedState> {
    Router::new()
        .route(path, get(handlers::authorize))
        .route(&format!("{path}/person"), post(handlers::choose_account))
        .route(&format!("{path}/consent"), get(handlers::consent).post(handlers::decide))
        .layer(Extension(page))
}
