//! Redeems an authorization code (RFC 6749 §4.1.3): once, before it expires, for its client, with the same redirect
//! URI and PKCE verifier. Each provider words the error itself.

use super::fields::Fields;
use super::pkce::s256;
use super::token_store::{Token, TokenStore};

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CodeError {
    Missing,
    /// Never issued, or issued to another client.
    Unknown,
    /// Used before; its tokens are revoked.
    Spent,
    Expired,
    /// Differs from the authorization request's redirect URI.
    RedirectUri,
    /// The PKCE verifier is missing or wrong, or there was no challenge.
    Verifier,
}

/// Redeems the code in `form`: a token without an expiry yet, and whether to issue a refresh token. A failed attempt
/// also invalidates the code.
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
    // A verifier without a challenge: an attacker removed the challenge (RFC 9700 §2.1.1).
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
