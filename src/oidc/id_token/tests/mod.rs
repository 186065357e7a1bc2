//! Tests on bytes: one valid token, one change per case, and the twin that is accepted.

mod claims;
mod header;
mod never_panics;
mod signature;
mod verdicts;

use secrecy::SecretString;
use serde_json::{Value, json};

use super::*;
use crate::oidc::signing_for_tests::{
    base64url, ec_key, ec384_key, ec521_key, ed25519_key, jwk_set, other_rsa_key, rsa_key,
};

const NOW: u64 = 1_800_000_000;
const ISSUER: &str = "https://id.example";
const CLIENT_ID: &str = "our-client";

fn nonce() -> Nonce {
    Nonce::from_random([5; 32])
}

fn expected(nonce: &Nonce) -> ExpectedIdToken<'_> {
    ExpectedIdToken {
        issuers: &[ISSUER],
        client_ids: &[CLIENT_ID],
        nonce: NonceRule::Equals(nonce),
        algorithms: &[Algorithm::Rs256, Algorithm::Es256],
        access_token: None,
        code: None,
        max_age: None,
        max_token_age: None,
        acr_values: &[],
        profile_claims: &["email", "email_verified", "name"],
        now: NOW,
    }
}

fn valid_header() -> Value {
    json!({"alg": "RS256", "typ": "JWT", "kid": "a"})
}

fn valid_claims() -> Value {
    json!({
        "iss": ISSUER,
        "aud": CLIENT_ID,
        "sub": "248289761001",
        "exp": NOW + 3600,
        "iat": NOW - 5,
        "nonce": nonce().expose(),
        "email": "ada@example.com",
        "email_verified": true,
    })
}

/// The valid claims with one claim added or replaced.
fn with(claim: &str, value: Value) -> Value {
    let mut claims = valid_claims();
    claims[claim] = value;
    claims
}

fn without(claim: &str) -> Value {
    let mut claims = valid_claims();
    claims.as_object_mut().unwrap().remove(claim);
    claims
}

fn provider_keys() -> JwkSet {
    jwk_set(&[rsa_key().jwk_named("a")])
}

fn signed(header: &Value, claims: &Value) -> String {
    rsa_key().sign(header, claims, Algorithm::Rs256)
}

/// Signs the claims as the provider and verifies them.
fn verify_with(claims: &Value, expected: &ExpectedIdToken<'_>) -> Result<Claims, IdTokenErrorKind> {
    verify_id_token(&signed(&valid_header(), claims), &provider_keys(), expected).map_err(|error| error.kind())
}

fn verify(claims: &Value) -> Result<Claims, IdTokenErrorKind> {
    verify_with(claims, &expected(&nonce()))
}

fn verify_token(token: &str) -> Result<Claims, IdTokenErrorKind> {
    verify_id_token(token, &provider_keys(), &expected(&nonce())).map_err(|error| error.kind())
}
