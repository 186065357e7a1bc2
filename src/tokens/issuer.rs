//! `Tokens`: issues, refreshes and verifies tokens.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use serde_json::Value;
use time::OffsetDateTime;

use super::{
    access_claims::{AccessClaims, Expected, expiry},
    access_token::{self, MAX_TOKEN_BYTES, UnverifiedToken},
    error::{AccessTokenError, RefreshTokenError, TokensError},
    key_ring::KeyRing,
    key_set::KeySet,
    token_pair::{NewTokenSession, TokenPair},
    verified::{VerifiedTokens, fingerprint},
};
use crate::{
    accounts::{Authentications, ClientInfo, EmailRequirement},
    inspect::{self, Check, CheckResult, FlowKind, Step},
    limits::KeyedLimiter,
    relying_party::Clock,
    sealing::random_text,
    store::{ActiveSession, AuditContext, Database, NewSession, RefreshToken, Renewal, Rotation, Session, StoreError},
};

/// The page on which a user adds an email.
const ADD_EMAIL_PAGE: &str = "/add-email";

/// Issues and verifies tokens. Cheap to clone; clones share the keys and the cache of verified tokens.
#[derive(Clone, Debug)]
pub struct Tokens(Arc<Shared>);

/// Burst of refresh token exchanges of one session, each of which is a write …
const EXCHANGES: NonZeroU32 = NonZeroU32::new(120).unwrap();
/// … and the interval that allows one more. A client needs one exchange in five minutes.
const EXCHANGE_INTERVAL: Duration = Duration::from_secs(10);

/// What an operator decides about tokens.
#[derive(Clone, Copy, Debug, Default)]
pub struct TokenPolicy {
    /// The tokens of users who have to verify an email first get the page that asks for it as `aud`, so that no service
    /// which verifies locally accepts them.
    pub email_requirement: EmailRequirement,
    /// Whether the exchanges of one session are limited ([`RefreshTokenError::TooManyRequests`]).
    pub rate_limits: bool,
}

#[derive(Debug)]
struct Shared {
    database: Arc<Database>,
    clock: Clock,
    keys: KeyRing,
    verified: VerifiedTokens,
    issuer: String,
    audience: String,
    /// See [`Expected::restricted_audience`].
    restricted_audience: String,
    email_requirement: EmailRequirement,
    /// `None` with `RATE_LIMITS=off`.
    limits: Option<Arc<KeyedLimiter>>,
}

impl Tokens {
    /// Tokens with `origin`, the application's public origin, as issuer and, unless given, as audience. Keys are loaded
    /// or generated on first use.
    pub fn new(database: Arc<Database>, origin: &str, audience: Option<&str>, clock: Clock) -> Self {
        Self::with_policy(TokenPolicy::default(), database, origin, audience, clock)
    }

    /// The same with a policy.
    pub fn with_policy(
        policy: TokenPolicy,
        database: Arc<Database>,
        origin: &str,
        audience: Option<&str>,
        clock: Clock,
    ) -> Self {
        Self(Arc::new(Shared {
            keys: KeyRing::new(Arc::clone(&database), clock.clone()),
            verified: VerifiedTokens::default(),
            issuer: origin.to_owned(),
            audience: audience.unwrap_or(origin).to_owned(),
            restricted_audience: format!("{origin}{ADD_EMAIL_PAGE}"),
            email_requirement: policy.email_requirement,
            limits: policy.rate_limits.then(|| Arc::new(KeyedLimiter::new(EXCHANGES, EXCHANGE_INTERVAL))),
            database,
            clock,
        }))
    }

    /// For the sweeper.
    pub fn limiters(&self) -> Vec<Arc<KeyedLimiter>> {
        self.0.limits.iter().cloned().collect()
    }

    /// Opens a session and issues its first token pair.
    ///
    /// # Errors
    /// [`TokensError`]; it contains [`StoreError::Conflict`] if the user is deleted or disabled.
    pub async fn issue_pair(&self, opening: &NewTokenSession<'_>) -> Result<TokenPair, TokensError> {
        let keys = self.0.keys.current().await?;
        let refresh_token =
            self.0.database.open_token_session(opening.earlier, &self.new_session(opening), opening.holder).await?;
        let now = self.0.clock.date();
        // None if the user was disabled in the meantime.
        let session = self.0.database.load_session_version(refresh_token.session(), 1, now).await?;
        let session = session.ok_or(StoreError::Conflict(sqlx::Error::RowNotFound))?;
        self.pair(&keys, session, refresh_token)
    }

