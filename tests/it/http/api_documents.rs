//! The OpenAPI document is accurate: random requests generated from it get only answers that it describes.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use latchkey::{
    accounts::{AuthenticationMethod, Authentications, ClientInfo, UserId},
    codes::api_error::ApiError,
    tokens::NewTokenSession,
};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::{api::Answer, app::App, browser::Browser};
use crate::support::schema::{errors, resolved};

/// Requests per operation.
const ROUNDS: usize = 80;
/// Fewer on a slow machine, but enough to find more than rejections.
const AT_LEAST: usize = 30;
const PATIENCE: Duration = Duration::from_secs(60);

/// An operation of the document.
struct Operation<'a> {
    method: Method,
    path: &'a str,
    described: &'a Value,
}

fn operations(document: &Value) -> Vec<Operation<'_>> {
    let paths = document["paths"].as_object().expect("paths").iter();
    let operations = paths.flat_map(|(path, item)| {
        item.as_object().expect("operations").iter().map(move |(method, described)| Operation {
            method: method.to_uppercase().parse().expect("a method"),
            path,
            described,
        })
    });
    operations.collect()
}

async fn document(browser: &Browser) -> Value {
    let answer = browser.get_json("/api/openapi.json").await;
    assert_eq!((answer.page.status, answer.page.header("content-type")), (200, "application/json"));
    answer.json
}

