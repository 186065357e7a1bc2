//! The sandbox Google over HTTP: that it is an honest provider, and that it lies exactly as it is told to.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use latchkey::sandbox::{GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET, Sandbox, SandboxError, Settings};
use reqwest::{Method, StatusCode, redirect};
use serde_json::{Value, json};

const CALLBACK: &str = "http://localhost:3000/auth/callback/google";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const DRIVE: &str = "https://www.googleapis.com/auth/drive.metadata.readonly";
const CALENDAR: &str = "https://www.googleapis.com/auth/calendar.events.readonly";

// ---------------------------------------------------------------- a relying party of a few lines

struct Stage {
    sandbox: Sandbox,
    http: reqwest::Client,
}

struct Answer {
    status: u16,
    headers: reqwest::header::HeaderMap,
    body: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The parameters that went back to the client.
    fn callback(&self) -> HashMap<String, String> {
        assert_eq!(self.status, 303, "{}", self.body);
        let location = self.header("location");
        assert!(location.starts_with(CALLBACK), "{location}");
        let url = url::Url::parse(location).unwrap();
        url.query_pairs().into_owned().collect()
    }

    fn code(&self) -> String {
        self.callback().remove("code").unwrap_or_else(|| panic!("no code in {}", self.header("location")))
    }
}

