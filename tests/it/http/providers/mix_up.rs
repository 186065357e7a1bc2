//! Responses, codes and tokens of one provider at another.

use aws_lc_rs::digest;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use latchkey::{
    providers::{AppleKey, BUILT_IN, built_in},
    relying_party::Clock,
};
use latchkey_sandbox::{APPLE_CLIENT_ID, APPLE_KEY_ID, APPLE_TEAM_ID, apple_private_key_pem};
use secrecy::ExposeSecret;
use serde_json::json;

use super::{callback_url, decide, is_api, providers, sign_in};
use crate::http::{
    app::App,
    browser::{parameter, with_parameter},
    refusal::assert_rejected,
};

#[tokio::test(flavor = "multi_thread")]
async fn each_provider_can_be_linked_to_google_and_back() {
    let app = App::builder().providers().start().await;
    let others = providers().filter(|slug| *slug != "google");
    for (first, second) in others.flat_map(|slug| [("google", slug), (slug, "google")]) {
        let person = format!("{first}-{second}");
        app.control_sandbox("persons", json!({ "id": person, "name": "Both", "email": null })).await;
        let (browser, again) = (app.browser(), app.browser());
        sign_in(&app, &browser, &person, first).await;
        let start = browser.post("/settings/link", &format!("provider={second}")).await;
        let callback = decide(&app, &browser, start.location(), &person, "allow").await;
        assert_eq!(browser.get(&callback).await.location(), "/settings/security?done=linked", "{person}");
        // Both sign-in methods lead to the same account.
        sign_in(&app, &again, &person, second).await;
        assert_eq!(app.user_of(&again).await, app.user_of(&browser).await, "{person}");
        // A second link says that it is linked already, and another user cannot link it.
        let start = again.post("/settings/link", &format!("provider={first}")).await;
        let callback = decide(&app, &again, start.location(), &person, "allow").await;
        assert_eq!(again.get(&callback).await.location(), "/settings/security?done=already_linked", "{person}");
    }
    let pairs = 2 * i64::try_from(BUILT_IN.len() - 1).expect("few");
    assert_eq!((app.database.count("users").await, app.database.count("identities").await), (pairs, 2 * pairs));
}

