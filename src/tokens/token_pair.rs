//! The token pair and the session that it is issued for.

use secrecy::SecretString;

use crate::{
    accounts::{Authentications, ClientInfo, EmailToken, IdentityId, UserId},
    store::{ActiveSession, OpeningCondition, RefreshToken, TokenHolder},
};

/// The session to open for a new token pair.
#[derive(Clone, Debug)]
pub struct NewTokenSession<'a> {
    /// The user who signed in.
    pub user: UserId,
    /// The identity that the user signed in with; `None` if no provider was asked.
    pub identity: Option<IdentityId>,
    /// By what the user authenticated.
    pub authentications: Authentications,
    /// What the transaction that opens the session checks or uses up.
    pub condition: OpeningCondition,
    /// What recognises the client, see [`NewSession`](crate::store::NewSession).
    pub browser: Option<EmailToken>,
    /// The client's IP address and user agent, for the audit trail.
    pub client: &'a ClientInfo,
    /// Who will hold the tokens.
    pub holder: TokenHolder,
    /// The id of an earlier session of this client, which the new one replaces.
    pub earlier: Option<&'a str>,
}

/// An access token with its refresh token.
#[derive(Clone, Debug)]
pub struct TokenPair {
    /// The access token, a JWT.
    pub access_token: SecretString,
    /// `expires_in`: the access token's lifetime, in seconds.
    pub expires_in: i64,
    /// The refresh token, good for one use.
    pub refresh_token: RefreshToken,
    /// The session of both tokens.
    pub session: ActiveSession,
}