impl Stage {
    async fn start() -> Self {
        let sandbox = Sandbox::start(Settings::default()).await.unwrap();
        let http = reqwest::Client::builder().no_proxy().redirect(redirect::Policy::none()).build().unwrap();
        Self { sandbox, http }
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("{}{path}", self.sandbox.origin()))
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Answer { status, headers, body: response.text().await.unwrap() }
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        self.send(with_form(self.request(Method::POST, path), form)).await
    }

    /// A control call that must succeed.
    async fn order(&self, path: &str, body: Value) -> Value {
        let request = self.request(Method::POST, &format!("/control/{path}"));
        let answer = self.send(request.header("content-type", "application/json").body(body.to_string())).await;
        assert_eq!(answer.status, 200, "{path} {body}: {}", answer.body);
        answer.json()
    }

    async fn requests(&self, endpoint: &str) -> Vec<Value> {
        let log = self.get(&format!("/control/requests?endpoint={endpoint}")).await.json();
        log["requests"].as_array().unwrap().clone()
    }

    /// One POST is a whole sign-in.
    async fn consent(&self, query: &str, person: &str, scopes: &[&str]) -> Answer {
        let mut form = vec![("person", person), ("decision", "allow")];
        form.extend(scopes.iter().map(|scope| ("scope", *scope)));
        self.post(&format!("/google/o/oauth2/v2/auth/consent?{query}"), &form).await
    }

    fn exchange_request(&self, code: &str) -> reqwest::RequestBuilder {
        with_form(self.request(Method::POST, "/google/token"), &token_form(code))
    }

    async fn exchange(&self, code: &str) -> Answer {
        self.send(self.exchange_request(code)).await
    }

    /// A fresh code of Ada's.
    async fn code(&self) -> String {
        self.consent(&query(&[]), "ada", &[]).await.code()
    }

    async fn refresh(&self, token: &str) -> Answer {
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", token),
            ("client_id", GOOGLE_CLIENT_ID),
            ("client_secret", GOOGLE_CLIENT_SECRET),
        ];
        self.post("/google/token", &form).await
    }

    /// The claims of an id_token that verifies against the published keys.
    async fn verified(&self, id_token: &str) -> Result<Value, String> {
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

fn with_form(request: reqwest::RequestBuilder, form: &[(&str, &str)]) -> reqwest::RequestBuilder {
    let body = serde_urlencoded::to_string(form).unwrap();
    request.header("content-type", "application/x-www-form-urlencoded").body(body)
}

fn token_form(code: &str) -> [(&str, &str); 6] {
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
fn query(changes: &[(&str, &str)]) -> String {
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

fn sha256(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, bytes))
}

fn part(token: &str, index: usize) -> Value {
    let text = token.split('.').nth(index).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap()
}

// ---------------------------------------------------------------- the honest provider

#[tokio::test]
async fn it_refuses_to_listen_beyond_loopback() {
    let settings = Settings { listen: "0.0.0.0:0".parse().unwrap(), ..Settings::default() };
    assert!(matches!(Sandbox::start(settings).await, Err(SandboxError::NotLoopback(_))));
    Sandbox::start(Settings::default()).await.unwrap().shutdown().await;
}

#[tokio::test]
async fn after_shutdown_nobody_answers() {
    let stage = Stage::start().await;
    let url = format!("{}/", stage.sandbox.origin());
    assert_eq!(stage.get("/").await.status, 200);
    stage.sandbox.shutdown().await;
    assert!(stage.http.get(url).send().await.is_err());
}

#[tokio::test]
async fn the_discovery_document_describes_endpoints_that_exist() {
    let stage = Stage::start().await;
    let document = stage.get("/google/.well-known/openid-configuration").await.json();
    let issuer = stage.sandbox.google_issuer();
    assert_eq!(document["issuer"], issuer);
    assert_eq!(document["code_challenge_methods_supported"], json!(["S256"]));
    assert_eq!(document["authorization_response_iss_parameter_supported"], true);
    for name in ["authorization_endpoint", "token_endpoint", "userinfo_endpoint", "revocation_endpoint", "jwks_uri"] {
        let url = document[name].as_str().unwrap();
        assert!(url.starts_with(&issuer), "{name}");
        let status = stage.http.get(url).send().await.unwrap().status();
        assert_ne!(status, StatusCode::NOT_FOUND, "{name}");
    }
}

#[tokio::test]
async fn a_whole_sign_in_ends_with_a_verified_id_token() {
    let stage = Stage::start().await;
    let auth = "/google/o/oauth2/v2/auth";
    let query = query(&[]);
    let chooser = stage.get(&format!("{auth}?{query}")).await;
    assert_eq!(chooser.status, 200);
    assert!(chooser.body.contains("not the real Google"));
    assert!(chooser.body.contains(r#"name="person" value="ada""#));
    assert!(!chooser.body.contains("<script"));
    let policy = chooser.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'self'"), "{policy}");
    assert!(policy.contains("form-action 'self' http://localhost:3000"), "{policy}");

    let picked = stage.post(&format!("{auth}/person?{query}"), &[("person", "grace")]).await;
    assert_eq!(picked.status, 303);
    let cookie = picked.header("set-cookie");
    assert!(cookie.contains("Path=/google; HttpOnly; SameSite=Lax"), "{cookie}");
    let consent = stage.get(picked.header("location")).await;
    assert!(consent.body.contains(r#"name="decision" value="allow""#));
    let answer = stage.consent(&query, "grace", &[]).await;
    let callback = answer.callback();
    assert_eq!(callback["state"], "the-state");
    assert_eq!(callback["iss"], stage.sandbox.google_issuer());

    let tokens = stage.exchange(&callback["code"]).await;
    assert_eq!((tokens.status, tokens.header("cache-control")), (200, "no-store"));
    let tokens = tokens.json();
    assert_eq!(tokens["token_type"], "Bearer");
    assert!(tokens.get("refresh_token").is_none());
    let access = tokens["access_token"].as_str().unwrap();
    let claims = stage.verified(tokens["id_token"].as_str().unwrap()).await.unwrap();
    assert_eq!(claims["nonce"], "the-nonce");
    assert_eq!((&claims["azp"], &claims["aud"]), (&json!(GOOGLE_CLIENT_ID), &json!(GOOGLE_CLIENT_ID)));
    assert_eq!(claims["email"], "grace@navy.example");
    assert_eq!(claims["email_verified"], true);
    assert_eq!(claims["hd"], "navy.example");
    assert_eq!(claims["given_name"], "Grace");
    assert_eq!(claims["sub"].as_str().unwrap().len(), 21);
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 3600);
    let hash = digest::digest(&digest::SHA256, access.as_bytes());
    assert_eq!(claims["at_hash"], URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16]));

    let userinfo = stage.send(stage.request(Method::GET, "/google/userinfo").bearer_auth(access)).await.json();
    assert_eq!(userinfo["sub"], claims["sub"]);
    assert_eq!(userinfo["email"], "grace@navy.example");
    let picture = url::Url::parse(claims["picture"].as_str().unwrap()).unwrap();
    assert_eq!(stage.get(picture.path()).await.header("content-type"), "image/svg+xml");
}

#[tokio::test]
async fn a_request_without_state_nonce_and_pkce_still_works() {
    let stage = Stage::start().await;
    let query = query(&[("state", ""), ("nonce", ""), ("code_challenge", ""), ("code_challenge_method", "")]);
    let answer = stage.consent(&query, "ada", &[]).await;
    assert!(!answer.callback().contains_key("state"));
    let code = answer.code();
    let form: Vec<_> = token_form(&code).into_iter().filter(|(name, _)| *name != "code_verifier").collect();
    let tokens = stage.post("/google/token", &form).await.json();
    assert!(part(tokens["id_token"].as_str().unwrap(), 1).get("nonce").is_none());
    // A verifier without a challenge is a stripped challenge.
    let code = stage.consent(&query, "ada", &[]).await.code();
    assert_eq!(stage.exchange(&code).await.json()["error"], "invalid_grant");
}

#[tokio::test]
async fn persons_lack_what_they_lack() {
    let stage = Stage::start().await;
    for (person, has, lacks) in [
        ("plain", "email", &["name", "given_name", "picture"][..]),
        ("nomail", "name", &["email", "email_verified", "hd"][..]),
        ("ada", "picture", &["hd"][..]),
    ] {
        let code = stage.consent(&query(&[]), person, &[]).await.code();
        let claims = part(stage.exchange(&code).await.json()["id_token"].as_str().unwrap(), 1);
        assert!(claims.get(has).is_some(), "{person} has {has}");
        assert!(lacks.iter().all(|name| claims.get(name).is_none()), "{person}: {claims}");
    }
    let code = stage.consent(&query(&[]), "linus", &[]).await.code();
    let claims = part(stage.exchange(&code).await.json()["id_token"].as_str().unwrap(), 1);
    assert_eq!(claims["email_verified"], false);
}

#[tokio::test]
async fn another_account_is_made_up_and_found_again() {
    let stage = Stage::start().await;
    let path = format!("/google/o/oauth2/v2/auth/person?{}", query(&[]));
    let form = [("person", "new"), ("email", "new.one@gmail.com"), ("name", "New <b>One</b>"), ("verified", "no")];
    let first = stage.post(&path, &form).await;
    let again = stage.post(&path, &[("person", "new"), ("email", "New.One@gmail.com")]).await;
    assert_eq!(first.header("location"), again.header("location"));
    let consent = stage.get(first.header("location")).await.body;
    assert!(consent.contains("New &lt;b&gt;One&lt;/b&gt;") && !consent.contains("<b>One"));
    let id = first.header("location").split("&person=").nth(1).unwrap().to_owned();
    let code = stage.consent(&query(&[]), &id, &[]).await.code();
    let claims = part(stage.exchange(&code).await.json()["id_token"].as_str().unwrap(), 1);
    assert_eq!((&claims["email"], &claims["email_verified"]), (&json!("new.one@gmail.com"), &json!(false)));
    let no_address = stage.post(&path, &[("person", "new"), ("email", "nonsense")]).await;
    assert!(no_address.header("location").starts_with("/google/o/oauth2/v2/auth?"));
}

#[tokio::test]
async fn cancel_is_access_denied() {
    let stage = Stage::start().await;
    let path = format!("/google/o/oauth2/v2/auth/consent?{}", query(&[]));
    for form in [&[("person", "ada"), ("decision", "deny")][..], &[("decision", "deny")][..]] {
        let callback = stage.post(&path, form).await.callback();
        assert_eq!(callback["error"], "access_denied");
        assert_eq!(callback["state"], "the-state");
        assert!(!callback.contains_key("code"));
    }
}

#[tokio::test]
async fn an_unknown_client_or_redirect_uri_ends_on_a_page() {
    let stage = Stage::start().await;
    for change in
        [("client_id", "other"), ("redirect_uri", "https://evil.example/auth/callback/google"), ("client_id", "")]
    {
        let answer = stage.get(&format!("/google/o/oauth2/v2/auth?{}", query(&[change]))).await;
        assert!(matches!(answer.status, 400 | 401), "{change:?}");
        assert_eq!(answer.header("location"), "");
    }
    let answer = stage.get(&format!("/google/o/oauth2/v2/auth?{}", query(&[("prompt", "login")]))).await;
    assert_eq!(answer.callback()["error"], "invalid_request");
}

#[tokio::test]
async fn prompt_none_answers_only_when_nothing_is_left_to_ask() {
    let stage = Stage::start().await;
    let silent = async |changes: &[(&str, &str)], cookie: &str| {
        let query = query(&[&[("prompt", "none")], changes].concat());
        let request = stage.request(Method::GET, &format!("/google/o/oauth2/v2/auth?{query}"));
        stage.send(request.header("cookie", cookie)).await.callback()
    };
    assert_eq!(silent(&[], "").await["error"], "login_required");

    let path = format!("/google/o/oauth2/v2/auth/person?{}", query(&[]));
    let picked = stage.post(&path, &[("person", "ada")]).await;
    let cookie = picked.header("set-cookie").split(';').next().unwrap().to_owned();
    assert_eq!(silent(&[], &cookie).await["error"], "consent_required");
    stage.consent(&query(&[]), "ada", &[]).await;
    assert!(silent(&[], &cookie).await.contains_key("code"));
    assert!(silent(&[("login_hint", "ada@gmail.com")], &cookie).await.contains_key("code"));
    assert_eq!(silent(&[("login_hint", "grace@navy.example")], &cookie).await["error"], "login_required");
    assert_eq!(silent(&[("login_hint", "nobody@gmail.com")], &cookie).await["error"], "login_required");
    let more = format!("openid email profile {DRIVE}");
    assert_eq!(silent(&[("scope", &more)], &cookie).await["error"], "consent_required");

    let second = with_form(stage.request(Method::POST, &path), &[("person", "grace")]);
    stage.send(second.header("cookie", &cookie)).await;
    assert_eq!(silent(&[], &cookie).await["error"], "interaction_required");
    let out = stage.send(stage.request(Method::POST, "/google/signout").header("cookie", &cookie)).await;
    assert_eq!(out.status, 303);
    assert_eq!(silent(&[], &cookie).await["error"], "login_required");
}

#[tokio::test]
async fn consent_is_remembered_and_a_hint_skips_the_chooser_for_who_is_signed_in() {
    let stage = Stage::start().await;
    let path = format!("/google/o/oauth2/v2/auth/person?{}", query(&[]));
    let granted = stage.consent(&query(&[]), "ada", &[]).await;
    let cookie = granted.header("set-cookie").split(';').next().unwrap().to_owned();
    assert!(stage.post(&path, &[("person", "ada")]).await.callback().contains_key("code"));
    let ask = async |changes: &[(&str, &str)], cookie: &str| {
        let request = stage.request(Method::GET, &format!("/google/o/oauth2/v2/auth?{}", query(changes)));
        stage.send(request.header("cookie", cookie)).await
    };
    assert_eq!(ask(&[], &cookie).await.status, 200, "the chooser always comes without a hint");
    let hint = ("login_hint", "ada@gmail.com");
    assert!(ask(&[hint], &cookie).await.callback().contains_key("code"));
    assert_eq!(ask(&[hint, ("prompt", "select_account")], &cookie).await.status, 200);
    assert!(ask(&[hint, ("prompt", "consent")], &cookie).await.header("location").contains("/auth/consent?"));
    assert_eq!(ask(&[hint], "").await.status, 200, "a hint signs nobody in");
    stage.order("google/forget_consent", json!({})).await;
    assert!(stage.post(&path, &[("person", "ada")]).await.header("location").contains("/auth/consent?"));
}

#[tokio::test]
async fn a_refresh_token_comes_only_offline_and_only_with_the_consent_screen() {
    let stage = Stage::start().await;
    let offline = query(&[("access_type", "offline")]);
    let person = format!("/google/o/oauth2/v2/auth/person?{offline}");
    let refresh_token = async |code: String| stage.exchange(&code).await.json().get("refresh_token").cloned();

    assert_eq!(refresh_token(stage.code().await).await, None, "online");
    let silent = stage.post(&person, &[("person", "ada")]).await.code();
    assert_eq!(refresh_token(silent).await, None, "offline, but consent was remembered");
    let shown = stage.consent(&offline, "ada", &[]).await.code();
    let token = refresh_token(shown).await.unwrap();

    let refreshed = stage.refresh(token.as_str().unwrap()).await.json();
    assert!(refreshed.get("refresh_token").is_none(), "Google does not rotate");
    assert!(part(refreshed["id_token"].as_str().unwrap(), 1).get("nonce").is_none());
    assert_eq!(stage.refresh("1//0nonsense").await.json()["error"], "invalid_grant");

    let revoked = stage.post("/google/revoke", &[("token", refreshed["access_token"].as_str().unwrap())]).await;
    assert_eq!(revoked.status, 200);
    assert_eq!(
        stage.refresh(token.as_str().unwrap()).await.json()["error"],
        "invalid_grant",
        "the whole grant is gone"
    );
    let again = stage.post("/google/revoke", &[("token", token.as_str().unwrap())]).await;
    assert_eq!((again.status, again.json()["error"].clone()), (400, json!("invalid_token")));
}

#[tokio::test]
async fn scopes_can_be_declined_one_by_one() {
    let stage = Stage::start().await;
    let scope = format!("openid email {DRIVE} {CALENDAR}");
    let wide = query(&[("scope", &scope)]);
    let screen = stage.get(&format!("/google/o/oauth2/v2/auth/consent?{wide}&person=ada")).await.body;
    assert!(screen.contains(&format!(r#"type="checkbox" name="scope" value="{DRIVE}" checked"#)));
    let answer = stage.consent(&wide, "ada", &[CALENDAR, "https://www.googleapis.com/auth/never.asked"]).await;
    assert!(!answer.callback()["scope"].contains(DRIVE));
    let tokens = stage.exchange(&answer.code()).await.json();
    let granted: Vec<_> = tokens["scope"].as_str().unwrap().split(' ').collect();
    assert_eq!(granted, [CALENDAR, "https://www.googleapis.com/auth/userinfo.email", "openid"]);

    let drive_only = query(&[("scope", DRIVE)]);
    let nothing = stage.consent(&drive_only, "grace", &[]).await;
    assert_eq!(nothing.callback()["error"], "access_denied");
    let code = stage.consent(&drive_only, "ada", &[DRIVE]).await.code();
    let tokens = stage.exchange(&code).await.json();
    assert_eq!((&tokens["scope"], tokens.get("id_token")), (&json!(DRIVE), None));
    let both = query(&[("scope", DRIVE), ("include_granted_scopes", "true")]);
    let code = stage.consent(&both, "ada", &[DRIVE]).await.code();
    assert!(stage.exchange(&code).await.json()["scope"].as_str().unwrap().contains(CALENDAR));
}

#[tokio::test]
async fn a_code_is_good_once_for_one_minute_at_one_place_with_its_verifier() {
    let stage = Stage::start().await;
    let code = stage.code().await;
    let access = stage.exchange(&code).await.json()["access_token"].as_str().unwrap().to_owned();
    let userinfo =
        async || stage.send(stage.request(Method::GET, "/google/userinfo").bearer_auth(&access)).await.status;
    assert_eq!(userinfo().await, 200);
    assert_eq!(stage.exchange(&code).await.json()["error"], "invalid_grant");
    assert_eq!(userinfo().await, 401, "a second use revokes what the first has given");

    let changed = async |name: &str, value: &str| {
        let code = stage.code().await;
        let mut form = token_form(&code).to_vec();
        form.retain(|(known, _)| *known != name);
        form.push((name, value));
        let answer = stage.post("/google/token", &form).await;
        let second = stage.exchange(&code).await.status;
        (answer.status, answer.json()["error"].as_str().unwrap().to_owned(), second)
    };
    assert_eq!(changed("code_verifier", &"x".repeat(43)).await, (400, "invalid_grant".into(), 400));
    assert_eq!(changed("code_verifier", "").await, (400, "invalid_grant".into(), 400));
    assert_eq!(
        changed("redirect_uri", "http://localhost:3000/auth/callback/other").await,
        (400, "redirect_uri_mismatch".into(), 400)
    );
    assert_eq!(changed("client_secret", "wrong").await, (401, "invalid_client".into(), 200));
    assert_eq!(changed("grant_type", "password").await, (400, "unsupported_grant_type".into(), 200));

    let code = stage.code().await;
    stage.order("clock", json!({"offset_seconds": 61})).await;
    assert_eq!(stage.exchange(&code).await.json()["error"], "invalid_grant");
    assert_eq!(stage.exchange(&stage.code().await).await.status, 200);
}

#[tokio::test]
async fn tokeninfo_tells_what_a_token_is_worth() {
    let stage = Stage::start().await;
    let tokens = stage.exchange(&stage.code().await).await.json();
    let access = tokens["access_token"].as_str().unwrap();
    let info = stage.get(&format!("/google/tokeninfo?access_token={access}")).await.json();
    assert_eq!((&info["aud"], &info["email_verified"]), (&json!(GOOGLE_CLIENT_ID), &json!("true")));
    assert!(info["expires_in"].is_string() && info["access_type"] == "online");
    let id_token = tokens["id_token"].as_str().unwrap();
    let info = stage.post("/google/tokeninfo", &[("id_token", id_token)]).await.json();
    assert_eq!((&info["sub"], &info["alg"]), (&part(id_token, 1)["sub"], &json!("RS256")));
    assert_eq!(stage.get("/google/tokeninfo?access_token=ya29.no").await.json()["error"], "invalid_token");
    assert_eq!(stage.get(&format!("/google/tokeninfo?id_token={id_token}x")).await.status, 400);
    stage.order("clock", json!({"offset_seconds": 3601})).await;
    assert_eq!(stage.get(&format!("/google/tokeninfo?id_token={id_token}")).await.status, 400);
    assert_eq!(stage.get(&format!("/google/tokeninfo?access_token={access}")).await.status, 400);
}

// ---------------------------------------------------------------- told to misbehave

/// Every preset of the id_token, and that the next token is honest again.
#[tokio::test]
async fn each_misbehaviour_of_the_id_token_takes_effect_once() {
    let stage = Stage::start().await;
    let presets = stage.get("/control/presets").await.json();
    let issuer = stage.sandbox.google_issuer();
    let mut tried = 0;
    for preset in presets.as_array().unwrap().iter().filter(|preset| preset["group"] == "id_token") {
        let name = preset["name"].as_str().unwrap();
        stage.order("google/presets", json!({"preset": name, "person": "ada", "times": 1})).await;
        let tokens = stage.exchange(&stage.code().await).await.json();
        let token = tokens["id_token"].as_str().unwrap();
        let patch = &preset["patch"];
        if name == "huge_exp" {
            let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
            assert!(String::from_utf8(payload).unwrap().contains(r#""exp":1e400"#));
            continue;
        }
        let (header, claims) = (part(token, 0), part(token, 1));
        for (members, set, remove) in [(&claims, "claims", "remove"), (&header, "header", "remove_header")] {
            for (member, value) in patch[set].as_object().unwrap() {
                let wanted =
                    value.to_string().replace("{origin}/google", &issuer).replace("{origin}", stage.sandbox.origin());
                assert!(value.get("$now").is_some() || members[member].to_string() == wanted, "{name}: {members}");
                assert!(!members[member].is_object() && members.get(member).is_some(), "{name}: {members}");
            }
            for member in patch[remove].as_array().unwrap() {
                assert!(members.get(member.as_str().unwrap()).is_none(), "{name}: {members}");
            }
        }
        if patch["sign"] != "rs256" {
            assert!(stage.verified(token).await.is_err(), "{name} must not verify");
        }
        tried += 1;
    }
    assert!(tried > 50, "{tried}");
    let tokens = stage.exchange(&stage.code().await).await.json();
    assert!(stage.verified(tokens["id_token"].as_str().unwrap()).await.is_ok());
}

#[tokio::test]
async fn times_in_a_patch_are_relative_to_now_and_of_the_type_asked_for() {
    let stage = Stage::start().await;
    let now = stage.get("/control/state").await.json()["now"].as_i64().unwrap();
    let patch = json!({"claims": {"exp": {"$now": -600}, "nbf": {"$now": 60, "as": "string"}, "iat": {"$now": 0, "as": "float"}}});
    stage.order("google/id_token", json!({"patch": patch})).await;
    let claims = part(stage.exchange(&stage.code().await).await.json()["id_token"].as_str().unwrap(), 1);
    assert!((claims["exp"].as_i64().unwrap() - now + 600).abs() < 30);
    assert!(claims["nbf"].is_string() && claims["iat"].is_f64(), "{claims}");
}

#[tokio::test]
async fn signatures_lie_in_the_way_that_was_asked_for() {
    let stage = Stage::start().await;
    for (sign, alg, verifies_by_its_header) in [
        ("rs384", "RS384", None),
        ("ps256", "PS256", None),
        ("none", "none", None),
        ("hs256_client_secret", "HS256", None),
        ("embedded_key", "RS256", Some(true)),
        ("bad_signature", "RS256", None),
    ] {
        stage.order("google/id_token", json!({"patch": {"sign": sign}, "times": 1})).await;
        let token = stage.exchange(&stage.code().await).await.json()["id_token"].as_str().unwrap().to_owned();
        let header = part(&token, 0);
        assert_eq!(header["alg"], alg, "{sign}");
        let open = |algorithm, key: &DecodingKey| {
            let mut validation = Validation::new(algorithm);
            validation.set_audience(&[GOOGLE_CLIENT_ID]);
            decode::<Value>(&token, key, &validation).is_ok()
        };
        let published = stage.get("/google/certs").await.json()["keys"][0].clone();
        let rsa = |key: &Value| {
            DecodingKey::from_rsa_components(key["n"].as_str().unwrap(), key["e"].as_str().unwrap()).unwrap()
        };
        match sign {
            "rs384" => assert!(open(Algorithm::RS384, &rsa(&published))),
            "ps256" => assert!(open(Algorithm::PS256, &rsa(&published))),
            "hs256_client_secret" => {
                assert!(open(Algorithm::HS256, &DecodingKey::from_secret(GOOGLE_CLIENT_SECRET.as_bytes())))
            }
            "none" => assert!(token.ends_with('.')),
            "bad_signature" => assert!(!open(Algorithm::RS256, &rsa(&published))),
            _ => assert_eq!(Some(open(Algorithm::RS256, &rsa(&header["jwk"]))), verifies_by_its_header),
        }
    }
}

#[tokio::test]
async fn keys_rotate_now_before_the_next_signature_and_are_withdrawn() {
    let stage = Stage::start().await;
    let kids = async || {
        let keys = stage.get("/google/certs").await.json();
        keys["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let signed = async || {
        let tokens = stage.exchange(&stage.code().await).await.json();
        let token = tokens["id_token"].as_str().unwrap().to_owned();
        assert!(stage.verified(&token).await.is_ok());
        part(&token, 0)["kid"].as_str().unwrap().to_owned()
    };
    let first = kids().await;
    assert_eq!(first, [signed().await]);
    stage.order("google/keys", json!({"action": "rotate"})).await;
    let second = kids().await;
    assert_eq!((second.len(), &second[1], &second[0]), (2, &first[0], &signed().await));
    stage.order("google/keys", json!({"action": "rotate_before_signing"})).await;
    assert_eq!(kids().await, second, "nothing shows before the signature");
    let third = signed().await;
    assert!(!second.contains(&third));
    stage.order("google/keys", json!({"action": "withdraw_old"})).await;
    assert_eq!(kids().await, [third]);
    stage.order("reset", json!({})).await;
    assert_eq!(kids().await, first);
}

/// Every preset of an endpoint that can be tried without waiting.
#[tokio::test]
async fn each_misbehaviour_of_an_endpoint_takes_effect() {
    let stage = Stage::start().await;
    let presets = stage.get("/control/presets").await.json();
    let mut tried = 0;
    for preset in presets.as_array().unwrap() {
        let Some(fault) = preset["faults"].get(0) else {
            continue;
        };
        let (name, kind) = (preset["name"].as_str().unwrap(), fault["fault"]["kind"].as_str().unwrap());
        if matches!(kind, "slow" | "hang" | "drip") || fault["endpoint"] == "authorization_response" {
            continue;
        }
        let code = stage.code().await;
        let access = stage.exchange(&stage.code().await).await.json()["access_token"].as_str().unwrap().to_owned();
        stage.order("google/presets", json!({"preset": name, "times": 1})).await;
        let at = |method, path: &str| stage.request(method, &format!("/google/{path}"));
        let request = match fault["endpoint"].as_str().unwrap() {
            "token" => stage.exchange_request(&code),
            "certs" => at(Method::GET, "certs"),
            "discovery" => at(Method::GET, ".well-known/openid-configuration"),
            "userinfo" => at(Method::GET, "userinfo").bearer_auth(&access),
            "authorize" => at(Method::GET, "o/oauth2/v2/auth"),
            "revoke" => at(Method::POST, "revoke"),
            "tokeninfo" => at(Method::GET, "tokeninfo"),
            other => panic!("{other}"),
        };
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.text().await;
        let fault = &fault["fault"];
        match kind {
            "half_closed" => assert!(body.is_err(), "{name}"),
            "truncated" => assert!(serde_json::from_str::<Value>(&body.unwrap()).is_err(), "{name}"),
            "huge" => assert!(body.unwrap().len() > 10 << 20, "{name}"),
            "many_keys" => {
                let keys: Value = serde_json::from_str(&body.unwrap()).unwrap();
                assert_eq!(keys["keys"].as_array().unwrap().len(), 10_001);
            }
            "patch" => {
                let members: Value = serde_json::from_str(&body.unwrap()).unwrap();
                for (member, value) in fault["set"].as_object().unwrap() {
                    let wanted = value.to_string().replace("{origin}", stage.sandbox.origin());
                    assert_eq!(members[member].to_string(), wanted, "{name}");
                }
                assert!(
                    fault["remove"]
                        .as_array()
                        .unwrap()
                        .iter()
                        .all(|gone| members.get(gone.as_str().unwrap()).is_none())
                );
            }
            _ => {
                assert_eq!(u64::from(status), fault["status"].as_u64().unwrap(), "{name}");
                assert!(fault["body"].is_null() || fault["body"] == body.unwrap(), "{name}");
                let after = headers.get("retry-after").map(|value| value.to_str().unwrap());
                assert_eq!(after, fault["retry_after"].as_str(), "{name}");
                if kind == "redirect" {
                    let to = headers["location"].to_str().unwrap();
                    assert!(to.starts_with(&format!("{}/trap/google/", stage.sandbox.origin())), "{to}");
                }
            }
        }
        tried += 1;
    }
    assert!(tried > 35, "{tried}");
    assert_eq!(stage.exchange(&stage.code().await).await.status, 200, "and it is honest again");
}

#[tokio::test]
async fn each_misbehaviour_of_the_authorization_response_takes_effect() {
    let stage = Stage::start().await;
    let presets = stage.get("/control/presets").await.json();
    let is_ours = |preset: &&Value| preset["group"] == "authorization response";
    for preset in presets.as_array().unwrap().iter().filter(is_ours) {
        let name = preset["name"].as_str().unwrap();
        stage.order("google/presets", json!({"preset": name, "person": "ada", "times": 1})).await;
        let answer = stage.consent(&query(&[]), "ada", &[]).await;
        let url = url::Url::parse(answer.header("location")).unwrap();
        let all = |wanted: &str| {
            url.query_pairs()
                .filter(|(name, _)| name == wanted)
                .map(|(_, value)| value.into_owned())
                .collect::<Vec<_>>()
        };
        let fault = &preset["faults"][0]["fault"];
        for (parameter, value) in fault["set"].as_object().unwrap() {
            match value {
                Value::Array(values) => assert_eq!(all(parameter).len(), values.len(), "{name}"),
                value => assert_eq!(all(parameter), [value.as_str().unwrap()], "{name}"),
            }
        }
        for parameter in fault["remove"].as_array().unwrap() {
            assert!(all(parameter.as_str().unwrap()).is_empty(), "{name}");
        }
    }
    let honest = stage.consent(&query(&[]), "ada", &[]).await.callback();
    assert_eq!(honest["state"], "the-state");
}

#[tokio::test]
async fn slow_dripping_and_hanging_answers_take_their_time() {
    let stage = Stage::start().await;
    let arm = async |fault: Value| {
        stage.order("google/faults", json!({"endpoint": "certs", "fault": fault, "times": 1})).await
    };
    let started = Instant::now();
    arm(json!({"kind": "slow", "delay_ms": 100})).await;
    assert_eq!(stage.get("/google/certs").await.status, 200);
    assert!(started.elapsed() >= Duration::from_millis(100));

    arm(json!({"kind": "drip", "chunk_bytes": 100, "delay_ms": 20})).await;
    let started = Instant::now();
    assert!(stage.get("/google/certs").await.json()["keys"].is_array());
    assert!(started.elapsed() >= Duration::from_millis(100));

    arm(json!({"kind": "hang"})).await;
    let hanging = stage.request(Method::GET, "/google/certs").timeout(Duration::from_millis(100));
    assert!(hanging.send().await.unwrap_err().is_timeout());
    assert_eq!(stage.get("/google/certs").await.status, 200);
}

#[tokio::test]
async fn a_fault_for_one_person_spares_the_others_and_a_failed_request_spends_no_code() {
    let stage = Stage::start().await;
    let fault = json!({"endpoint": "token", "fault": {"kind": "status", "status": 503}, "person": "ada"});
    stage.order("google/faults", fault).await;
    let (ada, grace) = (stage.code().await, stage.consent(&query(&[]), "grace", &[]).await.code());
    assert_eq!(stage.exchange(&grace).await.status, 200);
    assert_eq!(stage.exchange(&ada).await.status, 503);
    assert_eq!(stage.exchange(&ada).await.status, 503);
    stage.order("google/behave", json!({"person": "ada"})).await;
    assert_eq!(stage.exchange(&ada).await.status, 200);
}

// ---------------------------------------------------------------- control

#[tokio::test]
async fn auto_consent_answers_without_a_page() {
    let stage = Stage::start().await;
    let scope = format!("openid email {DRIVE}");
    let path = format!("/google/o/oauth2/v2/auth?{}", query(&[("scope", &scope), ("access_type", "offline")]));
    stage.order("google/auto_consent", json!({"person": "grace", "scopes": ["email"], "times": 1})).await;
    let tokens = stage.exchange(&stage.get(&path).await.code()).await.json();
    assert!(!tokens["scope"].as_str().unwrap().contains(DRIVE));
    assert!(tokens["refresh_token"].is_string());
    assert_eq!(part(tokens["id_token"].as_str().unwrap(), 1)["email"], "grace@navy.example");
    assert_eq!(stage.get(&path).await.status, 200, "once only: the chooser is back");

    stage.order("google/auto_consent", json!({"person": "ada"})).await;
    let tokens = stage.exchange(&stage.get(&path).await.code()).await.json();
    assert!(tokens["scope"].as_str().unwrap().contains(DRIVE), "without a list: all");
    stage.order("google/auto_consent", json!({"person": "ada", "decision": "deny"})).await;
    assert_eq!(stage.get(&path).await.callback()["error"], "access_denied");
    stage.order("google/auto_consent", json!({"person": null})).await;
    assert_eq!(stage.get(&path).await.status, 200);
}

#[tokio::test]
async fn the_log_tells_who_asked_what_but_no_secret() {
    let stage = Stage::start().await;
    assert!(stage.requests("token").await.is_empty());
    let code = stage.code().await;
    assert!(stage.requests("token").await.is_empty(), "no token request was made");
    stage.exchange(&code).await;
    let form: Vec<_> = token_form(&code).into_iter().filter(|(name, _)| !name.starts_with("client")).collect();
    let basic = format!("Basic {}", STANDARD.encode(format!("{GOOGLE_CLIENT_ID}:{GOOGLE_CLIENT_SECRET}")));
    let request = with_form(stage.request(Method::POST, "/google/token"), &form);
    stage.send(request.header("authorization", &basic)).await;
    let requests = stage.requests("token").await;
    let seen: Vec<_> = requests
        .iter()
        .map(|entry| (entry["client_auth"].as_str().unwrap(), entry["status"].as_u64().unwrap()))
        .collect();
    assert_eq!(seen, [("post", 200), ("basic", 400)]);
    assert_eq!(requests[0]["form"]["redirect_uri"], CALLBACK);
    assert_eq!(requests[0]["code_verifier_length"], VERIFIER.len());
    assert_eq!(requests[0]["person"], "ada");
    assert_eq!(requests[1]["headers"]["authorization"], "basic");
    let log = stage.get("/control/requests").await.body;
    for secret in [code.as_str(), VERIFIER, GOOGLE_CLIENT_SECRET, &basic[6..]] {
        assert!(!log.contains(secret), "{secret}");
    }

    stage.order("google/presets", json!({"preset": "token_redirect_307"})).await;
    let to = stage.exchange(&stage.code().await).await.header("location").to_owned();
    assert!(stage.requests("trap").await.is_empty(), "no redirect was followed");
    stage.send(with_form(stage.http.post(to), &token_form("x"))).await;
    assert_eq!(stage.requests("trap").await[0]["form"]["client_secret"], "[redacted]");
    stage.order("requests/clear", json!({})).await;
    assert_eq!(stage.get("/control/requests").await.json()["total"], 0);
}

#[tokio::test]
async fn persons_are_made_and_changed_by_control() {
    let stage = Stage::start().await;
    let made =
        stage.order("persons", json!({"email": "x@y.example", "hd": "y.example", "email_verified": false})).await;
    let id = made["id"].as_str().unwrap();
    stage.order(&format!("persons/{id}"), json!({"name": "Renamed", "email": null})).await;
    let code = stage.consent(&query(&[]), id, &[]).await.code();
    let claims = part(stage.exchange(&code).await.json()["id_token"].as_str().unwrap(), 1);
    assert_eq!((&claims["name"], claims.get("email")), (&json!("Renamed"), None));
    assert_eq!(claims["sub"], made["sub"]);
}

#[tokio::test]
async fn nonsense_orders_are_refused_with_a_reason() {
    let stage = Stage::start().await;
    for (path, body) in [
        ("google/id_token", json!({"patch": {"clams": {}}})),
        ("google/id_token", json!({"person": "nobody", "patch": {}})),
        ("google/faults", json!({"endpoint": "moon", "fault": {"kind": "hang"}})),
        ("google/faults", json!({"endpoint": "authorization_response", "fault": {"kind": "hang"}})),
        ("google/presets", json!({"preset": "no such"})),
        ("google/auto_consent", json!({"person": "nobody"})),
        ("google/keys", json!({"action": "lose"})),
        ("google/dance", json!({})),
        ("persons", json!({"sbu": "1"})),
        ("persons", json!({"id": "../x"})),
    ] {
        let request = stage.request(Method::POST, &format!("/control/{path}"));
        let answer = stage.send(request.header("content-type", "application/json").body(body.to_string())).await;
        assert_eq!(answer.status, 400, "{path} {body}");
        assert!(answer.json()["error"].is_string());
    }
}

#[tokio::test]
async fn the_pages_show_themselves_and_their_forms_work() {
    let stage = Stage::start().await;
    let landing = stage.get("/").await.body;
    assert!(landing.contains("Ada Lovelace") && landing.contains(r#"href="/control""#));
    assert!(landing.contains(&stage.sandbox.google_issuer()));
    assert_eq!(stage.get("/sandbox.css").await.header("content-type"), "text/css; charset=utf-8");
    stage.order("persons", json!({"id": "mean", "name": "<script>alert(1)</script>"})).await;
    for path in ["/", "/control", &format!("/google/o/oauth2/v2/auth?{}", query(&[("login_hint", "\"><script>")]))] {
        let page = stage.get(path).await;
        assert!(page.status == 200 && !page.body.contains("<script"), "{path}");
    }
    let form = [("order", "presets"), ("preset", "wrong_nonce"), ("person", "ada"), ("times", "1")];
    assert_eq!(stage.post("/control/form", &form).await.header("location"), "/control");
    assert!(stage.get("/control").await.body.contains("not-the-nonce"));
    assert_eq!(stage.post("/control/form", &[("order", "reset")]).await.status, 303);
    assert!(!stage.get("/control").await.body.contains("not-the-nonce"));
    assert_eq!(stage.post("/control/form", &[("order", "dance")]).await.status, 400);
}

#[tokio::test]
async fn foreign_hosts_and_foreign_pages_are_refused() {
    let stage = Stage::start().await;
    let own = stage.sandbox.origin().to_owned();
    let host = async |name: &str, path: &str| {
        let request = stage.request(Method::GET, path).header("host", name);
        stage.send(request).await.status
    };
    for path in ["/", "/control/state", "/google/certs"] {
        assert_eq!(host("rebound.evil.example", path).await, 421, "{path}");
        assert_eq!(host("127.0.0.1:1", path).await, 200, "{path}");
    }
    let reset = async |origin: &str| {
        stage.send(stage.request(Method::POST, "/control/reset").header("origin", origin)).await.status
    };
    for origin in ["null", "https://evil.example", "http://localhost:3000"] {
        assert_eq!(reset(origin).await, 403, "{origin}");
    }
    assert_eq!(reset(&own).await, 200);
    assert_eq!(stage.send(stage.request(Method::POST, "/control/reset")).await.status, 200);
    let path = format!("/google/o/oauth2/v2/auth/consent?{}", query(&[]));
    let forged = with_form(stage.request(Method::POST, &path), &[("person", "ada"), ("decision", "allow")]);
    assert_eq!(stage.send(forged.header("origin", "https://evil.example")).await.status, 403);
}