/// Identical subjects at each pair of providers are different users.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_subject_at_another_provider_is_another_user() {
    const SUBJECT: &str = "1234567890123456789";
    // The minimal document of each provider with this subject.
    let says = |slug: &str| match slug {
        "google" | "apple" | "gitlab" | "linkedin" => json!({ "claims": { "sub": SUBJECT } }),
        "x" => json!({ "data": { "id": SUBJECT, "name": "Somebody" } }),
        "github" => json!({ "id": 1_234_567_890_123_456_789_u64, "login": "somebody" }),
        _ => json!({ "id": SUBJECT, "name": "Somebody", "username": "somebody" }),
    };
    let app = App::builder().providers().start().await;
    // Microsoft's subject is a UUID and cannot collide.
    let providers: Vec<&str> = providers().filter(|slug| *slug != "microsoft").collect();
    for (index, slug) in providers.iter().enumerate() {
        if is_api(slug) {
            let error = json!({ "kind": "answer", "status": 200, "body": says(slug).to_string() });
            app.control_sandbox(&format!("{slug}/faults"), json!({ "endpoint": "userinfo", "fault": error })).await;
        } else {
            app.control_sandbox(&format!("{slug}/id_token"), json!({ "patch": says(slug) })).await;
            let error = json!({ "kind": "status", "status": 404 });
            app.control_sandbox(&format!("{slug}/faults"), json!({ "endpoint": "userinfo", "fault": error })).await;
        }
        // The second sign-in finds the same user.
        sign_in(&app, &app.browser(), "nomail", slug).await;
        sign_in(&app, &app.browser(), "nomail", slug).await;
        let people = i64::try_from(index + 1).expect("few");
        assert_eq!(app.rows().await, (people, people, 2 * people), "{slug}");
    }
    assert_eq!(app.database.number("SELECT count(DISTINCT subject) FROM identities").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_response_counts_only_at_its_own_redirect_uri() {
    let app = App::builder().providers().start().await;
    for (from, to) in pairs() {
        let browser = app.browser();
        let callback = callback_url(&app, &browser, "ada", from).await;
        let moved = callback.replace(&format!("/callback/{from}?"), &format!("/callback/{to}?"));
        assert_rejected(&app, &browser, &moved, "response_mismatch", &[]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_of_one_provider_is_rejected_by_another() {
    let app = App::builder().providers().start().await;
    for (from, to) in pairs() {
        let (browser, victim) = (app.browser(), app.browser());
        let stolen = parameter(&callback_url(&app, &victim, "ada", from).await, "code");
        let callback = callback_url(&app, &browser, "grace", to).await;
        let mixed = with_parameter(&callback, "code", Some(&stolen));
        assert_rejected(&app, &browser, &mixed, "provider_refused", &["token"]).await;
    }
}

/// A malicious provider that has an honest one's tokens presents them as its own.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_one_provider_is_rejected_at_another() {
    let app = App::builder().providers().start().await;
    // The sandbox starts with one key for all providers; here each gets its own.
    for slug in providers() {
        app.control_sandbox(&format!("{slug}/keys"), json!({ "action": "rotate" })).await;
        app.control_sandbox(&format!("{slug}/keys"), json!({ "action": "withdraw_old" })).await;
    }
    for slug in providers() {
        sign_in(&app, &app.browser(), "nomail", slug).await;
    }
    for (from, to) in pairs() {
        let browser = app.browser();
        let stolen = tokens_of(&app, from).await;
        let callback = callback_url(&app, &browser, "nomail", to).await;
        let error = json!({ "kind": "answer", "status": 200, "content_type": "application/json", "body": stolen });
        app.control_sandbox(&format!("{to}/faults"), json!({ "endpoint": "token", "fault": error, "times": 1 })).await;
        let rows = app.rows().await;
        let landed = browser.get(&callback).await;
        // Without an id_token, or by a status that Facebook's API does not document, it is no response at all.
        let code = parameter(landed.location(), "error");
        assert!(["provider_invalid", "provider_response"].contains(&code.as_str()), "{from} {to}: {landed:?}");
        assert_eq!(app.rows().await, rows, "{from} {to}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_may_start_to_send_its_own_iss_only() {
    let app = App::builder().providers().start().await;
    for slug in providers() {
        app.control_sandbox(&format!("{slug}/iss"), json!({ "iss": "right", "times": 1 })).await;
        let browser = app.browser();
        let callback = callback_url(&app, &browser, "nomail", slug).await;
        assert!(!parameter(&callback, "iss").is_empty(), "{callback}");
        assert_eq!(browser.get(&callback).await.location(), "/dashboard", "{slug}");

        app.control_sandbox(&format!("{slug}/iss"), json!({ "iss": "wrong", "times": 1 })).await;
        let callback = callback_url(&app, &browser, "nomail", slug).await;
        assert_eq!(parameter(&callback, "iss"), "https://evil.example");
        assert_rejected(&app, &browser, &callback, "response_mismatch", &[]).await;
        sign_in(&app, &browser, "nomail", slug).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_provider_can_send_the_iss_of_another() {
    let app = App::builder().providers().start().await;
    let state = app.control_sandbox("requests/clear", json!({})).await;
    for (from, to) in pairs() {
        let issuer = state[to]["issuer"].as_str().expect("an issuer");
        let browser = app.browser();
        let callback = callback_url(&app, &browser, "nomail", from).await;
        let mixed = with_parameter(&callback, "iss", Some(issuer));
        assert_rejected(&app, &browser, &mixed, "response_mismatch", &[]).await;
    }
}

/// The answer of a provider's token endpoint for Ada, with a verifier of our own.
async fn tokens_of(app: &App, slug: &str) -> String {
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    let browser = app.browser();
    let challenge = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, VERIFIER.as_bytes()));
    let authorize = browser.start_flow(&format!("/auth/{slug}")).await;
    let spec = built_in(slug).expect("built in").spec;
    let authorize = if spec.pkce { with_parameter(&authorize, "code_challenge", Some(&challenge)) } else { authorize };
    let code = parameter(&decide(app, &browser, &authorize, "ada", "allow").await, "code");
    let id = format!("sandbox-{slug}");
    let secret = if slug == "apple" { apple_secret(app) } else { format!("{id}-secret") };
    let redirect_uri = parameter(&authorize, "redirect_uri");
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.extend_pairs([("grant_type", "authorization_code"), ("code", &code)]);
    if spec.pkce {
        form.append_pair("code_verifier", VERIFIER);
    }
    form.append_pair("redirect_uri", &redirect_uri);
    // X accepts the secret only in the header, Facebook only in the body.
    if slug != "x" {
        form.extend_pairs([("client_id", &id), ("client_secret", &secret)]);
    }
    let requests = app.requests(app.sandbox.origin()).await;
    let token = requests.iter().find(|entry| entry["provider"] == slug && entry["endpoint"] == "token");
    let url =
        format!("{}{}", app.sandbox.origin(), token.expect("it was asked before")["path"].as_str().expect("a path"));
    let mut request = browser.client.post(url).header("content-type", "application/x-www-form-urlencoded");
    if slug == "x" {
        request = request.basic_auth(&id, Some(&secret));
    }
    let answer = request.header("accept", "application/json").body(form.finish()).send().await.expect("an answer");
    let tokens = answer.text().await.expect("a body");
    assert!(tokens.contains("access_token"), "{slug}: {tokens}");
    tokens
}

fn apple_secret(app: &App) -> String {
    let key = AppleKey::new(APPLE_TEAM_ID.to_owned(), APPLE_KEY_ID.to_owned(), &apple_private_key_pem().into());
    let secret = key.expect("a key").secret(APPLE_CLIENT_ID, &app.sandbox.apple_issuer(), Clock::default().now());
    secret.expect("it signs").expose_secret().to_owned()
}

/// Each pair of providers, in both directions.
fn pairs() -> impl Iterator<Item = (&'static str, &'static str)> {
    providers().flat_map(|from| providers().filter(move |to| *to != from).map(move |to| (from, to)))
}
