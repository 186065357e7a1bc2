//! `Tokens`: issues, refreshes and verifies.

use std::sync::Arc;

use aws_lc_rs::rand;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::SecretString;
use serde_json::Value;
use time::OffsetDateTime;

use super::{
    access_claims::{AccessClaims, Expected, end_of},
    access_token::{self, LONGEST, UnverifiedToken},
    error::{AccessTokenError, RefreshTokenError, TokensError},
    key_ring::KeyRing,
    key_set::KeySet,
    refresh_token::RefreshToken,
    verified::{Verified, fingerprint},
};
use crate::{
    accounts::{ClientInfo, EmailRequirement, IdentityId, UserId},
    relying_party::Clock,
    store::{ActiveSession, AuditContext, Database, NewSession, Rotation, Session, StoreError},
};

/// The page that asks for an address.
const ADD_ADDRESS: &str = "/add-email";

/// Issues and verifies our tokens. Cheap to clone; clones share keys and what was verified.
#[derive(Clone, Debug)]
pub struct Tokens(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    database: Arc<Database>,
    clock: Clock,
    keys: KeyRing,
    verified: Verified,
    issuer: String,
    audience: String,
    /// The audience of those who are kept out.
    kept_out: String,
    email_requirement: EmailRequirement,
}

/// A session to be opened for tokens: who, and how they got in.
#[derive(Clone, Copy, Debug)]
pub struct Opening<'a> {
    /// Who is signed in.
    pub user: UserId,
    /// The identity that opened it.
    pub identity: Option<IdentityId>,
    /// The provider's slug, or `password`.
    pub provider: &'a str,
    /// Where the request came from.
    pub client: &'a ClientInfo,
    /// The `id_hash` of the session that it takes the place of, if there is one.
    pub earlier: Option<&'a str>,
}

/// An access token with the refresh token for the next one.
#[derive(Clone, Debug)]
pub struct Pair {
    /// The access token.
    pub access_token: SecretString,
    /// How long it is valid, in seconds.
    pub expires_in: i64,
    /// The refresh token.
    pub refresh_token: RefreshToken,
    /// The session that both are of.
    pub session: ActiveSession,
}

impl Tokens {
    /// Tokens of this database: `origin` is our public origin and their issuer, and their audience unless another one is
    /// named. Nothing is read, and no key is made, before somebody needs it.
    pub fn new(database: Arc<Database>, client: &str, audience: Option<&str>, clock: Clock) -> Self {
        Self::keeping_out(EmailRequirement::Off, database, client, audience, clock)
    }

    /// The same where people may be kept out until they have an address: their tokens are for the page that asks for it
    /// (`aud`), and for no service that verifies by itself.
    pub fn keeping_out(
        email_requirement: EmailRequirement,
        database: Arc<Database>,
        client: &str,
        audience: Option<&str>,
        clock: Clock,
    ) -> Self {
        Self(Arc::new(Shared {
            keys: KeyRing::new(Arc::clone(&database), clock.clone()),
            verified: Verified::default(),
            issuer: client.to_owned(),
            audience: audience.unwrap_or(client).to_owned(),
            kept_out: format!("{client}{ADD_ADDRESS}"),
            email_requirement,
            database,
            clock,
        }))
    }

