//! A provider's codes, tokens, consents and browser sessions.

use std::collections::{BTreeSet, HashMap};

use aws_lc_rs::rand;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::bounded_map::BoundedMap;

pub type Scopes = BTreeSet<String>;

/// Everything in it is bounded.
#[derive(Debug)]
pub struct TokenStore {
    /// Includes used codes, to detect a second use.
    pub codes: BoundedMap<Code>,
    pub access: BoundedMap<Token>,
    pub refresh: BoundedMap<Token>,
    /// By browser cookie: ids of the signed-in users, the latest first.
    pub browsers: BoundedMap<Vec<String>>,
    consents: HashMap<(String, String), Scopes>,
    /// The response to the next authorization requests.
    pub auto: Option<AutoConsent>,
}

#[derive(Clone, Debug)]
pub struct Code {
    pub client_id: String,
    pub redirect_uri: String,
    pub person: String,
    pub scopes: Scopes,
    pub nonce: Option<String>,
    /// Set if the request asks for it, by `max_age` or by `claims` (OpenID Connect Core §3.1.2.1, §5.5).
    pub auth_time: Option<i64>,
    /// Whether the request asks for `amr`.
    pub amr: bool,
    /// PKCE: base64url of the SHA-256 of the verifier.
    pub challenge: Option<String>,
    pub with_refresh: bool,
    /// `access_type=offline`.
    pub offline: bool,
    /// Unix seconds.
    pub expires_at: i64,
    pub spent: bool,
}

#[derive(Clone, Debug)]
pub struct Token {
    pub client_id: String,
    pub person: String,
    pub scopes: Scopes,
    /// Unix seconds; `None` for refresh tokens.
    pub expires_at: Option<i64>,
    /// `access_type=offline`.
    pub offline: bool,
    /// A second use of the code revokes the token (RFC 6749 §4.1.2).
    pub code: String,
}

/// A response configured in advance, so that tests sign in without a page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AutoConsent {
    pub person: String,
    /// Absent: all requested scopes.
    #[serde(default)]
    pub scopes: Option<Vec<String>>,
    #[serde(default)]
    pub decision: Decision,
    /// Absent: until removed.
    #[serde(default)]
    pub times: Option<u32>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    #[default]
    Allow,
    Deny,
}

impl Default for TokenStore {
    fn default() -> Self {
        Self {
            codes: BoundedMap::new(5_000),
            access: BoundedMap::new(5_000),
            refresh: BoundedMap::new(5_000),
            browsers: BoundedMap::new(1_000),
            consents: HashMap::new(),
            auto: None,
        }
    }
}

impl TokenStore {
    pub fn consent(&self, person: &str, client_id: &str) -> Scopes {
        self.consents.get(&(person.to_owned(), client_id.to_owned())).cloned().unwrap_or_default()
    }

    pub fn has_consented(&self, person: &str, client_id: &str) -> bool {
        self.consents.contains_key(&(person.to_owned(), client_id.to_owned()))
    }

    /// The access token, unless it has expired.
    pub fn live(&self, text: &str, now: i64) -> Option<&Token> {
        self.access.get(text).filter(|token| token.expires_at.is_none_or(|expires_at| now < expires_at))
    }

    pub fn add_consent(&mut self, person: &str, client_id: &str, scopes: &Scopes) {
        // Consents of evicted users are left behind, so the map needs a bound of its own.
        if self.consents.len() > 2_000 {
            self.consents.clear();
        }
        self.consents.entry((person.to_owned(), client_id.to_owned())).or_default().extend(scopes.iter().cloned());
    }

    pub fn forget_consent(&mut self, person: Option<&str>) {
        self.consents.retain(|(known, _), _| person.is_some_and(|person| person != known));
    }

    /// Revokes consent, access and refresh tokens of this person at this client.
    pub fn revoke(&mut self, person: &str, client_id: &str) {
        let stays = |token: &Token| token.person != person || token.client_id != client_id;
        self.access.retain(|_, token| stays(token));
        self.refresh.retain(|_, token| stays(token));
        self.consents.remove(&(person.to_owned(), client_id.to_owned()));
    }

    /// Revokes the tokens issued for a code (RFC 6749 §4.1.2).
    pub fn revoke_code(&mut self, code: &str) {
        self.access.retain(|_, token| token.code != code);
        self.refresh.retain(|_, token| token.code != code);
    }

    pub fn take_auto(&mut self) -> Option<AutoConsent> {
        let auto = self.auto.as_mut()?;
        let answer = auto.clone();
        match &mut auto.times {
            None => {}
            Some(times) if *times > 1 => *times -= 1,
            Some(_) => self.auto = None,
        }
        Some(answer)
    }
}

/// 256 random bits, base64url.
pub fn random_text() -> String {
    let mut bytes = [0; 32];
    // AWS-LC aborts the process if the system has no randomness, so there is no error to handle.
    let _ = rand::fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn consent_accumulates_and_is_forgotten_per_person() {
        let mut tokens = TokenStore::default();
        tokens.add_consent("ada", "c", &Scopes::from(["openid".to_owned()]));
        tokens.add_consent("ada", "c", &Scopes::from(["email".to_owned()]));
        tokens.add_consent("grace", "c", &Scopes::from(["openid".to_owned()]));
        assert_eq!(tokens.consent("ada", "c").len(), 2);
        assert!(tokens.consent("ada", "other").is_empty());
        tokens.forget_consent(Some("ada"));
        assert!(tokens.consent("ada", "c").is_empty());
        assert!(!tokens.consent("grace", "c").is_empty());
        tokens.forget_consent(None);
        assert!(tokens.consent("grace", "c").is_empty());
    }

    #[test]
    fn auto_consent_ends_after_its_times() {
        let auto = |times| AutoConsent { person: "ada".into(), scopes: None, decision: Decision::Allow, times };
        let mut tokens = TokenStore { auto: Some(auto(Some(2))), ..TokenStore::default() };
        assert!(tokens.take_auto().is_some() && tokens.take_auto().is_some());
        assert!(tokens.take_auto().is_none());
        tokens.auto = Some(auto(None));
        assert!((0..5).all(|_| tokens.take_auto().is_some()));
    }
}
