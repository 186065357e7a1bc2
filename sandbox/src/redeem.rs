//! Redeeming an authorization code (RFC 6749 §4.1.3): once, in time, by its client, at its redirect URI, with its
//! PKCE verifier. Each provider says the error in its own words.

use super::fields::Fields;
use super::pkce::s256;
use super::token_store::{Token, TokenStore};

/// Why a code is not taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CodeError {
    /// There is none in the request.
    Missing,
    /// Never issued, or issued to another client.
    Unknown,
    /// Presented before; its tokens are revoked.
    Spent,
    /// Its sixty seconds are over.
    Expired,
    /// The redirect URI is not the one of the authorization request.
    RedirectUri,
    /// The PKCE verifier is missing, wrong, or there was no challenge.
    Verifier,
}

/// The token that the code in `form` stands for, without a lifetime yet, and whether a refresh token comes along.
/// A refused attempt spends the code too.
pub fn redeem(tokens: &mut TokenStore, client_id: &str, form: &Fields, now: i64) -> Result<(Token, bool), CodeError> {
    let text = form.get("code").ok_or(CodeError::Missing)?;
    let known = tokens.codes.get_mut(text).filter(|code| code.client_id == client_id).ok_or(CodeError::Unknown)?;
    let spent = std::mem::replace(&mut known.spent, true);
    let code = known.clone();
    if spent {
        tokens.revoke_code(text);
        return Err(CodeError::Spent);
    }
    if now >= code.expires_at {
        return Err(CodeError::Expired);
    }
    if form.get("redirect_uri") != Some(&code.redirect_uri) {
        return Err(CodeError::RedirectUri);
    }
    // A verifier without a challenge: somebody has stripped the challenge (RFC 9700 §2.1.1).
    if form.get("code_verifier").map(s256) != code.challenge {
        return Err(CodeError::Verifier);
    }
    let token = Token {
        client_id: code.client_id,
        person: code.person,
        scopes: code.scopes,
        expires_at: None,
        offline: code.offline,
        code: text.to_owned(),
    };
    Ok((token, code.with_refresh))
}
