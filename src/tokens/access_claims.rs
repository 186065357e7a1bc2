//! The claims of an access token: RFC 9068 §2.2, `sid`, `session_version`, `email`, `email_verified` and `name`.
//! `auth_time` and `amr` are for services; here the session's row says how strongly it is authenticated.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};

use super::error::AccessTokenError;
use crate::{
    accounts::{EmailAddress, EmailRequirement, User, UserId},
    oauth::{DocumentError, JsonDocument},
    store::{ActiveSession, Session},
};

/// Lifetime of an access token, in seconds. A service that verifies locally accepts a token for this long after its
/// session ended.
pub const LIFETIME: i64 = 300;

/// `client_id`: the only client is the application itself.
const CLIENT_ID: &str = "latchkey";
/// Tolerated clock skew between two servers, in seconds. For `iat` and `nbf` only: it does not extend the lifetime.
pub(super) const LEEWAY_SECONDS: i64 = 60;
/// Length of `sid`, in bytes.
const SID_BYTES: usize = 16;
/// Longest `jti`, in bytes.
const MAX_ID_BYTES: usize = 64;

/// The claims of a verified access token; nothing else constructs them.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessClaims {
    user: UserId,
    session: String,
    version: i64,
    id: String,
    issued_at: i64,
    expires_at: i64,
    email: Option<EmailAddress>,
    name: Option<String>,
}

/// What the claims must match, and what new ones are written from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expected<'a> {
    /// `iss`: the application's public origin.
    pub(super) issuer: &'a str,
    /// `aud`, a single value.
    pub(super) audience: &'a str,
    /// `aud` for users who have to verify an email first: the page that asks for it, which no service accepts.
    pub(super) restricted_audience: &'a str,
    /// Which users have to verify an email first.
    pub(super) email_requirement: EmailRequirement,
    /// The current time in Unix seconds.
    pub(super) now: i64,
}

impl Expected<'_> {
    /// A service that verifies locally must not accept a user who has to verify an email first.
    fn audience_of(&self, user: &User) -> &str {
        if self.email_requirement.keeps_out(user) { self.restricted_audience } else { self.audience }
    }
}

impl AccessClaims {
    /// `sub`: the user's id.
    pub fn user(&self) -> UserId {
        self.user
    }

    /// `sid`: the session's id. Only the database knows whether the session is still open, and has this
    /// [`version`](Self::version).
    pub fn session(&self) -> &str {
        &self.session
    }

    /// `session_version`: the version of the session when the token was issued. A renewal makes older tokens worthless.
    pub fn version(&self) -> i64 {
        self.version
    }

    /// `jti`: the token's id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// `iat`, Unix seconds.
    pub fn issued_at(&self) -> i64 {
        self.issued_at
    }

    /// `exp`, Unix seconds: the first second in which the token is invalid.
    pub fn expires_at(&self) -> i64 {
        self.expires_at
    }

    /// `email`: the user's verified email when the token was issued.
    pub fn email(&self) -> Option<&EmailAddress> {
        self.email.as_ref()
    }

