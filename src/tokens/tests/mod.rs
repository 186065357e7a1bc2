//! Tests on bytes: an issued token verifies, and any single change is rejected.

mod claims;
mod forgeries;
mod key_sets;
mod never_panics;
mod plan;
mod verified_tokens;

use std::sync::OnceLock;

use secrecy::SecretSlice;
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::{
    access_claims::{AccessClaims, Expected},
    access_token::{UnverifiedToken, sign},
    error::AccessTokenError,
    jwk,
    signing_key::{SigningKey, VerifyingKey},
};
use crate::{
    accounts::{
        AuthenticationMethod, Authentications, EmailAddress, EmailRequirement, User, UserId, VerificationMethod,
        VerifiedEmail,
    },
    store::{ActiveSession, KeyTimes, NewKey, Session, StoredKey},
};

const NOW: i64 = 1_800_000_000;
const ORIGIN: &str = "https://app.example";

fn expected() -> Expected<'static> {
    Expected {
        issuer: ORIGIN,
        audience: ORIGIN,
        restricted_audience: "https://app.example/add-email",
        email_requirement: EmailRequirement::Off,
        now: NOW,
    }
}

fn new_key() -> NewKey {
    let times = KeyTimes { created_at: NOW, signs_from: NOW, signs_until: NOW + 1000, expires_at: NOW + 5000 };
    SigningKey::generate(times).unwrap()
}

fn stored(key: &NewKey) -> StoredKey {
    StoredKey {
        kid: key.kid.clone(),
        private_key: Some(key.private_key.clone()),
        sealed_with_newest_key: true,
        public_jwk: key.public_jwk.clone(),
        times: key.times,
    }
}

/// The application's key, generated once per run.
fn own_key() -> &'static SigningKey {
    static KEY: OnceLock<SigningKey> = OnceLock::new();
    KEY.get_or_init(|| opened(&new_key().private_key))
}

/// The key of another application.
fn foreign_key() -> &'static SigningKey {
    static KEY: OnceLock<SigningKey> = OnceLock::new();
    KEY.get_or_init(|| opened(&new_key().private_key))
}

fn opened(private_key: &SecretSlice<u8>) -> SigningKey {
    SigningKey::from_pkcs8(private_key).unwrap()
}

fn public(key: &SigningKey) -> VerifyingKey {
    VerifyingKey::from_point(key.point()).unwrap()
}

/// The application's public key as a JWK.
fn own_jwk() -> Value {
    jwk::jwk(own_key().point()).unwrap()
}

fn session() -> ActiveSession {
    let at = |seconds| OffsetDateTime::from_unix_timestamp(seconds).unwrap();
    let user = UserId::new(at(NOW), [7; 10]);
    ActiveSession {
        session: Session {
            id: base64url([7; 16]),
            version: 3,
            user,
            identity: None,
            provider: Some("google".to_owned()),
            user_agent: None,
            ip: None,
            data: "{}".to_owned(),
            created_at: at(NOW),
            last_seen_at: at(NOW),
            expires_at: at(NOW + 1000),
            absolute_expires_at: at(NOW + 1000),
            reauthenticated_at: at(NOW),
            signed_in_by: Authentications::default(),
            reauthenticated_by: Authentications::by(AuthenticationMethod::Password, at(NOW)),
        },
        user: User {
            id: user,
            name: Some("Ada".to_owned()),
            picture: None,
            verified_email: Some(VerifiedEmail::on_record(email("ada@example.com"), VerificationMethod::EmailLink)),
            claimed_email: None,
            created_at: at(NOW),
            disabled_at: None,
            name_from: None,
            picture_from: None,
        },
    }
}

fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

/// An issued token.
fn issued() -> String {
    sign(own_key(), &session(), "id", &expected()).unwrap()
}

fn valid_header() -> Value {
    json!({"alg": "ES256", "typ": "at+jwt", "kid": own_key().kid()})
}

fn valid_claims() -> Value {
    let session = session();
    json!({
        "iss": ORIGIN, "aud": ORIGIN, "sub": session.user.id.to_string(), "sid": session.session.id, "session_version": 3,
        "client_id": "latchkey", "jti": "id", "iat": NOW, "exp": NOW + 300,
        "auth_time": NOW, "amr": ["pwd"], "email": "ada@example.com", "email_verified": true, "name": "Ada",
    })
}

/// Any header and claims with a valid signature.
fn signed_text(key: &SigningKey, header: &str, claims: &str) -> String {
    let signed = format!("{}.{}", base64url(header), base64url(claims));
    let signature = key.sign(&signed).unwrap();
    format!("{signed}.{signature}")
}

fn signed(header: &Value, claims: &Value) -> String {
    signed_text(own_key(), &header.to_string(), &claims.to_string())
}

/// Verifies as `Tokens` does, with the key of the header's `kid`.
fn verify_at(token: &str, now: i64) -> Result<AccessClaims, AccessTokenError> {
    let token = UnverifiedToken::read(token)?;
    if token.kid() != own_key().kid() {
        return Err(AccessTokenError::UnknownKey);
    }
    token.verify(&public(own_key()), &Expected { now, ..expected() })
}

fn verify(token: &str) -> Result<AccessClaims, AccessTokenError> {
    verify_at(token, NOW)
}

fn base64url(bytes: impl AsRef<[u8]>) -> String {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    URL_SAFE_NO_PAD.encode(bytes)
}