    /// Opens a session that tokens carry, and issues its first pair.
    ///
    /// # Errors
    /// [`TokensError`]; [`StoreError::Conflict`] in it when the user is gone or shut out. Nothing is opened then.
    pub async fn issue_pair(&self, opening: &Opening<'_>) -> Result<Pair, TokensError> {
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

    /// Takes a refresh token for a new pair. Of a hundred who bring the same one at once all get the same refresh token;
    /// who brings it again after ten seconds, or after its successor was used, ends the session, and its user gets a
    /// letter.
    ///
    /// # Errors
    /// [`RefreshTokenError`].
    pub async fn refresh(&self, unverified: &str, client: &ClientInfo) -> Result<Pair, RefreshTokenError> {
        let token = RefreshToken::parse(unverified).ok_or(RefreshTokenError::Unknown)?;
        // Before the token is used up.
        let keys = self.0.keys.current().await?;
        let child = RefreshToken::mint()?;
        let audit = AuditContext { client: client.clone(), now: self.0.clock.date() };
        match self.0.database.rotate_refresh_token(&token.hash(), &child.to_row(), &audit).await? {
            Rotation::Rotated(session) => Ok(self.pair(&keys, session, child)?),
            Rotation::Again { child, session } => Ok(self.pair(&keys, session, RefreshToken::kept(child))?),
            Rotation::Reused => Err(RefreshTokenError::Reused),
            Rotation::Unknown => Err(RefreshTokenError::Unknown),
        }
    }

    /// Gives a session another id and its application another pair, because its person has just proven who they are
    /// (`reauthenticated`) or changed a way in. Access tokens with the old id lead nowhere, and older refresh tokens neither, at
    /// once: no second try leads a copy of them to the renewed session. `None` when the session is over.
    ///
    /// # Errors
    /// [`TokensError`].
    pub async fn renew_pair(&self, session: &str, reauthenticated: bool) -> Result<Option<Pair>, TokensError> {
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

    /// The `id_hash` of the session that a refresh token is of, used or not: for who wants to end it (RFC 7009). `None`
    /// when it is over, or the token is not ours.
    ///
    /// # Errors
    /// As every query.
    pub async fn session_of(&self, unverified: &str) -> Result<Option<String>, StoreError> {
        match RefreshToken::parse(unverified) {
            Some(token) => self.0.database.session_of_refresh_token(&token.hash()).await,
            None => Ok(None),
        }
    }

    /// The session that a refresh token could be used for now. It is looked at and not used: for those who only ask who
    /// somebody is, and whose answer cannot carry the next one. `None` when it leads nowhere.
    ///
    /// # Errors
    /// As every query.
    pub async fn look_at(&self, unverified: &str) -> Result<Option<ActiveSession>, StoreError> {
        match RefreshToken::parse(unverified) {
            Some(token) => self.0.database.look_at_refresh_token(&token.hash(), self.0.clock.date()).await,
            None => Ok(None),
        }
    }

    /// Verifies an access token. It says who was signed in when it was issued, five minutes ago at most; whether the
    /// session goes on is the database's to say, under [`AccessClaims::session`].
    ///
    /// # Errors
    /// [`AccessTokenError`].
    pub async fn verify(&self, unverified: &str) -> Result<Arc<AccessClaims>, AccessTokenError> {
        if unverified.len() > LONGEST {
            return Err(AccessTokenError::Malformed);
        }
        let keys = self.0.keys.current().await?;
        let (now, fingerprint) = (self.0.clock.now(), fingerprint(unverified));
        if let Some(claims) = self.0.verified.get(&fingerprint, &keys, now) {
            return Ok(claims);
        }
        let token = UnverifiedToken::read(unverified)?;
        let keys = self.with_key(keys, token.kid(), now).await?;
        let key = keys.verifier(token.kid(), now).ok_or(AccessTokenError::UnknownKey)?;
        let claims = Arc::new(token.verify(key, &self.expected(now))?);
        self.0.verified.keep(fingerprint, token.kid(), &claims, now);
        Ok(claims)
    }

    /// The keys that our tokens are verified with, as others read them (RFC 7517 §5).
    ///
    /// # Errors
    /// [`TokensError`].
    pub async fn jwks(&self) -> Result<Value, TokensError> {
        Ok(self.0.keys.current().await?.document(self.0.clock.now()))
    }

    fn new_session(&self, opening: &Opening<'_>) -> Result<NewSession, TokensError> {
        let now: OffsetDateTime = self.0.clock.date();
        Ok(NewSession {
            // The hash of nothing: no cookie leads here.
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

    /// Somebody who was shut out meanwhile has a session, and gets no token for it.
    async fn load(&self, id_hash: &str) -> Result<ActiveSession, TokensError> {
        let session = self.0.database.load_session(id_hash, self.0.clock.date()).await?;
        session.ok_or_else(|| StoreError::Conflict(sqlx::Error::RowNotFound).into())
    }

    fn pair(&self, keys: &KeySet, session: ActiveSession, refresh_token: RefreshToken) -> Result<Pair, TokensError> {
        let now = self.0.clock.now();
        let key = keys.signer(now).ok_or(TokensError::NoKey)?;
        let access_token = access_token::sign(key, &session, &random_text::<16>()?, &self.expected(now))?.into();
        let expires_in = end_of(&session.session, now) - now;
        Ok(Pair { access_token, expires_in, refresh_token, session })
    }

    /// The keys with this one in them, if there is such a key: another machine may have made it just now.
    async fn with_key(&self, keys: Arc<KeySet>, kid: &str, now: i64) -> Result<Arc<KeySet>, AccessTokenError> {
        if keys.verifier(kid, now).is_some() {
            return Ok(keys);
        }
        Ok(self.0.keys.newer_than(&keys).await?.unwrap_or(keys))
    }

    fn expected(&self, now: i64) -> Expected<'_> {
        let Shared { issuer, audience, kept_out, email_requirement, .. } = &*self.0;
        Expected { issuer, audience, kept_out, email_requirement: *email_requirement, now }
    }
}

/// Random bytes as base64url.
fn random_text<const N: usize>() -> Result<String, TokensError> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| TokensError::NoRandomness)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}