    /// `name`: the user's display name.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}

/// `exp` of a token issued now, in Unix seconds: at most the end of its session.
pub(super) fn expiry(session: &Session, now: i64) -> i64 {
    (now + LIFETIME).min(session.absolute_expires_at.unix_timestamp())
}

/// The claims of a new token as JSON text; `id` is its `jti`.
pub(super) fn write(session: &ActiveSession, id: &str, expected: &Expected<'_>) -> String {
    let ActiveSession { session, user } = session;
    let mut claims = Map::new();
    let mut claim = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    claim("iss", json!(expected.issuer));
    claim("aud", json!(expected.audience_of(user)));
    claim("sub", json!(user.id.to_string()));
    claim("sid", json!(session.id));
    claim("session_version", json!(session.version));
    claim("client_id", json!(CLIENT_ID));
    claim("jti", json!(id));
    claim("iat", json!(expected.now));
    claim("exp", json!(expiry(session, expected.now)));
    claim("auth_time", json!(session.reauthenticated_at.unix_timestamp()));
    let amr = session.reauthenticated_by.amr();
    if !amr.is_empty() {
        claim("amr", json!(amr));
    }
    profile_claims(user).into_iter().for_each(|(name, value)| drop(claim(name, value)));
    Value::Object(claims).to_string()
}

/// An unverified email is left out: a service that reads the token might trust it.
fn profile_claims(user: &User) -> Vec<(&'static str, Value)> {
    let mut claims = Vec::new();
    if let Some(email) = &user.verified_email {
        claims.push(("email", json!(email.email().as_str())));
        claims.push(("email_verified", json!(true)));
    }
    claims.extend(user.name.as_ref().map(|name| ("name", json!(name))));
    claims
}

/// Parses the claims of a token with a verified signature. Every claim that [`write()`] writes must be present with its
/// type: a signature does not say what a JWT is for.
pub(super) fn read(claims: &JsonDocument, expected: &Expected<'_>) -> Result<AccessClaims, AccessTokenError> {
    check(claims, "iss", expected.issuer)?;
    check(claims, "aud", expected.restricted_audience).or_else(|_| check(claims, "aud", expected.audience))?;
    check(claims, "client_id", CLIENT_ID)?;
    let (issued_at, expires_at) = times(claims, expected.now)?;
    Ok(AccessClaims {
        user: UserId::parse(text(claims, "sub")?).map_err(|_| AccessTokenError::Claim("sub"))?,
        session: session(claims)?,
        version: version(claims)?,
        id: token_id(claims)?,
        issued_at,
        expires_at,
        email: email(claims)?,
        name: claims.optional_str("name")?.map(str::to_owned),
    })
}

fn check(claims: &JsonDocument, name: &'static str, expected: &str) -> Result<(), AccessTokenError> {
    if text(claims, name)? == expected { Ok(()) } else { Err(AccessTokenError::Claim(name)) }
}

/// `iat` and `exp`. No leeway for `exp`: the same application issued the token, and a client can get a new one.
fn times(claims: &JsonDocument, now: i64) -> Result<(i64, i64), AccessTokenError> {
    let now = u64::try_from(now).unwrap_or_default();
    let issued_at = claims.optional_u64("iat")?.ok_or(AccessTokenError::Claim("iat"))?;
    let expires_at = claims.optional_u64("exp")?.ok_or(AccessTokenError::Claim("exp"))?;
    let not_before = claims.optional_u64("nbf")?.unwrap_or_default();
    let latest = now.saturating_add(LEEWAY_SECONDS.unsigned_abs());
    if issued_at > latest {
        return Err(AccessTokenError::Claim("iat"));
    }
    if not_before > latest {
        return Err(AccessTokenError::Claim("nbf"));
    }
    if expires_at <= now {
        return Err(AccessTokenError::Expired);
    }
    // A longer lifetime than `write` ever sets.
    if expires_at.checked_sub(issued_at).is_none_or(|lifetime| lifetime > LIFETIME.unsigned_abs()) {
        return Err(AccessTokenError::Claim("exp"));
    }
    let signed = |time: u64, name| i64::try_from(time).map_err(|_| AccessTokenError::Claim(name));
    Ok((signed(issued_at, "iat")?, signed(expires_at, "exp")?))
}

fn session(claims: &JsonDocument) -> Result<String, AccessTokenError> {
    let sid = text(claims, "sid")?;
    let is_id = URL_SAFE_NO_PAD.decode(sid).is_ok_and(|bytes| bytes.len() == SID_BYTES);
    if is_id { Ok(sid.to_owned()) } else { Err(AccessTokenError::Claim("sid")) }
}

fn version(claims: &JsonDocument) -> Result<i64, AccessTokenError> {
    let version = claims.optional_u64("session_version")?.and_then(|version| i64::try_from(version).ok());
    version.ok_or(AccessTokenError::Claim("session_version"))
}

fn token_id(claims: &JsonDocument) -> Result<String, AccessTokenError> {
    let id = text(claims, "jti")?;
    if (1..=MAX_ID_BYTES).contains(&id.len()) { Ok(id.to_owned()) } else { Err(AccessTokenError::Claim("jti")) }
}

/// `email` with `email_verified: true`, or neither.
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
            DocumentError::Missing(name) | DocumentError::WrongType(name) | DocumentError::Repeated(name) => {
                Self::Claim(name)
            }
            DocumentError::NotAnObject | DocumentError::NotJson => Self::Malformed,
        }
    }
}

/// Prints ids only: the rest is personal data.
impl fmt::Debug for AccessClaims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { user, id, expires_at, .. } = self;
        write!(f, "AccessClaims({id} of {user} until {expires_at})")
    }
}
