//! The recipe for Rust in docs/verify-tokens.md, as it stands there.

use std::{fs, sync::Arc};

use jsonwebtoken::jwk::JwkSet;
use latchkey::{accounts::UserId, tokens::Tokens};
use secrecy::ExposeSecret;

use super::server::{Server, opening};
use crate::support::database::Engine;

mod verify;

const LATCHKEY: &str = "http://localhost:3000";

#[test]
fn the_document_has_this_recipe() {
    let document = fs::read_to_string("docs/verify-tokens.md").unwrap();
    assert!(document.contains(&format!("```rust\n{}```", include_str!("verify.rs"))));
}

async fn token(tokens: &Tokens, user: UserId) -> String {
    tokens.issue_pair(&opening(user, None)).await.unwrap().access_token.expose_secret().to_owned()
}

#[tokio::test]
async fn the_recipe_accepts_access_tokens_for_this_service_only() {
    let server = Server::on(Engine::Sqlite).await;
    let user = server.user("ada").await.id;
    let issuer = |origin, audience| Tokens::new(Arc::clone(&server.database), origin, audience, server.clock.clone());
    let tokens = issuer(LATCHKEY, None);
    let keys: JwkSet = serde_json::from_str(&tokens.jwks().await.unwrap().to_string()).unwrap();
    let valid = token(&tokens, user).await;
    assert_eq!(verify::verify(&valid, &keys).unwrap()["sub"], user.to_string());

    let signature = valid.rfind('.').unwrap() + 1;
    let altered = format!("{}AAAA{}", &valid[..signature], &valid[signature + 4..]);
    let other_audience = token(&issuer(LATCHKEY, Some("https://api.example")), user).await;
    let other_issuer = token(&issuer("https://evil.example", Some(LATCHKEY)), user).await;
    server.clock.advance(-3600);
    let expired = token(&tokens, user).await;
    for rejected in [&altered, &other_audience, &other_issuer, &expired, "a.b.c"] {
        assert!(verify::verify(rejected, &keys).is_err(), "{rejected}");
    }
    let no_keys = JwkSet { keys: Vec::new() };
    assert!(verify::verify(&valid, &no_keys).is_err());
}
