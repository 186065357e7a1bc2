//! What an access token says: RFC 9068 §2.2, with the members of ours.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};

use super::error::AccessTokenError;
use crate::{
    accounts::{EmailAddress, EmailRequirement, User, UserId},
    oauth::{DocumentError, JsonDocument},
    store::{ActiveSession, Session},
};

/// How long an access token is valid, in seconds. It is the time for which a verifier that does not ask the database
/// still lets somebody in whose session has ended.
pub const LIFETIME: i64 = 300;

/// `client_id`: there is one client, the application itself.
const CLIENT: &str = "latchkey";
/// How far the clocks of two of our machines may be apart, in seconds. For `iat` only: nobody lives longer by it.
const CLOCKS: u64 = 60;
/// Bytes of a hash: `sid` is one.
const HASH: usize = 32;
/// Longest `jti`, in bytes.
const LONGEST_ID: usize = 64;

/// The claims of an access token that was verified; nothing else makes them.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessClaims {
    user: UserId,
    session: String,
    id: String,
    issued_at: i64,
    expires_at: i64,
    email: Option<EmailAddress>,
    name: Option<String>,
}

/// What the claims of a token of ours must be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expected<'a> {
    /// `iss`: our origin.
    pub(super) issuer: &'a str,
    /// `aud`: the one audience.
    pub(super) audience: &'a str,
    /// `aud` of those who are kept out: a page of ours, and no service.
    pub(super) kept_out: &'a str,
    /// Who is kept out.
    pub(super) email_requirement: EmailRequirement,
    /// Unix seconds.
    pub(super) now: i64,
}

impl Expected<'_> {
    /// A service that verifies by itself must not let in whom we keep out: such a token is for nobody but us.
    fn audience_of(&self, user: &User) -> &str {
        if self.email_requirement.keeps_out(user) { self.kept_out } else { self.audience }
    }
}

impl AccessClaims {
    /// `sub`: who.
    pub fn user(&self) -> UserId {
        self.user
    }

    /// `sid`: the `id_hash` of the session. Whether it goes on, only the database knows.
    pub fn session(&self) -> &str {
        &self.session
    }

    /// `jti`: the token's own id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// `iat`, Unix seconds.
    pub fn issued_at(&self) -> i64 {
        self.issued_at
    }

    /// `exp`, Unix seconds: valid before, not at it.
    pub fn expires_at(&self) -> i64 {
        self.expires_at
    }

    /// `email`: the address that the user had proven when the token was issued.
    pub fn email(&self) -> Option<&EmailAddress> {
        self.email.as_ref()
    }

