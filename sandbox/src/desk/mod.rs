//! The authorization endpoint of a provider without manners of its own there: the chooser, the consent screen, the code.
//! Those who use it differ in facts, which a [`Desk`] holds.

mod answer;
mod ask;
mod pages;
mod request;
mod visit;

use axum::routing::{get, post};
use axum::{Extension, Router};

use super::clients::Client;
use super::ledger::Scopes;
use super::world::{Provider, World};

/// What is a provider's own at its authorization endpoint.
pub struct Desk {
    /// Whose it is.
    pub provider: Provider,
    /// Reads `scope`, empty when absent; `Err` with a scope that the provider refuses.
    pub scopes: fn(&str) -> Result<Scopes, String>,
    /// What the consent screen says of a scope.
    pub describe: fn(&str) -> String,
    /// The scopes with a box on the consent screen.
    pub declinable: &'static [&'static str],
    /// Whether `response_type`, `scope`, `state` and PKCE are required.
    pub strict: bool,
    /// Whether a token has all scopes that were ever granted, and not only those of its request.
    pub sticky: bool,
    /// The scope that brings a refresh token.
    pub refresh_scope: Option<&'static str>,
    /// Whether `iss` is in the authorization response (RFC 9207).
    pub names_itself: bool,
    /// The parameters after Cancel.
    pub denial: &'static [(&'static str, &'static str)],
    /// Makes a code.
    pub code: fn() -> String,
}

impl Desk {
    /// The desk's client in this world.
    pub fn client<'a>(&self, world: &'a World) -> &'a Client {
        world.clients().of(self.provider)
    }

    /// Whether these are the credentials of the desk's client.
    pub fn knows(&self, world: &World, id: Option<&str>, secret: Option<&str>) -> bool {
        let client = self.client(world);
        id == Some(&client.id) && secret == Some(&client.secret)
    }
}

/// The pages at `path` and below it.
pub fn routes(desk: &'static Desk, path: &str) -> Router<World> {
    Router::new()
        .route(path, get(ask::ask))
        .route(&format!("{path}/person"), post(ask::choose))
        .route(&format!("{path}/consent"), get(ask::consent).post(ask::decide))
        .layer(Extension(desk))
}
