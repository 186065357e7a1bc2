//! Mock Apple: `form_post`, `user` on the first authorization only, signed client secrets.

use std::collections::HashMap;

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use latchkey_sandbox::{APPLE_CLIENT_ID, APPLE_KEY_ID, APPLE_TEAM_ID, apple_private_key_pem};
use serde_json::{Value, json};

use crate::client::{Answer, TestClient, VERIFIER, part, query};

const CALLBACK: &str = "http://localhost:3000/auth/callback/apple";

fn authorize_query(changes: &[(&str, &str)]) -> String {
    let own = [
        ("client_id", APPLE_CLIENT_ID),
        ("redirect_uri", CALLBACK),
        ("scope", "name email"),
        ("response_mode", "form_post"),
    ];
    let own = own.iter().filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name)).copied();
    query(&own.chain(changes.iter().copied()).collect::<Vec<_>>())
}

/// The hidden fields of the `form_post` page.
fn form_fields(answer: &Answer) -> HashMap<String, String> {
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(answer.body.contains(&format!(r#"<form method="post" action="{CALLBACK}">"#)), "{}", answer.body);
    let text =
        |text: &str| text.replace("&quot;", "\"").replace("&#39;", "'").replace("&lt;", "<").replace("&amp;", "&");
    let fields = answer.body.split(r#"<input type="hidden" name=""#).skip(1);
    let pair = |field: &str| {
        let (name, rest) = field.split_once(r#"" value=""#).unwrap();
        (text(name), text(rest.split_once('"').unwrap().0))
    };
    fields.map(pair).collect()
}

async fn decide(client: &TestClient, changes: &[(&str, &str)], form: &[(&str, &str)]) -> Answer {
    client.post(&format!("/apple/auth/authorize/consent?{}", authorize_query(changes)), form).await
}

async fn allow(client: &TestClient, person: &str, more: &[(&str, &str)]) -> HashMap<String, String> {
    form_fields(&decide(client, &[], &[&[("person", person), ("decision", "allow")], more].concat()).await)
}

/// A client secret with some claims replaced (null removes).
fn secret(client: &TestClient, changes: Value, kid: &str) -> String {
    let now = jsonwebtoken::get_current_timestamp();
    let mut claims = json!({
        "iss": APPLE_TEAM_ID, "sub": APPLE_CLIENT_ID, "aud": client.sandbox.apple_issuer(), "iat": now, "exp": now + 300,
    });
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    let header = Header { kid: Some(kid.to_owned()), ..Header::new(Algorithm::ES256) };
    encode(&header, &claims, &EncodingKey::from_ec_pem(apple_private_key_pem().as_bytes()).unwrap()).unwrap()
}

async fn back_channel(client: &TestClient, path: &str, form: &[(&str, &str)]) -> Answer {
    let secret = secret(client, json!({}), APPLE_KEY_ID);
    let mut all = vec![("client_id", APPLE_CLIENT_ID), ("client_secret", secret.as_str())];
    all.retain(|(name, _)| form.iter().all(|(given, _)| given != name));
    client.post(path, &[&all, form].concat()).await
}

async fn redeem(client: &TestClient, code: &str, changes: &[(&str, &str)]) -> Answer {
    let mut form = vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    form.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    back_channel(client, "/apple/auth/token", &[&form, changes].concat()).await
}

async fn claims(client: &TestClient, person: &str, more: &[(&str, &str)]) -> Value {
    let code = allow(client, person, more).await.remove("code").unwrap();
    let tokens = redeem(client, &code, &[]).await.json();
    part(tokens["id_token"].as_str().unwrap_or_else(|| panic!("{tokens}")), 1)
}

#[tokio::test]
async fn sign_in_works_from_chooser_to_revocation() {
    let client = TestClient::start().await;
    let document = client.get("/apple/.well-known/openid-configuration").await.json();
    assert_eq!(document["issuer"], client.sandbox.apple_issuer());
    assert_eq!(document["authorization_endpoint"], format!("{}/auth/authorize", client.sandbox.apple_issuer()));
    let chooser = client.get(&format!("/apple/auth/authorize?{}", authorize_query(&[]))).await;
    assert!(chooser.status == 200 && chooser.body.contains("Ada Lovelace"));
    let path = format!("/apple/auth/authorize/person?{}", authorize_query(&[]));
    let screen = client.post(&path, &[("person", "ada")]).await.header("location").to_owned();
    assert!(client.get(&screen).await.body.contains(r#"name="email" value="hide""#));

    let answer = decide(&client, &[], &[("person", "ada"), ("decision", "allow"), ("firstName", "A\"da")]).await;
    assert!(!answer.body.contains("<script"));
    assert!(answer.header("content-security-policy").contains("form-action 'self' http://localhost:3000;"));
    assert_eq!(answer.header("referrer-policy"), "strict-origin", "so that the post names its origin");
    let fields = form_fields(&answer);
    assert_eq!(fields["state"], "the-state");
    let user: Value = serde_json::from_str(&fields["user"]).unwrap();
    assert_eq!(user, json!({"name": {"firstName": "A\"da", "lastName": "Lovelace"}, "email": "ada@gmail.com"}));

    let tokens = redeem(&client, &fields["code"], &[]).await.json();
    let claims = part(tokens["id_token"].as_str().unwrap(), 1);
    assert_eq!((&claims["iss"], &claims["aud"]), (&json!(client.sandbox.apple_issuer()), &json!(APPLE_CLIENT_ID)));
    assert_eq!((&claims["nonce"], &claims["nonce_supported"]), (&json!("the-nonce"), &json!(true)));
    assert!(claims.get("name").is_none());
    let kids = client.get("/apple/auth/keys").await.json();
    assert_eq!(part(tokens["id_token"].as_str().unwrap(), 0)["kid"], kids["keys"][0]["kid"]);

    assert!(!client.get(&screen).await.body.contains(r#"value="hide""#), "asked once");
    let second = allow(&client, "ada", &[("email", "hide")]).await;
    assert!(!second.contains_key("user"), "the name comes once");
    let again = redeem(&client, &second["code"], &[]).await.json();
    assert_eq!(part(again["id_token"].as_str().unwrap(), 1)["email"], "ada@gmail.com");

    let refresh = tokens["refresh_token"].as_str().unwrap();
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
    let refreshed = back_channel(&client, "/apple/auth/token", &form).await.json();
    assert!(refreshed["id_token"].is_string() && refreshed.get("refresh_token").is_none());
    assert_eq!(back_channel(&client, "/apple/auth/revoke", &[("token", refresh)]).await.status, 200);
    assert_eq!(back_channel(&client, "/apple/auth/revoke", &[("token", refresh)]).await.status, 200);
    assert_eq!(back_channel(&client, "/apple/auth/token", &form).await.json()["error"], "invalid_grant");
    assert!(allow(&client, "ada", &[]).await.contains_key("user"), "after a revocation it is a first time");
}

#[tokio::test]
async fn name_and_email_scopes_require_form_post() {
    let client = TestClient::start().await;
    for changes in
        [&[("response_mode", "query")][..], &[("response_mode", "")], &[("response_mode", ""), ("scope", "email")]]
    {
        let answer = client.get(&format!("/apple/auth/authorize?{}", authorize_query(changes))).await;
        assert_eq!((answer.status, answer.header("location")), (400, ""), "{changes:?}");
        assert!(answer.body.contains("response_mode must be form_post"));
    }
    let bare = [("response_mode", "query"), ("scope", "")];
    let answer = decide(&client, &bare, &[("person", "ada"), ("decision", "allow")]).await;
    assert!(
        answer.status == 303
            && answer.header("location").contains("code=")
            && !answer.header("location").contains("user=")
    );
    for change in [
        ("client_id", "x"),
        ("redirect_uri", "https://evil.example/auth/callback/apple"),
        ("response_type", "token"),
        ("scope", "phone"),
        ("response_mode", "fragment"),
        ("code_challenge_method", "plain"),
    ] {
        let answer = client.get(&format!("/apple/auth/authorize?{}", authorize_query(&[change]))).await;
        assert_eq!((answer.status, answer.header("location")), (400, ""), "{change:?}");
    }
}

#[tokio::test]
async fn cancel_returns_apples_error() {
    let client = TestClient::start().await;
    let fields = form_fields(&decide(&client, &[], &[("decision", "deny")]).await);
    assert_eq!(fields.len(), 2);
    assert_eq!((fields["error"].as_str(), fields["state"].as_str()), ("user_cancelled_authorize", "the-state"));
    assert!(allow(&client, "ada", &[]).await.contains_key("user"), "a Cancel is no first time");
}

#[tokio::test]
async fn booleans_may_be_strings_and_emails_may_be_hidden() {
    let client = TestClient::start().await;
    for (person, more, verified, private) in [
        ("ada", None, json!("true"), json!("false")),
        ("grace", None, json!(true), json!(false)),
        ("linus", None, json!("false"), Value::Null),
        ("long", Some(("email", "hide")), json!("true"), json!("true")),
        ("plain", Some(("email", "hide")), json!(true), json!(true)),
        ("nomail", Some(("email", "hide")), Value::Null, Value::Null),
    ] {
        let claims = claims(&client, person, more.as_slice()).await;
        let claim = |name: &str| claims.get(name).cloned().unwrap_or_default();
        assert_eq!((claim("email_verified"), claim("is_private_email")), (verified, private), "{person}");
        let relayed = claim("email").as_str().is_some_and(|email| email.ends_with("@privaterelay.appleid.com"));
        assert_eq!(relayed, matches!(person, "long" | "plain"), "{person}");
        let lengths: Vec<_> = claims["sub"].as_str().unwrap().split('.').map(str::len).collect();
        assert_eq!(lengths, [6, 32, 4]);
    }
    let relay = claims(&client, "plain", &[]).await;
    assert_eq!(relay["is_private_email"], true, "the choice is kept");
    let user: Value = serde_json::from_str(&allow(&client, "mallory", &[("email", "hide")]).await["user"]).unwrap();
    assert!(user["email"].as_str().unwrap().ends_with("@privaterelay.appleid.com"));
}

#[tokio::test]
async fn client_secret_must_be_current_and_signed() {
    let client = TestClient::start().await;
    let now = jsonwebtoken::get_current_timestamp();
    let status = async |secret: &str| {
        let code = allow(&client, "ada", &[]).await.remove("code").unwrap();
        let answer = redeem(&client, &code, &[("client_secret", secret)]).await;
        (answer.status, answer.json()["error"].as_str().map(str::to_owned))
    };
    let good = secret(&client, json!({}), APPLE_KEY_ID);
    let longest = secret(&client, json!({"exp": now + 15_776_990}), APPLE_KEY_ID);
    for secret in [&good, &longest] {
        assert_eq!(status(secret).await, (200, None));
    }
    let mut flipped = good.clone();
    let middle = good.rfind('.').unwrap() + 10;
    flipped.replace_range(middle..=middle, if &good[middle..=middle] == "A" { "B" } else { "A" });
    let mut bad =
        vec![flipped, secret(&client, json!({}), "OTHERKEYID"), "sandbox-apple-secret".to_owned(), "a.b.c".to_owned()];
    for changes in [
        json!({"iss": "OTHERTEAM1"}),
        json!({"sub": "other"}),
        json!({"aud": "https://appleid.apple.com"}),
        json!({"exp": now - 1}),
        json!({"exp": now + 15_777_000 + 3600}),
        json!({"exp": null}),
        json!({"iat": null}),
        json!({"iat": now + 3600, "exp": now + 7200}),
    ] {
        bad.push(secret(&client, changes, APPLE_KEY_ID));
    }
    for secret in bad {
        assert_eq!(status(&secret).await, (400, Some("invalid_client".to_owned())), "{secret}");
    }
}

#[tokio::test]
async fn code_works_once_within_a_minute_with_its_verifier() {
    let client = TestClient::start().await;
    let attempt = async |changes: &[(&str, &str)]| {
        let code = allow(&client, "ada", &[]).await.remove("code").unwrap();
        let first = redeem(&client, &code, changes).await.status;
        (first, redeem(&client, &code, &[]).await.json()["error"].as_str().map(str::to_owned))
    };
    let spent = Some("invalid_grant".to_owned());
    assert_eq!(attempt(&[]).await, (200, spent.clone()));
    assert_eq!(attempt(&[("code_verifier", "x")]).await, (400, spent.clone()));
    assert_eq!(attempt(&[("redirect_uri", "http://localhost:1/auth/callback/apple")]).await, (400, spent));
    assert_eq!(attempt(&[("grant_type", "password")]).await, (400, None));
    let code = allow(&client, "ada", &[]).await.remove("code").unwrap();
    client.control("clock", json!({"offset_seconds": 61})).await;
    assert_eq!(redeem(&client, &code, &[]).await.json()["error"], "invalid_grant");
}

#[tokio::test]
async fn control_api_works_as_for_google() {
    let client = TestClient::start().await;
    let path = format!("/apple/auth/authorize?{}", authorize_query(&[]));
    client.control("apple/auto_consent", json!({"person": "grace", "times": 2})).await;
    assert!(form_fields(&client.get(&path).await).contains_key("user"));
    assert!(!form_fields(&client.get(&path).await).contains_key("user"));
    client.control("apple/forget_consent", json!({})).await;
    client.control("apple/presets", json!({"preset": "response_duplicate_state", "times": 1})).await;
    let answer = decide(&client, &[], &[("person", "grace"), ("decision", "allow")]).await;
    assert_eq!(answer.body.matches(r#"name="state""#).count(), 2);
    let fields = form_fields(&answer);
    assert!(fields.contains_key("user"), "consent was forgotten");
    client.control("apple/presets", json!({"preset": "wrong_nonce", "times": 1})).await;
    let tokens = redeem(&client, &fields["code"], &[]).await.json();
    assert_eq!(part(tokens["id_token"].as_str().unwrap(), 1)["nonce"], "not-the-nonce");
    client.control("apple/presets", json!({"preset": "token_500", "times": 1})).await;
    assert_eq!(redeem(&client, "x", &[]).await.status, 500);
    let state = client.get("/control/state").await.json();
    assert!(["google", "apple", "microsoft"].iter().all(|provider| state[provider]["kids"][0].is_string()));
    let log = client.requests("token").await;
    assert!(log.iter().all(|entry| entry["provider"] == "apple" && entry["form"]["client_secret"] == "[redacted]"));
}