    /// `name`: what to call them.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}

/// When a token that is issued now ends, in Unix seconds: never after its session.
pub(super) fn end_of(session: &Session, now: i64) -> i64 {
    (now + LIFETIME).min(session.absolute_expires_at.unix_timestamp())
}

/// The claims of a new token, as JSON.
pub(super) fn write(session: &ActiveSession, id: &str, expected: &Expected<'_>) -> String {
    let ActiveSession { session, user } = session;
    let mut claims = Map::new();
    let mut claim = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    claim("iss", json!(expected.issuer));
    claim("aud", json!(expected.audience_of(user)));
    claim("sub", json!(user.id.to_string()));
    claim("sid", json!(session.id_hash));
    claim("client_id", json!(CLIENT));
    claim("jti", json!(id));
    claim("iat", json!(expected.now));
    claim("exp", json!(end_of(session, expected.now)));
    of_person(user).into_iter().for_each(|(name, value)| drop(claim(name, value)));
    Value::Object(claims).to_string()
}

/// An unproven address is not told: who reads the token would take it for one that is theirs.
fn of_person(user: &User) -> Vec<(&'static str, Value)> {
    let mut claims = Vec::new();
    if let Some(email) = &user.verified_email {
        claims.push(("email", json!(email.email().as_str())));
        claims.push(("email_verified", json!(true)));
    }
    claims.extend(user.name.as_ref().map(|name| ("name", json!(name))));
    claims
}

/// Reads the claims of a token whose signature is right. Every claim of ours must be there with its type: a signature
/// says who wrote something, not what it was for.
pub(super) fn read(claims: &JsonDocument, expected: &Expected<'_>) -> Result<AccessClaims, AccessTokenError> {
    is(claims, "iss", expected.issuer)?;
    is(claims, "aud", expected.kept_out).or_else(|_| is(claims, "aud", expected.audience))?;
    is(claims, "client_id", CLIENT)?;
    let (issued_at, expires_at) = times(claims, expected.now)?;
    Ok(AccessClaims {
        user: UserId::parse(text(claims, "sub")?).map_err(|_| AccessTokenError::Claim("sub"))?,
        session: session(claims)?,
        id: token_id(claims)?,
        issued_at,
        expires_at,
        email: email(claims)?,
        name: claims.optional_str("name")?.map(str::to_owned),
    })
}

fn is(claims: &JsonDocument, name: &'static str, expected: &str) -> Result<(), AccessTokenError> {
    if text(claims, name)? == expected { Ok(()) } else { Err(AccessTokenError::Claim(name)) }
}

/// No leeway for `exp`: the clock that wrote it is ours. Whoever looks a second late gets a new token.
fn times(claims: &JsonDocument, now: i64) -> Result<(i64, i64), AccessTokenError> {
    let now = u64::try_from(now).unwrap_or_default();
    let issued_at = claims.optional_u64("iat")?.ok_or(AccessTokenError::Claim("iat"))?;
    let expires_at = claims.optional_u64("exp")?.ok_or(AccessTokenError::Claim("exp"))?;
    let not_before = claims.optional_u64("nbf")?.unwrap_or_default();
    if issued_at > now + CLOCKS {
        return Err(AccessTokenError::Claim("iat"));
    }
    if not_before > now + CLOCKS {
        return Err(AccessTokenError::Claim("nbf"));
    }
    if expires_at <= now {
        return Err(AccessTokenError::Expired);
    }
    // Longer than we ever write: then we did not write it.
    if expires_at.checked_sub(issued_at).is_none_or(|life| life > LIFETIME.unsigned_abs()) {
        return Err(AccessTokenError::Claim("exp"));
    }
    let signed = |time: u64, name| i64::try_from(time).map_err(|_| AccessTokenError::Claim(name));
    Ok((signed(issued_at, "iat")?, signed(expires_at, "exp")?))
}

fn session(claims: &JsonDocument) -> Result<String, AccessTokenError> {
    let sid = text(claims, "sid")?;
    let is_hash = URL_SAFE_NO_PAD.decode(sid).is_ok_and(|bytes| bytes.len() == HASH);
    if is_hash { Ok(sid.to_owned()) } else { Err(AccessTokenError::Claim("sid")) }
}

fn token_id(claims: &JsonDocument) -> Result<String, AccessTokenError> {
    let id = text(claims, "jti")?;
    if (1..=LONGEST_ID).contains(&id.len()) { Ok(id.to_owned()) } else { Err(AccessTokenError::Claim("jti")) }
}

/// An address is there with the word that it is proven, or not at all.
fn email(claims: &JsonDocument) -> Result<Option<EmailAddress>, AccessTokenError> {
    match (claims.optional_str("email")?, claims.optional_bool("email_verified")?) {
        (None, None) => Ok(None),
        (Some(email), Some(true)) => EmailAddress::parse(email).map(Some).map_err(|_| AccessTokenError::Claim("email")),
        _ => Err(AccessTokenError::Claim("email_verified")),
    }
}

fn text<'a>(claims: &'a JsonDocument, name: &'static str) -> Result<&'a str, AccessTokenError> {
    Ok(claims.required_str(name)?)
}

impl From<DocumentError> for AccessTokenError {
    fn from(error: DocumentError) -> Self {
        match error {
            DocumentError::Missing(name) | DocumentError::WrongType(name) => Self::Claim(name),
            DocumentError::NotAnObject | DocumentError::NotJson => Self::Malformed,
        }
    }
}

/// Ids only: the rest is a person's data.
impl fmt::Debug for AccessClaims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { user, id, expires_at, .. } = self;
        write!(f, "AccessClaims({id} of {user} until {expires_at})")
    }
}
