//! What we say of the API is true: random requests made from its own document find no 500 and no answer that it does not
//! describe.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use latchkey::{
    accounts::{ClientInfo, UserId},
    codes::api::ApiCode,
    tokens::NewTokenSession,
};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::{api::Answer, app::App, browser::Browser};
use crate::support::{
    database::Engine,
    schema::{errors, resolved},
};

/// So many requests to each operation.
const ROUNDS: usize = 80;
/// On a slow machine fewer, but never so few that the dice find refusals alone.
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
    let answer = browser.asks("/api/openapi.json").await;
    assert_eq!((answer.page.status, answer.page.header("content-type")), (200, "application/json"));
    answer.json
}

/// Why an answer is not what the document says of it.
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
async fn openapi_says_the_truth() {
    let app = App::start_with_providers(Engine::Sqlite).await;
    let (browser, begun) = (app.browser(), Instant::now());
    let document = document(&browser).await;
    // Always the same requests.
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
    // The dice find more than refusals.
    for name in
        ["GET /api/me", "GET /api/sessions", "POST /api/auth/logout", "POST /api/auth/refresh", "POST /api/auth"]
    {
        assert!(seen[name].contains(&200) && seen[name].len() > 1, "{name}: {seen:?}");
    }
}

/// Somebody who calls, with what they hold.
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
            0 => means.browser.signs_in_as("ada").await,
            1 => {
                let (access, refresh) = means.browser.gets_tokens(app, "grace").await;
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

/// A source of values that is the same in each run.
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

/// Codes that no test can bring about from outside, by operation.
const NOT_FROM_OUTSIDE: [(&str, &str); 4] = [
    // Only where the system gives no random numbers.
    ("get /api/auth/nonce", "server_error"),
    // Only where it gives none for an event's id, or a row holds what we cannot have written in a column that is checked.
    ("post /api/auth/logout", "server_error"),
    // Only where every key in the database is damaged and no new one can be made.
    ("get /.well-known/jwks.json", "server_error"),
    // The tests of bodies bring these about for all who read one; see `api_bodies`.
    ("*", "request_timeout"),
];

/// Each code that an operation may have is brought about here or, where its own file says so, there.
#[tokio::test(flavor = "multi_thread")]
async fn every_documented_code_comes_about() {
    let app = App::start_with_providers(Engine::Sqlite).await;
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

    // What goes well.
    let browser = app.browser();
    note(nonce, &browser.asks("/api/auth/nonce").await);
    note(sign_in, &browser.hands_in(&app, "ada", "session").await);
    note(me, &browser.asks("/api/me").await);
    note(list, &browser.asks("/api/sessions").await);
    note(keys, &browser.asks("/.well-known/jwks.json").await);
    note(metadata, &browser.asks("/.well-known/openid-configuration").await);
    let device = app.browser();
    let (access, token) = device.gets_tokens(&app, "ada").await;
    note(refresh, &device.refreshes(&token).await);
    let sessions = browser.asks("/api/sessions").await.json["sessions"].clone();
    let own = sessions.as_array().expect("a list").iter().find(|one| one["current"] == json!(true)).expect("one");
    let own = format!("/api/sessions/{}", own["id"].as_str().expect("an id"));

    // Bodies, origins, callers.
    for (operation, path) in [(sign_in, "/api/auth"), (refresh, "/api/auth/refresh"), (logout, "/api/auth/logout")] {
        note(operation, &browser.tells(path, &json!([])).await);
        note(operation, &browser.tells(path, &json!({ "refresh_token": 1 })).await);
        note(operation, &browser.ask(browser.fetch(Method::POST, path).body("x")).await);
        note(operation, &browser.tells(path, &json!({ "x": "x".repeat(40_000) })).await);
        let foreign = browser.request(Method::POST, path).header("origin", "https://evil.example");
        note(operation, &browser.ask(foreign).await);
    }
    let stranger = app.browser();
    for (operation, path) in [(me, "/api/me"), (list, "/api/sessions")] {
        note(operation, &stranger.asks(path).await);
        note(operation, &stranger.asks_as_bearer(path, "x").await);
    }
    let delete = |browser: &Browser, path: &str| browser.fetch(Method::DELETE, path);
    note(end, &stranger.ask(delete(&stranger, "/api/sessions/x")).await);
    note(end, &stranger.ask(delete(&stranger, "/api/sessions/x").bearer_auth("x")).await);
    note(end, &browser.ask(delete(&browser, "/api/sessions/x")).await);
    note(end, &browser.ask(delete(&browser, "/api/sessions/%ff")).await);
    let foreign = browser.request(Method::DELETE, &own).header("origin", "https://evil.example");
    note(end, &browser.ask(foreign).await);
    note(logout, &device.ask(device.fetch(Method::POST, "/api/auth/logout").bearer_auth("x")).await);
    note(refresh, &device.refreshes("lkr_x").await);

    // Tokens of providers.
    let hand_in = async |browser: &Browser, member: &str, provider: &str, token: &str| {
        browser.tells("/api/auth", &json!({ "provider": provider, member: token })).await
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
    app.error("tokeninfo", json!({ "kind": "status", "status": 503 })).await;
    let honest = app.access_token("google", "ada", json!({})).await;
    note(sign_in, &hand_in(&stranger, "access_token", "google", &honest).await);

    // What is ours: shut out, broken, away.
    app.database.execute("UPDATE users SET verified_email = 'nonsense'").await;
    note(sign_in, &hand_in(&stranger, "access_token", "google", &honest).await);
    note(me, &browser.asks("/api/me").await);
    note(list, &browser.asks("/api/sessions").await);
    note(end, &browser.ask(delete(&browser, "/api/sessions/x")).await);
    let (_, other) = {
        app.database.execute("UPDATE users SET verified_email = 'ada@gmail.com'").await;
        let tokens = app.browser().gets_tokens(&app, "ada").await;
        app.database.execute("UPDATE users SET verified_email = 'nonsense'").await;
        tokens
    };
    note(refresh, &device.refreshes(&other).await);
    app.database.execute("UPDATE users SET verified_email = 'ada@gmail.com', disabled_at = 1").await;
    note(sign_in, &hand_in(&stranger, "access_token", "google", &honest).await);
    app.database.execute("UPDATE users SET disabled_at = NULL").await;
    note(end, &browser.ask(delete(&browser, &own)).await);
    let leaving = app.browser();
    leaving.signs_in_as("ada").await;
    app.store.close().await;
    note(sign_in, &hand_in(&stranger, "access_token", "google", &honest).await);
    note(refresh, &device.refreshes(&other).await);
    for (operation, path) in [(me, "/api/me"), (list, "/api/sessions")] {
        note(operation, &device.asks_as_bearer(path, &access).await);
    }
    note(end, &device.ask(delete(&device, "/api/sessions/x").bearer_auth(&access)).await);
    note(logout, &leaving.ask(leaving.fetch(Method::POST, "/api/auth/logout")).await);

    // Other settings.
    let unread = App::start(Engine::Sqlite).await;
    unread.store.close().await;
    note(keys, &unread.browser().asks("/.well-known/jwks.json").await);
    let admitting = App::start_with(Engine::Sqlite, &[("GOOGLE_HD", "navy.example")]).await;
    note(sign_in, &admitting.browser().hands_in(&admitting, "ada", "token").await);
    let settings = [("EMAIL_ADDRESS", "required"), ("SMTP_URL", "smtp://127.0.0.1:9"), ("MAIL_FROM", "a@app.example")];
    let wishing = App::start_with(Engine::Sqlite, &settings).await;
    let nobody = wishing.browser();
    note(sign_in, &nobody.hands_in(&wishing, "nomail", "token").await);
    nobody.signs_in_as("nomail").await;
    note(me, &nobody.asks("/api/me").await);
    note(list, &nobody.asks("/api/sessions").await);
    note(end, &nobody.ask(delete(&nobody, "/api/sessions/x")).await);
    let user = UserId::parse(&wishing.user_of(&nobody).await.expect("a user")).expect("an id");
    let opening =
        NewTokenSession { user, identity: None, provider: "google", client: &ClientInfo::default(), earlier: None };
    let kept_out = wishing.tokens().issue_pair(&opening).await.expect("a pair");
    note(refresh, &nobody.refreshes(kept_out.refresh_token.expose()).await);
    let once = App::start_with(Engine::Sqlite, &[("API_NONCE", "off"), ("RATE_LIMITS", "on")]).await;
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
    // Two are everybody's, and are brought about in `api_bodies`.
    let of_operations: BTreeSet<&str> = found.iter().map(|(_, code)| code.as_str()).collect();
    let rest: Vec<_> =
        ApiCode::ALL.iter().map(|code| code.code()).filter(|code| !of_operations.contains(code)).collect();
    assert_eq!(rest, ["not_found", "method_not_allowed", "request_timeout"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_tells_people_the_same_and_has_no_script() {
    let app = App::start(Engine::Sqlite).await;
    let browser = app.browser();
    let document = document(&browser).await;
    let page = browser.get("/api/docs").await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    for operation in operations(&document) {
        let summary = operation.described["summary"].as_str().expect("a summary");
        assert!(page.body.contains(operation.path) && page.body.contains(summary), "{summary}");
    }
    for code in ApiCode::ALL {
        assert!(page.body.contains(code.code()), "{}", code.code());
    }
    for mark in ["<script", "modulepreload", " style=\"", "onclick", "undefined"] {
        assert!(!page.body.contains(mark), "{mark}");
    }
    assert!(page.body.contains("href=\"/api/openapi.json\"") && page.body.contains("<h1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn other_services_find_our_keys_and_can_verify_with_them() {
    let app = App::start(Engine::Sqlite).await;
    let browser = app.browser();
    let (access, _) = browser.gets_tokens(&app, "ada").await;
    for path in ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"] {
        let metadata = browser.asks(path).await;
        assert_eq!(metadata.page.header("cache-control"), "public, max-age=300");
        assert_eq!(metadata.json["issuer"], json!(app.origin));
        assert_eq!(metadata.json["jwks_uri"], json!(format!("{}/.well-known/jwks.json", app.origin)));
        assert!(metadata.json.get("authorization_endpoint").is_none(), "we are nobody's OpenID provider");
    }
    let keys = browser.asks("/.well-known/jwks.json").await;
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
