//! A running sandbox and a minimal relying party.

use std::collections::HashMap;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use latchkey_sandbox::{GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET, Sandbox, Settings};
use reqwest::{Method, redirect};
use serde_json::Value;

pub const CALLBACK: &str = "http://localhost:3000/auth/callback/google";
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub const DRIVE: &str = "https://www.googleapis.com/auth/drive.metadata.readonly";
pub const CALENDAR: &str = "https://www.googleapis.com/auth/calendar.events.readonly";

pub struct TestClient {
    pub sandbox: Sandbox,
    pub http: reqwest::Client,
}

pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The parameters of the authorization response.
    pub fn callback(&self) -> HashMap<String, String> {
        assert_eq!(self.status, 303, "{}", self.body);
        let location = self.header("location");
        assert!(location.starts_with(CALLBACK), "{location}");
        let url = url::Url::parse(location).unwrap();
        url.query_pairs().into_owned().collect()
    }

    pub fn code(&self) -> String {
        self.callback().remove("code").unwrap_or_else(|| panic!("no code in {}", self.header("location")))
    }
}

impl TestClient {
    pub async fn start() -> Self {
        let sandbox = Sandbox::start(Settings::default()).await.unwrap();
        let http = reqwest::Client::builder().no_proxy().redirect(redirect::Policy::none()).build().unwrap();
        Self { sandbox, http }
    }

    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("{}{path}", self.sandbox.origin()))
    }

    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Answer { status, headers, body: response.text().await.unwrap() }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        self.send(with_form(self.request(Method::POST, path), form)).await
    }

    /// A control call, which must succeed.
    pub async fn control(&self, path: &str, body: Value) -> Value {
        let request = self.request(Method::POST, &format!("/control/{path}"));
        let answer = self.send(request.header("content-type", "application/json").body(body.to_string())).await;
        assert_eq!(answer.status, 200, "{path} {body}: {}", answer.body);
        answer.json()
    }

    pub async fn requests(&self, endpoint: &str) -> Vec<Value> {
        let log = self.get(&format!("/control/requests?endpoint={endpoint}")).await.json();
        log["requests"].as_array().unwrap().clone()
    }

    /// A complete sign-in in one POST.
    pub async fn consent(&self, query: &str, person: &str, scopes: &[&str]) -> Answer {
        let mut form = vec![("person", person), ("decision", "allow")];
        form.extend(scopes.iter().map(|scope| ("scope", *scope)));
        self.post(&format!("/google/o/oauth2/v2/auth/consent?{query}"), &form).await
    }

    pub fn exchange_request(&self, code: &str) -> reqwest::RequestBuilder {
        with_form(self.request(Method::POST, "/google/token"), &token_form(code))
    }

    pub async fn exchange(&self, code: &str) -> Answer {
        self.send(self.exchange_request(code)).await
    }

    /// A new code for Ada.
    pub async fn code(&self) -> String {
        self.consent(&query(&[]), "ada", &[]).await.code()
    }

    /// The token response for offline access with these scopes and the sign-in scopes.
    pub async fn grant(&self, person: &str, scopes: &[&str]) -> Value {
        let scope = format!("openid email profile {}", scopes.join(" "));
        let offline = query(&[("scope", &scope), ("access_type", "offline"), ("prompt", "consent")]);
        self.exchange(&self.consent(&offline, person, scopes).await.code()).await.json()
    }

    /// The access token of [`TestClient::grant`].
    pub async fn access(&self, person: &str, scopes: &[&str]) -> String {
        self.grant(person, scopes).await["access_token"].as_str().unwrap().to_owned()
    }

    /// An API call; `path` follows `https://www.googleapis.com`.
    pub async fn api(&self, access: &str, path: &str, query: &[(&str, &str)]) -> Answer {
        let query = serde_urlencoded::to_string(query).unwrap();
        let url = format!("{}{path}?{query}", self.sandbox.google_api_url());
        self.send(self.http.get(url).bearer_auth(access)).await
    }

    pub fn refresh_request(&self, token: &str) -> reqwest::RequestBuilder {
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", token),
            ("client_id", GOOGLE_CLIENT_ID),
            ("client_secret", GOOGLE_CLIENT_SECRET),
        ];
        with_form(self.request(Method::POST, "/google/token"), &form)
    }

    pub async fn refresh(&self, token: &str) -> Answer {
        self.send(self.refresh_request(token)).await
    }

    /// The claims of an id_token, verified against the published keys.
    pub async fn verified(&self, id_token: &str) -> Result<Value, String> {
        let keys = self.get("/google/certs").await.json();
        let kid = decode_header(id_token).map_err(|error| error.to_string())?.kid;
        let key = keys["keys"].as_array().unwrap().iter().find(|key| key["kid"].as_str() == kid.as_deref());
        let key = key.ok_or("unknown kid")?;
        let key = DecodingKey::from_rsa_components(key["n"].as_str().unwrap(), key["e"].as_str().unwrap()).unwrap();
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_audience(&[GOOGLE_CLIENT_ID]);
        validation.set_issuer(&[self.sandbox.google_issuer()]);
        decode::<Value>(id_token, &key, &validation).map(|token| token.claims).map_err(|error| error.to_string())
    }
}

pub fn with_form(request: reqwest::RequestBuilder, form: &[(&str, &str)]) -> reqwest::RequestBuilder {
    let body = serde_urlencoded::to_string(form).unwrap();
    request.header("content-type", "application/x-www-form-urlencoded").body(body)
}

pub fn token_form(code: &str) -> [(&str, &str); 6] {
    [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("client_id", GOOGLE_CLIENT_ID),
        ("client_secret", GOOGLE_CLIENT_SECRET),
        ("code_verifier", VERIFIER),
    ]
}

/// A valid authorization request's query, with some parameters replaced, or removed where empty.
pub fn query(changes: &[(&str, &str)]) -> String {
    let challenge = sha256(VERIFIER.as_bytes());
    let mut fields = vec![
        ("client_id", GOOGLE_CLIENT_ID),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "openid email profile"),
        ("state", "the-state"),
        ("nonce", "the-nonce"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ];
    fields.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    fields.extend(changes.iter().filter(|(_, value)| !value.is_empty()));
    serde_urlencoded::to_string(fields).unwrap()
}

pub fn sha256(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, bytes))
}

pub fn part(token: &str, index: usize) -> Value {
    let text = token.split('.').nth(index).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap()
}