/// Why an answer does not match the document.
fn untrue(document: &Value, operation: &Operation<'_>, answer: &Answer) -> Vec<String> {
    let described = &operation.described["responses"][answer.page.status.to_string()];
    if !described.is_object() {
        return vec![format!("the status {} is not described", answer.page.status)];
    }
    if answer.page.header("content-type") != "application/json" {
        return vec![format!("it is {}", answer.page.header("content-type"))];
    }
    let content = &described["content"]["application/json"];
    let mut errors = errors(document, &content["schema"], &answer.json);
    let (status, code) = answer.outcome();
    if status != 200 && content["examples"].get(code).is_none() {
        errors.push(format!("the code {code} is not described for {status}"));
    }
    errors
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_matches_the_openapi_document() {
    let app = App::builder().providers().start().await;
    let (browser, begun) = (app.browser(), Instant::now());
    let document = document(&browser).await;
    // A fixed seed.
    let mut dice = Dice { runner: TestRunner::deterministic() };
    let mut seen: BTreeMap<String, BTreeSet<u16>> = BTreeMap::new();
    for round in 0..ROUNDS {
        if round >= AT_LEAST && begun.elapsed() > PATIENCE {
            break;
        }
        for operation in operations(&document) {
            let caller = Means::some(&mut dice, &app).await;
            let request = dice.request(&caller, &operation, &document);
            let sent = format!("{request:?}");
            let answer = caller.browser.ask(request).await;
            assert_ne!(answer.page.status, 500, "{sent}: {answer:?}");
            let untrue = untrue(&document, &operation, &answer);
            assert!(untrue.is_empty(), "{untrue:?}\n{sent}\n{answer:?}");
            let name = format!("{} {}", operation.method, operation.path);
            seen.entry(name).or_default().insert(answer.page.status);
        }
    }
    // The random requests find more than rejections.
    for name in
        ["GET /api/me", "GET /api/sessions", "POST /api/auth/logout", "POST /api/auth/refresh", "POST /api/auth"]
    {
        assert!(seen[name].contains(&200) && seen[name].len() > 1, "{name}: {seen:?}");
    }
}

/// A caller and its credentials.
struct Means {
    browser: Browser,
    access: Option<String>,
    tokens: BTreeMap<&'static str, String>,
}

impl Means {
    async fn some(dice: &mut Dice, app: &App) -> Self {
        let browser = app.browser();
        let mut means = Self { browser, access: None, tokens: BTreeMap::new() };
        match dice.roll(0..6_u8) {
            0 => means.browser.sign_in("ada").await,
            1 => {
                let (access, refresh) = means.browser.obtain_tokens(app, "grace").await;
                means.access = Some(access);
                means.tokens.insert("refresh_token", refresh);
            }
            2 => {
                let (nonce, nonce_token) = means.browser.nonce().await;
                means.tokens.insert("id_token", app.id_token("plain", json!({ "nonce": nonce })).await);
                means.tokens.insert("nonce_token", nonce_token);
            }
            3 => drop(means.tokens.insert("access_token", app.access_token("google", "ada", json!({})).await)),
            4 => means.access = Some("eyJhbGciOiJub25lIn0.e30.".to_owned()),
            _ => {}
        }
        means
    }
}

/// A reproducible source of random values.
struct Dice {
    runner: TestRunner,
}

impl Dice {
    fn roll<S: Strategy>(&mut self, strategy: S) -> S::Value {
        strategy.new_tree(&mut self.runner).expect("a value").current()
    }

    fn request(&mut self, caller: &Means, operation: &Operation<'_>, document: &Value) -> RequestBuilder {
        let id = self.roll("[A-Za-z0-9_%~-]{1,50}").replace('%', "%25");
        let path = operation.path.replace("{id}", &id);
        let mut request = caller.browser.fetch(operation.method.clone(), &path);
        if let Some(access) = &caller.access {
            request = request.bearer_auth(access);
        }
        let body = &operation.described["requestBody"]["content"]["application/json"]["schema"];
        if !body.is_object() || self.roll(0..12_u8) == 0 {
            return request;
        }
        let kinds =
            ["application/json", "application/json; charset=utf-8", "text/plain", "application/json; charset=x"];
        let kind = kinds[usize::from(self.roll(prop_oneof![8 => 0..2_u8, 1 => 2..4_u8]))];
        let value = self.value(document, body, &caller.tokens);
        let mut text = value.to_string();
        if self.roll(0..15_u8) == 0 {
            let length = self.roll(0..text.chars().count() + 1);
            text = text.chars().take(length).collect();
        }
        request.header("content-type", kind).body(text)
    }

    /// A value that mostly fits a schema.
    fn value(&mut self, document: &Value, schema: &Value, held: &BTreeMap<&'static str, String>) -> Value {
        if self.roll(0..20_u8) == 0 {
            return self.anything();
        }
        if let Some(reference) = schema.get("$ref") {
            return self.value(document, resolved(document, reference), held);
        }
        if let Some(parts) = schema["oneOf"].as_array() {
            let part = self.roll(0..parts.len());
            return self.value(document, &parts[part], held);
        }
        let kinds = &schema["type"];
        let can_be_null = kinds.as_array().is_some_and(|kinds| kinds.contains(&json!("null")));
        if kinds == "null" || (can_be_null && self.roll(0..4_u8) == 0) {
            return Value::Null;
        }
        if let Some(values) = schema["enum"].as_array() {
            return values[self.roll(0..values.len())].clone();
        }
        let Some(properties) = schema["properties"].as_object() else {
            return json!(self.roll(prop_oneof![3 => "[a-z]{1,10}", 1 => "\\PC{0,40}"]));
        };
        let mut members = serde_json::Map::new();
        for (name, property) in properties {
            let required = schema["required"].as_array().is_some_and(|names| names.contains(&json!(name)));
            match held.get(name.as_str()) {
                Some(token) if self.roll(0..10_u8) > 0 => drop(members.insert(name.clone(), json!(token))),
                _ if name == "provider" && self.roll(0..5_u8) > 0 => {
                    drop(members.insert(name.clone(), json!(["google", "github", "apple"][self.roll(0..3_usize)])));
                }
                _ if name == "mode" || (required && self.roll(0..8_u8) > 0) || self.roll(0..8_u8) == 0 => {
                    drop(members.insert(name.clone(), self.value(document, property, held)));
                }
                _ => {}
            }
        }
        Value::Object(members)
    }

    fn anything(&mut self) -> Value {
        match self.roll(0..7_u8) {
            0 => Value::Null,
            1 => json!(true),
            2 => json!(self.roll(any::<i64>())),
            3 => json!(self.roll(any::<f64>())),
            4 => json!(self.roll("\\PC{0,60}")),
            5 => json!([self.roll("\\PC{0,9}")]),
            _ => json!({ self.roll("[a-z]{0,9}"): self.roll(any::<u8>()) }),
        }
    }
}

/// Codes that no test can cause from outside, by operation.
const NOT_FROM_OUTSIDE: [(&str, &str); 4] = [
    // Only when the system has no random numbers.
    ("get /api/auth/nonce", "server_error"),
    // Only without random numbers, or with a row that violates a checked column.
    ("post /api/auth/logout", "server_error"),
    // Only when every key in the database is damaged and no new one can be made.
    ("get /.well-known/jwks.json", "server_error"),
    // `api_bodies` causes these for every operation that reads a body.
    ("*", "request_timeout"),
];

/// Each documented code of an operation is caused here or in the file that its comment names.
#[tokio::test(flavor = "multi_thread")]
async fn every_documented_error_code_occurs() {
    let app = App::builder().providers().start().await;
    let document = document(&app.browser()).await;
    let mut found = BTreeSet::new();
    let mut note = |operation: &str, answer: &Answer| {
        let (method, path) = operation.split_once(' ').expect("method and path");
        let described = &document["paths"][path][method];
        let operation = Operation { method: method.to_uppercase().parse().expect("a method"), path, described };
        let untrue = untrue(&document, &operation, answer);
        assert!(untrue.is_empty(), "{method} {path}: {untrue:?} {answer:?}");
        found.insert((format!("{method} {path}"), answer.outcome().1.to_owned()));
    };

    let (nonce, sign_in, refresh, logout) =
        ("get /api/auth/nonce", "post /api/auth", "post /api/auth/refresh", "post /api/auth/logout");
    let (me, list, end) = ("get /api/me", "get /api/sessions", "delete /api/sessions/{id}");
    let (keys, metadata) = ("get /.well-known/jwks.json", "get /.well-known/openid-configuration");

    // Successes.
    let browser = app.browser();
    note(nonce, &browser.get_json("/api/auth/nonce").await);
    note(sign_in, &browser.sign_in_with_id_token(&app, "ada", "session").await);
    note(me, &browser.get_json("/api/me").await);
    note(list, &browser.get_json("/api/sessions").await);
    note(keys, &browser.get_json("/.well-known/jwks.json").await);
    note(metadata, &browser.get_json("/.well-known/openid-configuration").await);
    let device = app.browser();
    let (access, token) = device.obtain_tokens(&app, "ada").await;
    note(refresh, &device.refresh(&token).await);
    let sessions = browser.get_json("/api/sessions").await.json["sessions"].clone();
    let own = sessions.as_array().expect("a list").iter().find(|one| one["current"] == json!(true)).expect("one");
    let own = format!("/api/sessions/{}", own["id"].as_str().expect("an id"));

    // Bodies, origins, callers.
    for (operation, path) in [(sign_in, "/api/auth"), (refresh, "/api/auth/refresh"), (logout, "/api/auth/logout")] {
        note(operation, &browser.post_json(path, &json!([])).await);
        note(operation, &browser.post_json(path, &json!({ "refresh_token": 1 })).await);
        note(operation, &browser.ask(browser.fetch(Method::POST, path).body("x")).await);
        note(operation, &browser.post_json(path, &json!({ "x": "x".repeat(40_000) })).await);
        let foreign = browser.request(Method::POST, path).header("origin", "https://evil.example");
        note(operation, &browser.ask(foreign).await);
    }
    let stranger = app.browser();
    for (operation, path) in [(me, "/api/me"), (list, "/api/sessions")] {
        note(operation, &stranger.get_json(path).await);
        note(operation, &stranger.get_as_bearer(path, "x").await);
    }
    let delete = |browser: &Browser, path: &str| browser.fetch(Method::DELETE, path);
    note(end, &stranger.ask(delete(&stranger, "/api/sessions/x")).await);
    note(end, &stranger.ask(delete(&stranger, "/api/sessions/x").bearer_auth("x")).await);
    note(end, &browser.ask(delete(&browser, "/api/sessions/x")).await);
    note(end, &browser.ask(delete(&browser, "/api/sessions/%ff")).await);
    let foreign = browser.request(Method::DELETE, &own).header("origin", "https://evil.example");
    note(end, &browser.ask(foreign).await);
    note(logout, &device.ask(device.fetch(Method::POST, "/api/auth/logout").bearer_auth("x")).await);
    note(refresh, &device.refresh("lkr_x").await);

    // Tokens of providers.
    let hand_in = async |browser: &Browser, member: &str, provider: &str, token: &str| {
        browser.post_json("/api/auth", &json!({ "provider": provider, member: token })).await
    };
    note(sign_in, &hand_in(&stranger, "id_token", "nobody", "x").await);
    note(sign_in, &hand_in(&stranger, "id_token", "github", "x").await);
    note(sign_in, &hand_in(&stranger, "id_token", "google", "x.y.z").await);
    stranger.nonce().await;
    let without = app.id_token("ada", json!({})).await;
    note(sign_in, &hand_in(&stranger, "id_token", "google", &without).await);
    note(sign_in, &hand_in(&stranger, "access_token", "google", "made-up").await);
    let foreign = app.access_token("google", "ada", json!({ "client_id": "another-client" })).await;
    note(sign_in, &hand_in(&stranger, "access_token", "google", &foreign).await);
    let asked_about = app.access_token("github", "ada", json!({})).await;
    note(sign_in, &hand_in(&stranger, "access_token", "github", &asked_about).await);
    app.fail_once("tokeninfo", json!({ "kind": "status", "status": 503 })).await;
    let honest = app.access_token("google", "ada", json!({})).await;
    note(sign_in, &hand_in(&stranger, "access_token", "google", &honest).await);

    app.fail_once("tokeninfo", json!({ "kind": "answer", "body": "<!doctype html>" })).await;
    note(sign_in, &hand_in(&stranger, "access_token", "google", &honest).await);
    let no_algorithm = json!({ "kind": "patch", "set": { "id_token_signing_alg_values_supported": ["none"] } });
    for (endpoint, fault) in [
        ("discovery", json!({ "kind": "answer", "body": "[]" })),
        ("discovery", no_algorithm),
        ("certs", json!({ "kind": "answer", "body": "[]" })),
    ] {
        let app = App::builder().start().await;
        app.fail_once(endpoint, fault).await;
        note(sign_in, &app.browser().sign_in_with_id_token(&app, "ada", "token").await);
    }
    let misconfigured = App::builder().providers().with("GITHUB_CLIENT_SECRET", "wrong").start().await;
    let token = misconfigured.access_token("github", "ada", json!({})).await;
    note(sign_in, &hand_in(&misconfigured.browser(), "access_token", "github", &token).await);

    // Our own failures: disabled users, corrupt rows, outages.
    app.database.execute("UPDATE users SET verified_email = 'nonsense'").await;
    note(sign_in, &hand_in(&stranger, "access_token", "google", &honest).await);
    note(me, &browser.get_json("/api/me").await);
    note(list, &browser.get_json("/api/sessions").await);
    note(end, &browser.ask(delete(&browser, "/api/sessions/x")).await);
    let (_, other) = {
        app.database.execute("UPDATE users SET verified_email = 'ada@gmail.com'").await;
        let tokens = app.browser().obtain_tokens(&app, "ada").await;
        app.database.execute("UPDATE users SET verified_email = 'nonsense'").await;
        tokens
    };
    note(refresh, &device.refresh(&other).await);
    app.database.execute("UPDATE users SET verified_email = 'ada@gmail.com', disabled_at = 1").await;
    note(sign_in, &hand_in(&stranger, "access_token", "google", &honest).await);
    app.database.execute("UPDATE users SET disabled_at = NULL").await;
    note(end, &browser.ask(delete(&browser, &own)).await);
    let leaving = app.browser();
    leaving.sign_in("ada").await;
    app.store.close().await;
    note(sign_in, &hand_in(&stranger, "access_token", "google", &honest).await);
    note(refresh, &device.refresh(&other).await);
    for (operation, path) in [(me, "/api/me"), (list, "/api/sessions")] {
        note(operation, &device.get_as_bearer(path, &access).await);
    }
    note(end, &device.ask(delete(&device, "/api/sessions/x").bearer_auth(&access)).await);
    note(logout, &leaving.ask(leaving.fetch(Method::POST, "/api/auth/logout")).await);

    // Other settings.
    let unread = App::builder().start().await;
    unread.store.close().await;
    note(keys, &unread.browser().get_json("/.well-known/jwks.json").await);
    let admitting = App::builder().with("GOOGLE_HD", "navy.example").start().await;
    note(sign_in, &admitting.browser().sign_in_with_id_token(&admitting, "ada", "token").await);
    for sign_up in ["closed", "invited", "domains:navy.example"] {
        let admitting = App::builder().with("SIGN_UP", sign_up).start().await;
        note(sign_in, &admitting.browser().sign_in_with_id_token(&admitting, "ada", "token").await);
    }
    let settings = [("EMAIL_ADDRESS", "required"), ("SMTP_URL", "smtp://127.0.0.1:9"), ("MAIL_FROM", "a@app.example")];
    let wishing = App::builder().settings(&settings).start().await;
    let no_email = wishing.browser();
    note(sign_in, &no_email.sign_in_with_id_token(&wishing, "nomail", "token").await);
    no_email.sign_in("nomail").await;
    note(me, &no_email.get_json("/api/me").await);
    note(list, &no_email.get_json("/api/sessions").await);
    note(end, &no_email.ask(delete(&no_email, "/api/sessions/x")).await);
    let user = UserId::parse(&wishing.user_of(&no_email).await.expect("a user")).expect("an id");
    let opening = NewTokenSession {
        condition: latchkey::store::OpeningCondition::None,
        browser: None,
        user,
        identity: None,
        authentications: Authentications::by(AuthenticationMethod::provider("google"), OffsetDateTime::now_utc()),
        client: &ClientInfo::default(),
        holder: latchkey::store::TokenHolder::Program,
        earlier: None,
    };
    let kept_out = wishing.tokens().issue_pair(&opening).await.expect("a pair");
    note(refresh, &no_email.refresh(kept_out.refresh_token.expose()).await);
    let careful = App::builder().start().await;
    let owner = careful.browser();
    owner.sign_in("ada").await;
    let (phone, _) = owner.enrol(&careful).await;
    owner.submit("/settings/authenticator/providers", &[("ask", "1")]).await;
    let half = owner.sign_in_with_id_token(&careful, "ada", "session").await;
    note(sign_in, &half);
    for token in [half.json["error"]["second_factor_token"].as_str().expect("a token"), "x"] {
        let body = json!({ "second_factor_token": token, "code": phone.wrong_code(&careful) });
        note(sign_in, &owner.post_json("/api/auth", &body).await);
    }
    let once = App::builder().settings(&[("API_NONCE", "off"), ("RATE_LIMITS", "on")]).start().await;
    let flood = once.browser();
    let token = once.id_token("ada", json!({})).await;
    for _ in 0..2 {
        note(sign_in, &hand_in(&flood, "id_token", "google", &token).await);
    }
    note(logout, &flood.ask(flood.fetch(Method::POST, "/api/auth/logout")).await);
    let request = |operation: &str| match operation {
        "get /api/auth/nonce" => flood.fetch(Method::GET, "/api/auth/nonce"),
        "post /api/auth" => flood.fetch(Method::POST, "/api/auth"),
        _ => flood.fetch(Method::POST, "/api/auth/refresh"),
    };
    for operation in [nonce, sign_in, refresh] {
        let mut answer = flood.ask(request(operation)).await;
        for _ in 0..300 {
            if answer.page.status == 429 {
                break;
            }
            answer = flood.ask(request(operation)).await;
        }
        note(operation, &answer);
    }

    let mut missing = Vec::new();
    for operation in operations(&document) {
        let name = format!("{} {}", operation.method.as_str().to_lowercase(), operation.path);
        for (status, answer) in operation.described["responses"].as_object().expect("answers") {
            let codes: Vec<&str> = match status.as_str() {
                "200" => vec![""],
                _ => answer["content"]["application/json"]["examples"]
                    .as_object()
                    .expect("codes")
                    .keys()
                    .map(String::as_str)
                    .collect(),
            };
            let excused = |code: &str| {
                NOT_FROM_OUTSIDE.contains(&(name.as_str(), code)) || NOT_FROM_OUTSIDE.contains(&("*", code))
            };
            let lacking = codes.into_iter().filter(|code| !excused(code));
            let lacking = lacking.filter(|code| !found.contains(&(name.clone(), (*code).to_owned())));
            missing.extend(lacking.map(|code| format!("{name} {status} {code}")));
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
    // Two codes are common to all operations; `api_bodies` causes them.
    let of_operations: BTreeSet<&str> = found.iter().map(|(_, code)| code.as_str()).collect();
    let rest: Vec<_> =
        ApiError::ALL.iter().map(|code| code.code()).filter(|code| !of_operations.contains(code)).collect();
    assert_eq!(rest, ["not_found", "method_not_allowed", "request_timeout"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_page_matches_the_document() {
    let app = App::builder().start().await;
    let browser = app.browser();
    let document = document(&browser).await;
    let page = browser.get("/api/docs").await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    for operation in operations(&document) {
        let summary = operation.described["summary"].as_str().expect("a summary");
        assert!(page.body.contains(operation.path) && page.body.contains(summary), "{summary}");
        let id = operation.described["operationId"].as_str().expect("a name");
        assert!(page.body.contains(&format!("id=\"{id}\"")) && page.body.contains(&format!("href=\"#{id}\"")), "{id}");
    }
    for code in ApiError::ALL {
        assert!(page.body.contains(code.code()), "{}", code.code());
    }
    // Its only script has the nonce of this response.
    let policy = page.header("content-security-policy");
    let nonce = policy.split_once("'nonce-").and_then(|(_, rest)| rest.split_once('\'')).expect("a nonce").0;
    let script = format!("<script type=\"module\" nonce=\"{nonce}\">");
    assert_eq!((page.body.matches("<script").count(), page.body.matches(&script).count()), (1, 1));
    let again = browser.get("/api/docs").await;
    assert!(!again.body.contains(nonce) && again.body.len() == page.body.len());
    for mark in ["modulepreload", " style=\"", "onclick", "undefined", "nonce-of-the-response"] {
        assert!(!page.body.contains(mark), "{mark}");
    }
    assert!(page.body.contains("href=\"/api/openapi.json\"") && page.body.contains("<h1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn services_can_find_our_keys_and_verify_tokens() {
    let app = App::builder().start().await;
    let browser = app.browser();
    let (access, _) = browser.obtain_tokens(&app, "ada").await;
    for path in ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"] {
        let metadata = browser.get_json(path).await;
        assert_eq!(metadata.page.header("cache-control"), "public, max-age=300");
        assert_eq!(metadata.json["issuer"], json!(app.origin));
        assert_eq!(metadata.json["jwks_uri"], json!(format!("{}/.well-known/jwks.json", app.origin)));
        assert!(metadata.json.get("authorization_endpoint").is_none(), "we are no OpenID provider");
        // Verifiers read it for access tokens: with an empty list they reject all of them.
        assert_eq!(metadata.json["id_token_signing_alg_values_supported"], json!(["ES256"]));
    }
    let keys = browser.get_json("/.well-known/jwks.json").await;
    assert_eq!(keys.page.header("cache-control"), "public, max-age=300");
    let keys = keys.json["keys"].as_array().expect("keys").clone();
    assert_eq!(keys.len(), 2, "the one that signs, and the next one");
    assert!(keys.iter().all(|key| key.get("d").is_none() && key["alg"] == json!("ES256")), "{keys:?}");

    let header = jsonwebtoken::decode_header(&access).expect("a header");
    let key = keys.iter().find(|key| key["kid"] == json!(header.kid)).expect("its key");
    let (x, y) = (key["x"].as_str().expect("x"), key["y"].as_str().expect("y"));
    let decoding = jsonwebtoken::DecodingKey::from_ec_components(x, y).expect("a key");
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::ES256);
    validation.set_audience(&[&app.origin]);
    validation.set_issuer(&[&app.origin]);
    let token = jsonwebtoken::decode::<Value>(&access, &decoding, &validation).expect("a verified token");
    assert_eq!((&token.claims["email"], header.typ.as_deref()), (&json!("ada@gmail.com"), Some("at+jwt")));
}