    /// Exchanges a refresh token for a new pair. Concurrent requests with the same token get the same next refresh
    /// token, and so does a repeat after a lost answer: a program's within ten seconds, a browser's as long as that next
    /// token is unused. Anything later is reuse: the session ends and its user gets an email (RFC 9700 §4.14.2).
    ///
    /// # Errors
    /// [`RefreshTokenError`].
    pub async fn refresh(&self, unverified: &str, client: &ClientInfo) -> Result<TokenPair, RefreshTokenError> {
        inspect::record(|_| Step::Began { kind: FlowKind::Refresh, provider: inspect::Value::ABSENT });
        let Some(token) = RefreshToken::parse(unverified) else {
            record_rotation(&Rotation::Unknown);
            return Err(RefreshTokenError::Unknown);
        };
        // Before the token is exchanged: without keys the new pair could not be signed.
        let keys = self.0.keys.current().await?;
        let audit = AuditContext { client: client.clone(), now: self.0.clock.date() };
        let rotation = self.0.database.rotate_refresh_token(&token, || self.limit(&token), &audit).await?;
        record_rotation(&rotation);
        match rotation {
            Rotation::Rotated { next, session } => Ok(self.pair(&keys, *session, next)?),
            Rotation::Limited { seconds } => Err(RefreshTokenError::TooManyRequests { seconds }),
            Rotation::Reused => Err(RefreshTokenError::Reused),
            Rotation::Unknown => Err(RefreshTokenError::Unknown),
        }
    }

    /// Renews a session and issues a new pair, after the user re-authenticated (`reauthenticated_by`: the steps that are recent
    /// now) or changed a sign-in method. All earlier access and refresh tokens of the session are invalid at once, so that a stolen copy does not
    /// profit. Of two requests that renew one version of the session, both get the same refresh token. `None` if the
    /// session has ended.
    ///
    /// # Errors
    /// [`TokensError`]. After a failure the earlier tokens may be invalid already.
    pub async fn renew_pair(
        &self,
        session: &Session,
        reauthenticated_by: Option<Authentications>,
    ) -> Result<Option<TokenPair>, TokensError> {
        let keys = self.0.keys.current().await?;
        let now = self.0.clock.date();
        let renewal = Renewal { id: &session.id, version: session.version, reauthenticated_by, now };
        let Some(next) = self.0.database.renew_token_session(&renewal).await? else { return Ok(None) };
        let session = self.0.database.load_session_version(&session.id, session.version + 1, now).await?;
        session.map(|session| self.pair(&keys, session, next)).transpose()
    }

    /// The id of the session of a refresh token, exchanged or not, in order to end it (RFC 7009). `None` if the session
    /// has ended or the token is unknown.
    ///
    /// # Errors
    /// [`StoreError`] if the query fails.
    pub async fn session_of(&self, unverified: &str) -> Result<Option<String>, StoreError> {
        match RefreshToken::parse(unverified) {
            Some(token) => self.0.database.session_of_refresh_token(&token).await,
            None => Ok(None),
        }
    }

    /// The session of a valid refresh token, without exchanging the token: for a response that cannot deliver the next
    /// one. `None` if the token is not valid.
    ///
    /// # Errors
    /// [`StoreError`] if the query fails.
    pub async fn peek_session(&self, unverified: &str) -> Result<Option<ActiveSession>, StoreError> {
        match RefreshToken::parse(unverified) {
            Some(token) => self.0.database.look_at_refresh_token(&token, self.0.clock.date()).await,
            None => Ok(None),
        }
    }

    /// Whether an unverified text is an access token that names this server as its issuer, valid or not: of a bearer token
    /// that is meant for another server, it is not.
    pub fn is_issued_here(&self, unverified: &str) -> bool {
        UnverifiedToken::read(unverified).is_ok_and(|token| token.names_issuer(&self.0.issuer))
    }

