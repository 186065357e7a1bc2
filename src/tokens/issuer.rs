//! `Tokens`: issues, refreshes and verifies tokens.

use std::sync::Arc;

use serde_json::Value;
use time::OffsetDateTime;

use super::{
    access_claims::{AccessClaims, Expected, expiry},
    access_token::{self, MAX_TOKEN_BYTES, UnverifiedToken},
    error::{AccessTokenError, RefreshTokenError, TokensError},
    key_ring::KeyRing,
    key_set::KeySet,
    refresh_token::RefreshToken,
    token_pair::{NewTokenSession, TokenPair},
    verified::{VerifiedTokens, fingerprint},
};
use crate::{
    accounts::{ClientInfo, EmailRequirement},
    relying_party::Clock,
    sealing::random_text,
    store::{ActiveSession, AuditContext, Database, NewSession, Rotation, Session, StoreError},
};

/// The page on which a user adds an email.
const ADD_EMAIL_PAGE: &str = "/add-email";

/// Issues and verifies tokens. Cheap to clone; clones share the keys and the cache of verified tokens.
#[derive(Clone, Debug)]
pub struct Tokens(Arc<Shared>);

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
}

impl Tokens {
    /// Tokens with `origin`, the application's public origin, as issuer and, unless given, as audience. Keys are loaded
    /// or generated on first use.
    pub fn new(database: Arc<Database>, origin: &str, audience: Option<&str>, clock: Clock) -> Self {
        Self::with_email_requirement(EmailRequirement::Off, database, origin, audience, clock)
    }

    /// The same with an email requirement. The tokens of users who have to verify an email first get the page that asks
    /// for it as `aud`, so that no service which verifies locally accepts them.
    pub fn with_email_requirement(
        email_requirement: EmailRequirement,
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
            email_requirement,
            database,
            clock,
        }))
    }

    /// Opens a session and issues its first token pair.
    ///
    /// # Errors
    /// [`TokensError`]; it contains [`StoreError::Conflict`] if the user is deleted or disabled.
    pub async fn issue_pair(&self, opening: &NewTokenSession<'_>) -> Result<TokenPair, TokensError> {
        let keys = self.0.keys.current().await?;
        loop {
            let refresh_token = RefreshToken::mint()?;
            let session = self.new_session(opening)?;
            let first = refresh_token.to_row();
            if self.0.database.open_token_session(opening.earlier, &session, &first).await? {
                let session = self.load(&session.id_hash).await?;
                return self.pair(&keys, session, refresh_token);
            }
        }
    }

    /// Exchanges a refresh token for a new pair. Concurrent requests with the same token get the same next refresh
    /// token. A token presented again after ten seconds, or after its successor was used, is reuse: the session ends
    /// and its user gets an email (RFC 9700 §4.14.2).
    ///
    /// # Errors
    /// [`RefreshTokenError`].
    pub async fn refresh(&self, unverified: &str, client: &ClientInfo) -> Result<TokenPair, RefreshTokenError> {
        let token = RefreshToken::parse(unverified).ok_or(RefreshTokenError::Unknown)?;
        // Before the token is used: without keys the new pair could not be signed.
        let keys = self.0.keys.current().await?;
        let next = RefreshToken::mint()?;
        let audit = AuditContext { client: client.clone(), now: self.0.clock.date() };
        match self.0.database.rotate_refresh_token(&token.hash(), &next.to_row(), &audit).await? {
            Rotation::Rotated(session) => Ok(self.pair(&keys, session, next)?),
            Rotation::Again { child, session } => Ok(self.pair(&keys, session, RefreshToken::from_database(child))?),
            Rotation::Reused => Err(RefreshTokenError::Reused),
            Rotation::Unknown => Err(RefreshTokenError::Unknown),
        }
    }

    /// Gives a session a new id and issues a new pair, after the user re-authenticated (`reauthenticated`) or changed a
    /// sign-in method. All earlier access and refresh tokens of the session are invalid at once, so that a stolen copy
    /// does not profit. `None` if the session has ended.
    ///
    /// # Errors
    /// [`TokensError`]. After a failure the earlier tokens may be invalid already.
    pub async fn renew_pair(&self, session: &str, reauthenticated: bool) -> Result<Option<TokenPair>, TokensError> {
        let keys = self.0.keys.current().await?;
        let (next, id) = (RefreshToken::mint()?, random_text::<32>()?);
        let now = self.0.clock.date();
        let reauthenticated_at = reauthenticated.then_some(now);
        if !self.0.database.renew_token_session(session, &id, reauthenticated_at, &next.to_row(), now).await? {
            return Ok(None);
        }
        let session = self.0.database.load_session(&id, now).await?;
        session.map(|session| self.pair(&keys, session, next)).transpose()
    }

    /// The `id_hash` of the session of a refresh token, used or not, in order to end it (RFC 7009). `None` if the
    /// session has ended or the token is unknown.
    ///
    /// # Errors
    /// [`StoreError`] if the query fails.
    pub async fn session_of(&self, unverified: &str) -> Result<Option<String>, StoreError> {
        match RefreshToken::parse(unverified) {
            Some(token) => self.0.database.session_of_refresh_token(&token.hash()).await,
            None => Ok(None),
        }
    }

    /// The session of a valid refresh token, without using the token: for a response that cannot deliver the next one.
    /// `None` if the token is not valid.
    ///
    /// # Errors
    /// [`StoreError`] if the query fails.
    pub async fn peek_session(&self, unverified: &str) -> Result<Option<ActiveSession>, StoreError> {
        match RefreshToken::parse(unverified) {
            Some(token) => self.0.database.look_at_refresh_token(&token.hash(), self.0.clock.date()).await,
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

    fn new_session(&self, opening: &NewTokenSession<'_>) -> Result<NewSession, TokensError> {
        let now: OffsetDateTime = self.0.clock.date();
        Ok(NewSession {
            // Random, not the hash of a cookie's value: no cookie can match it.
            id_hash: random_text::<32>()?,
            user: opening.user,
            identity: opening.identity,
            provider: Some(opening.provider.to_owned()),
            user_agent: opening.client.user_agent.clone(),
            ip: opening.client.ip.map(|ip| ip.to_string()),
            data: "{}".to_owned(),
            created_at: now,
            expires_at: now + Session::IDLE,
            absolute_expires_at: now + Session::ABSOLUTE,
        })
    }

    /// Loads a new session. A conflict if its user was disabled in the meantime.
    async fn load(&self, id_hash: &str) -> Result<ActiveSession, TokensError> {
        let session = self.0.database.load_session(id_hash, self.0.clock.date()).await?;
        session.ok_or_else(|| StoreError::Conflict(sqlx::Error::RowNotFound).into())
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
