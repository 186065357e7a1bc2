//! A relying party with every provider of a sandbox.

use latchkey::config::{Config, Environment};
use latchkey::metrics::Metrics;
use latchkey::oauth::Nonce;
use latchkey::oidc::NonceRule;
use latchkey::providers::{BUILT_IN, IdentitySource, OidcSpec, Profile};
use latchkey::relying_party::{Clock, ExternalTokenError, Journal, Presented, RelyingParty};
use latchkey_sandbox::{Sandbox, Settings};
use secrecy::SecretString;
use serde_json::{Value, json};

const KEY: &str = "bGV0IHRoaXMgYmUgYSBrZXkgb2YgMzIgYnl0ZXMgb3IgbW9yZQ==";

/// The built-in providers with id_tokens, and how they issue them.
pub fn with_id_tokens() -> impl Iterator<Item = (&'static str, &'static OidcSpec)> {
    BUILT_IN.into_iter().filter_map(|row| match &row.spec.identity {
        IdentitySource::IdToken(spec) => Some((row.slug, spec)),
        IdentitySource::Api(_) => None,
    })
}

/// The built-in providers whose API says who the user is.
pub fn without_id_tokens() -> impl Iterator<Item = &'static str> {
    BUILT_IN.into_iter().filter(|row| matches!(row.spec.identity, IdentitySource::Api(_))).map(|row| row.slug)
}

pub struct Setup {
    pub sandbox: Sandbox,
    pub relying_party: RelyingParty,
    pub clock: Clock,
    pub http: reqwest::Client,
}

impl Setup {
    pub async fn open() -> Self {
        Self::open_with(&[]).await
    }

    /// Adds or overrides settings; an empty value removes one.
    pub async fn open_with(settings: &[(&str, &str)]) -> Self {
        let sandbox = Sandbox::start(Settings::default()).await.unwrap();
        let providers = sandbox.variables().iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let basics = [("BASE_URL", "http://localhost:3000"), ("SECRET_KEY", KEY)];
        let environment: Environment = basics.into_iter().chain(providers).chain(settings.iter().copied()).collect();
        let config = Config::parse(&environment).unwrap();
        let clock = Clock::default();
        let relying_party = RelyingParty::new(
            "http://localhost:3000",
            config.outbound,
            config.providers,
            clock.clone(),
            &Metrics::default(),
        )
        .unwrap();
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { sandbox, relying_party, clock, http }
    }

    pub async fn verify_external_token(
        &self,
        slug: &str,
        presented: Presented<'_>,
    ) -> Result<Profile, ExternalTokenError> {
        self.relying_party.verify_external_token(slug, presented, &mut Journal::new(slug)).await
    }

    pub async fn by_id_token(&self, slug: &str, token: &str) -> Result<Profile, ExternalTokenError> {
        self.verify_external_token(slug, Presented::IdToken { token, nonce: NonceRule::Equals(&nonce()) }).await
    }

    pub async fn by_access_token(&self, slug: &str, token: &str) -> Result<Profile, ExternalTokenError> {
        self.verify_external_token(slug, Presented::AccessToken(&SecretString::from(token))).await
    }

    /// `POST /control/{path}` at the sandbox; must succeed.
    pub async fn control(&self, path: &str, body: Value) -> Value {
        let url = format!("{}/control/{path}", self.sandbox.origin());
        let request = self.http.post(url).header("content-type", "application/json").body(body.to_string());
        let response = request.send().await.unwrap();
        let (status, text) = (response.status().as_u16(), response.text().await.unwrap());
        assert_eq!(status, 200, "{path} {body}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    pub async fn arm_once(&self, name: &str) {
        self.control("google/presets", json!({ "preset": name, "times": 1 })).await;
    }

    /// The names of the presets of a group.
    pub async fn presets(&self, group: &str) -> Vec<String> {
        let presets: Vec<Value> = self.read("presets").await.as_array().unwrap().clone();
        let of_group = presets.iter().filter(|preset| preset["group"] == group);
        of_group.map(|preset| preset["name"].as_str().unwrap().to_owned()).collect()
    }

    /// A token without a sign-in.
    pub async fn mint(&self, slug: &str, request: Value) -> String {
        let minted = self.control(&format!("{slug}/mint"), request).await;
        let token = minted.get("access_token").or(minted.get("id_token")).unwrap();
        token.as_str().unwrap().to_owned()
    }

    pub async fn access_token(&self, slug: &str, person: &str) -> String {
        self.mint(slug, json!({ "kind": "access_token", "person": person })).await
    }

    /// An id_token of Google's for one of its clients, with the [`nonce`].
    pub async fn id_token(&self, person: &str, client_id: &str) -> String {
        let nonce = nonce();
        let request = json!({ "kind": "id_token", "person": person, "client_id": client_id, "nonce": nonce.expose() });
        self.mint("google", request).await
    }

    /// The endpoints that were called since the last call of this function, in order.
    pub async fn requested_endpoints(&self) -> Vec<String> {
        let entries = self.log().await;
        entries.iter().map(|entry| entry["endpoint"].as_str().unwrap().to_owned()).collect()
    }

    /// The requests since the last call of this function.
    pub async fn log(&self) -> Vec<Value> {
        let entries = self.read("requests").await["requests"].as_array().unwrap().clone();
        self.control("requests/clear", json!({})).await;
        entries
    }

    async fn read(&self, what: &str) -> Value {
        let url = format!("{}/control/{what}", self.sandbox.origin());
        let text = self.http.get(url).send().await.unwrap().text().await.unwrap();
        serde_json::from_str(&text).unwrap()
    }
}

/// The nonce that the front end got from us.
pub fn nonce() -> Nonce {
    Nonce::from_random([7; 32])
}