    /// Verifies an access token, which is at most five minutes old. Only the database knows whether its session
    /// ([`AccessClaims::session`]) is still open.
    ///
    /// # Errors
    /// [`AccessTokenError`]: the first failed check.
    pub async fn verify(&self, unverified: &str) -> Result<Arc<AccessClaims>, AccessTokenError> {
        if unverified.len() > MAX_TOKEN_BYTES {
            return Err(AccessTokenError::Malformed);
        }
        let keys = self.0.keys.current().await?;
        let (now, fingerprint) = (self.0.clock.now(), fingerprint(unverified));
        if let Some(claims) = self.0.verified.get(&fingerprint, &keys, now) {
            return Ok(claims);
        }
        let token = UnverifiedToken::read(unverified)?;
        let keys = self.keys_with(keys, token.kid(), now).await?;
        let key = keys.verifier(token.kid(), now).ok_or(AccessTokenError::UnknownKey)?;
        let claims = Arc::new(token.verify(key, &self.expected(now))?);
        self.0.verified.insert(fingerprint, token.kid(), &claims, now);
        Ok(claims)
    }

    /// The JWK set that verifies access tokens (RFC 7517 §5).
    ///
    /// # Errors
    /// [`TokensError`] if the keys cannot be loaded.
    pub async fn jwks(&self) -> Result<Value, TokensError> {
        Ok(self.0.keys.current().await?.jwks(self.0.clock.now()))
    }

    fn limit(&self, token: &RefreshToken) -> Result<(), u64> {
        self.0.limits.as_ref().map_or(Ok(()), |limits| limits.count(token.session()))
    }

    fn new_session(&self, opening: &NewTokenSession<'_>) -> NewSession {
        let now: OffsetDateTime = self.0.clock.date();
        NewSession {
            user: opening.user,
            identity: opening.identity,
            authentications: opening.authentications.clone(),
            client: opening.client.clone(),
            data: "{}".to_owned(),
            created_at: now,
            expires_at: now + Session::IDLE,
            absolute_expires_at: now + Session::ABSOLUTE,
            condition: opening.condition.clone(),
            browser: opening.browser.clone(),
        }
    }

    fn pair(
        &self,
        keys: &KeySet,
        session: ActiveSession,
        refresh_token: RefreshToken,
    ) -> Result<TokenPair, TokensError> {
        let now = self.0.clock.now();
        let key = keys.signer(now).ok_or(TokensError::NoSigningKey)?;
        let access_token = access_token::sign(key, &session, &random_text::<16>()?, &self.expected(now))?.into();
        let expires_in = expiry(&session.session, now) - now;
        Ok(TokenPair { access_token, expires_in, refresh_token, session })
    }

    /// Reloads the keys if `kid` is not among them: another server may have just made it.
    async fn keys_with(&self, keys: Arc<KeySet>, kid: &str, now: i64) -> Result<Arc<KeySet>, AccessTokenError> {
        if keys.verifier(kid, now).is_some() {
            return Ok(keys);
        }
        Ok(self.0.keys.newer_than(&keys).await?.unwrap_or(keys))
    }

    fn expected(&self, now: i64) -> Expected<'_> {
        let Shared { issuer, audience, restricted_audience, email_requirement, .. } = &*self.0;
        Expected { issuer, audience, restricted_audience, email_requirement: *email_requirement, now }
    }
}

/// What the walkthrough shows of an exchange.
fn record_rotation(rotation: &Rotation) {
    inspect::record(|_| {
        let (actual, passed) = match rotation {
            Rotation::Rotated { .. } => ("the current one, or its repeat", true),
            Rotation::Limited { .. } => ("too many exchanges for now", false),
            Rotation::Reused => ("one that was exchanged before: two parties have it, and the session ends", false),
            Rotation::Unknown => ("unknown, or its session has ended", false),
        };
        let expected = inspect::Value::fact("the session's current refresh token");
        let result = CheckResult::of(Check::RefreshToken, expected, inspect::Value::fact(actual), passed);
        Step::check(result)
    });
    match rotation {
        Rotation::Rotated { .. } => {
            inspect::record(|_| Step::Session { what: "The next tokens", parameters: Vec::new() })
        }
        Rotation::Limited { .. } | Rotation::Reused | Rotation::Unknown => inspect::record(|_| Step::Refused {
            because: inspect::Value::fact("the refresh token was not exchanged"),
            next_step: None,
        }),
    }
}
