//! What a provider remembers: codes, tokens, consent, and which browsers are signed in as whom.

use std::collections::{BTreeSet, HashMap};

use aws_lc_rs::rand;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::bounded_map::BoundedMap;

/// Granted scopes, in a stable order.
pub type Scopes = BTreeSet<String>;

/// One provider's memory. Every part is bounded.
#[derive(Debug)]
pub struct TokenStore {
    /// Authorization codes, spent ones included, so that a second use is noticed.
    pub codes: BoundedMap<Code>,
    /// Access tokens.
    pub access: BoundedMap<Token>,
    /// Refresh tokens.
    pub refresh: BoundedMap<Token>,
    /// By browser cookie: the persons signed in, the latest first.
    pub browsers: BoundedMap<Vec<String>>,
    consents: HashMap<(String, String), Scopes>,
    /// The answer to the next authorization requests, when control has given one.
    pub auto: Option<AutoConsent>,
}

/// An authorization code and what it is bound to.
#[derive(Clone, Debug)]
pub struct Code {
    /// The client that asked.
    pub client_id: String,
    /// The redirect URI of the authorization request, which the token request must repeat.
    pub redirect_uri: String,
    /// PersonFilter it stands for.
    pub person: String,
    /// What was granted.
    pub scopes: Scopes,
    /// For the id_token.
    pub nonce: Option<String>,
    /// When the person signed in, for a request that asked for it (`max_age`, OpenID Connect Core §3.1.2.1).
    pub auth_time: Option<i64>,
    /// PKCE: base64url of the SHA-256 of the verifier.
    pub challenge: Option<String>,
    /// Whether a refresh token comes along.
    pub with_refresh: bool,
    /// Whether the client asked for `access_type=offline`.
    pub offline: bool,
    /// Unix seconds.
    pub expires_at: i64,
    /// Presented once already.
    pub spent: bool,
}

/// An access or refresh token.
#[derive(Clone, Debug)]
pub struct Token {
    /// The client it was given to.
    pub client_id: String,
    /// PersonFilter it stands for.
    pub person: String,
    /// What it allows.
    pub scopes: Scopes,
    /// Unix seconds; a refresh token has none.
    pub expires_at: Option<i64>,
    /// Whether the client asked for `access_type=offline`.
    pub offline: bool,
    /// The code it came from: a second use of the code revokes it (RFC 6749 §4.1.2).
    pub code: String,
}

/// An answer given in advance: tests sign in without a page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AutoConsent {
    /// Who.
    pub person: String,
    /// The scopes granted; absent: all that are asked for.
    #[serde(default)]
    pub scopes: Option<Vec<String>>,
    /// Allow or deny.
    #[serde(default)]
    pub decision: Decision,
    /// For how many requests; absent: until ended.
    #[serde(default)]
    pub times: Option<u32>,
}

/// The button on the consent screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Continue.
    #[default]
    Allow,
    /// Cancel.
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
    /// What the person has granted to the client so far.
    pub fn consent(&self, person: &str, client_id: &str) -> Scopes {
        self.consents.get(&(person.to_owned(), client_id.to_owned())).cloned().unwrap_or_default()
    }

    /// Whether the person has agreed to anything at the client so far.
    pub fn has_consented(&self, person: &str, client_id: &str) -> bool {
        self.consents.contains_key(&(person.to_owned(), client_id.to_owned()))
    }

    /// The access token, if it is known and its time is not over.
    pub fn live(&self, text: &str, now: i64) -> Option<&Token> {
        self.access.get(text).filter(|token| token.expires_at.is_none_or(|expires_at| now < expires_at))
    }

    /// Remembers a grant on top of the earlier ones.
    pub fn add_consent(&mut self, person: &str, client_id: &str, scopes: &Scopes) {
        // There is one consent per person and client, and persons are bounded; those who left leave theirs behind.
        if self.consents.len() > 2_000 {
            self.consents.clear();
        }
        self.consents.entry((person.to_owned(), client_id.to_owned())).or_default().extend(scopes.iter().cloned());
    }

    /// Forgets the consent of one person, or of all.
    pub fn forget_consent(&mut self, person: Option<&str>) {
        self.consents.retain(|(known, _), _| person.is_some_and(|person| person != known));
    }

    /// Takes the whole grant back: consent, access and refresh tokens of this person at this client.
    pub fn revoke(&mut self, person: &str, client_id: &str) {
        let stays = |token: &Token| token.person != person || token.client_id != client_id;
        self.access.retain(|_, token| stays(token));
        self.refresh.retain(|_, token| stays(token));
        self.consents.remove(&(person.to_owned(), client_id.to_owned()));
    }

    /// Takes back the tokens that came from a code.
    pub fn revoke_code(&mut self, code: &str) {
        self.access.retain(|_, token| token.code != code);
        self.refresh.retain(|_, token| token.code != code);
    }

    /// The next auto consent, counted down.
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

/// 256 random bits as text; what a code, token or cookie is made of.
pub fn random_text() -> String {
    let mut bytes = [0; 32];
    // AWS-LC ends the process when the system has no randomness: there is no failure to handle.
    let _ = rand::fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn consent_grows_and_is_forgotten_per_person() {
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
    fn an_auto_consent_is_used_up_after_its_times() {
        let auto = |times| AutoConsent { person: "ada".into(), scopes: None, decision: Decision::Allow, times };
        let mut tokens = TokenStore { auto: Some(auto(Some(2))), ..TokenStore::default() };
        assert!(tokens.take_auto().is_some() && tokens.take_auto().is_some());
        assert!(tokens.take_auto().is_none());
        tokens.auto = Some(auto(None));
        assert!((0..5).all(|_| tokens.take_auto().is_some()));
    }
}
