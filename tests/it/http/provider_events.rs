//! POST `/auth/events/{provider}`: each message takes effect once; each forged one has a twin that does.

use std::collections::BTreeSet;

use latchkey::{
    accounts::EmailKind,
    store::{GrantEndReason, GrantStatus},
};
use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::{app::App, apple::decide, browser::Browser, granting::with_drive};
use crate::support::database::Engine;

const WORK: &[(&str, &str)] = &[("CLIENT_SECRET", "sandbox-oidc-secret")];

impl App {
    /// Has the sandbox send a message; returns the status of the answer, and the code of an error.
    pub async fn event(&self, provider: &str, slug: &str, mut event: Value) -> (u64, String) {
        event["to"] = json!(format!("{}/auth/events/{slug}", self.origin));
        let answer = self.control_sandbox(&format!("{provider}/event"), event).await;
        let body: Value = serde_json::from_str(answer["body"].as_str().unwrap_or_default()).unwrap_or_default();
        (answer["status"].as_u64().expect("a status"), body["err"].as_str().unwrap_or_default().to_owned())
    }

    /// As the sandbox would send it, but only signed.
    async fn signed_event(&self, provider: &str, event: Value) -> String {
        let answer = self.control_sandbox(&format!("{provider}/event"), event).await;
        answer["token"].as_str().expect("a token").to_owned()
    }

    async fn post_event(&self, slug: &str, media_type: &str, body: String) -> (u16, String) {
        let browser = self.browser();
        let request = browser.request(Method::POST, &format!("/auth/events/{slug}"));
        let page = browser.send(request.header("content-type", media_type).body(body)).await;
        (page.status, page.body)
    }

    async fn reports(&self) -> i64 {
        self.database.number("SELECT count(*) FROM events WHERE kind = 'report'").await
    }
}

fn logout() -> Value {
    json!({ "event": "logout", "person": "ada" })
}

fn patched(patch: Value) -> Value {
    json!({ "event": "logout", "person": "ada", "patch": patch })
}

async fn sign_in_at_work(browser: &Browser, person: &str) {
    let callback = browser.callback_url(person, "/auth/work").await;
    assert_eq!(browser.get(&callback).await.location(), "/dashboard");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_logout_ends_the_session_it_names(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::builder().engine(engine).mode(mode).generic(WORK).start().await;
    let (here, there, grace) = (app.browser(), app.browser(), app.browser());
    sign_in_at_work(&here, "ada").await;
    let another = json!({ "person": "ada", "times": 1, "patch": { "claims": { "sid": "another" } } });
    app.control_sandbox("oidc/id_token", another).await;
    sign_in_at_work(&there, "ada").await;
    sign_in_at_work(&grace, "grace").await;
    assert_eq!(here.forward_auth().await.status, 200);

    assert_eq!(app.event("oidc", "work", logout()).await, (200, String::new()));
    assert_eq!(here.forward_auth().await.status, 401);
    assert!(!here.is_signed_in().await && there.is_signed_in().await && grace.is_signed_in().await);
    // Without `sub`, too; and without `sid`, all that this identity opened.
    let by_session = patched(json!({ "claims": { "sid": "another" }, "remove": ["sub"] }));
    assert_eq!(app.event("oidc", "work", by_session).await.0, 200);
    assert!(!there.is_signed_in().await && grace.is_signed_in().await);
    sign_in_at_work(&here, "ada").await;
    sign_in_at_work(&there, "ada").await;
    assert_eq!(app.event("oidc", "work", patched(json!({ "remove": ["sid"] }))).await.0, 200);
    assert!(!here.is_signed_in().await && !there.is_signed_in().await && grace.is_signed_in().await);
    assert_eq!(app.reports().await, 3);
    assert_eq!(app.database.number("SELECT count(*) FROM sessions WHERE provider_session IS NULL").await, 0);
}

#[rstest]
#[case(json!({ "header": { "typ": "at+jwt" } }), "invalid_request")]
#[case(json!({ "header": { "typ": "secevent+jwt" } }), "invalid_request")]
#[case(json!({ "claims": { "nonce": "n" } }), "invalid_request")]
#[case(json!({ "claims": { "aud": "another-client" } }), "invalid_audience")]
#[case(json!({ "claims": { "iss": "https://evil.example" } }), "invalid_issuer")]
#[case(json!({ "claims": { "iat": { "$now": -700 } } }), "invalid_request")]
#[case(json!({ "claims": { "exp": { "$now": -61 } } }), "invalid_request")]
#[case(json!({ "claims": { "iat": { "$now": 70 } } }), "invalid_request")]
#[case(json!({ "claims": { "events": {} } }), "invalid_request")]
#[case(json!({ "remove": ["events"] }), "invalid_request")]
#[case(json!({ "remove": ["jti"] }), "invalid_request")]
#[case(json!({ "remove": ["sub", "sid"] }), "invalid_request")]
#[case(json!({ "sign": "none" }), "invalid_request")]
#[case(json!({ "sign": "hs256_public_key" }), "invalid_request")]
#[case(json!({ "sign": "unpublished_key" }), "invalid_key")]
#[case(json!({ "sign": "embedded_key" }), "invalid_key")]
#[case(json!({ "sign": "bad_signature" }), "invalid_key")]
#[tokio::test(flavor = "multi_thread")]
async fn a_forged_logout_ends_nothing(#[case] patch: Value, #[case] code: &str) {
    let app = App::builder().generic(WORK).start().await;
    let ada = app.browser();
    sign_in_at_work(&ada, "ada").await;
    assert_eq!(app.event("oidc", "work", patched(patch)).await, (400, code.to_owned()));
    assert!(ada.is_signed_in().await);
    assert_eq!(app.event("oidc", "work", logout()).await.0, 200);
    assert!(!ada.is_signed_in().await);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_message_takes_effect_once(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).generic(WORK).start().await;
    let ada = app.browser();
    sign_in_at_work(&ada, "ada").await;
    let token = app.signed_event("oidc", logout()).await;
    let form = "application/x-www-form-urlencoded";
    assert_eq!(app.post_event("work", form, format!("logout_token={token}")).await.0, 200);
    assert!(!ada.is_signed_in().await);
    sign_in_at_work(&ada, "ada").await;
    assert_eq!(app.post_event("work", form, format!("logout_token={token}")).await.0, 200);
    assert!(ada.is_signed_in().await, "its sender may not have got the first answer; nothing is done again");
    assert_eq!(app.reports().await, 1);
    assert_eq!(app.event("oidc", "work", logout()).await.0, 200);
    assert!(!ada.is_signed_in().await, "another one");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_cannot_end_sessions_of_another() {
    let app = App::builder().generic(WORK).other_provider().start().await;
    let ada = app.browser();
    sign_in_at_work(&ada, "ada").await;
    // The other one names the same session, with its own right signature.
    let to = format!("{}/auth/events/other", app.origin);
    let answer = app.control_other("google/event", json!({ "event": "logout", "person": "ada", "to": to })).await;
    assert_eq!(answer["status"], 200, "{answer}");
    assert!(ada.is_signed_in().await);
    // And its signature counts nowhere else.
    let to = format!("{}/auth/events/google", app.origin);
    let answer = app.control_other("google/event", json!({ "event": "logout", "person": "ada", "to": to })).await;
    assert_eq!(answer["status"], 400, "{answer}");
    assert_eq!(app.event("oidc", "work", logout()).await.0, 200);
    assert!(!ada.is_signed_in().await);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_hijacked_account_ends_every_session_and_the_user_is_told(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (app, ada, identity) = with_drive(engine).await;
    let grace = app.browser();
    grace.sign_in("grace").await;
    app.emails().await;
    // A password session of the same user.
    app.database.execute("UPDATE sessions SET identity_id = NULL WHERE provider = 'google'").await;
    let event = json!({ "event": "account-disabled", "person": "ada", "reason": "hijacking" });
    assert_eq!(app.event("google", "google", event).await, (202, String::new()));
    assert!(!ada.is_signed_in().await && grace.is_signed_in().await);
    let state = app.grant_status(&identity).await;
    assert!(matches!(state, GrantStatus::Lost(GrantEndReason::Revoked)), "{state:?}");
    let message = app.one_email().await;
    assert_eq!(message.kind, EmailKind::AccountAtRisk { provider: "google".to_owned() });
    assert_eq!(app.database.text("SELECT outcome FROM events WHERE kind = 'report'").await, "account_hijacked");
    ada.sign_in("ada").await;
    assert!(ada.get("/settings/activity").await.body.contains("someone else may have used your account there"));
}

#[tokio::test(flavor = "multi_thread")]
async fn googles_other_events_end_the_sessions_by_google_alone() {
    for (event, ends) in [
        ("sessions-revoked", true),
        ("tokens-revoked", true),
        ("account-disabled", true),
        ("account-enabled", false),
        ("account-credential-change-required", false),
        ("identifier-changed", false),
        ("verification", false),
    ] {
        let app = App::builder().start().await;
        let (ada, by_password) = (app.browser(), app.browser());
        ada.sign_in("ada").await;
        by_password.sign_in("ada").await;
        let newest = "(SELECT id FROM sessions ORDER BY rowid DESC LIMIT 1)";
        app.database.execute(&format!("UPDATE sessions SET identity_id = NULL WHERE id = {newest}")).await;
        assert_eq!(app.event("google", "google", json!({ "event": event, "person": "ada" })).await.0, 202, "{event}");
        assert_eq!(ada.is_signed_in().await, !ends, "{event}");
        assert!(by_password.is_signed_in().await, "{event}");
        assert!(app.emails().await.is_empty(), "{event}");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn apples_notifications_take_effect(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).providers().start().await;
    let ada = app.browser();
    let sign_in = async || {
        let authorize = ada.start_flow("/auth/apple").await;
        let callback = decide(&app, &ada, &authorize, "person=ada&decision=allow&email=hide").await;
        assert_eq!(ada.get(&callback).await.location(), "/dashboard");
    };
    sign_in().await;
    let method = "SELECT verified_email_method FROM users";
    assert_eq!(app.database.text(method).await, "authority");
    assert_eq!(app.event("apple", "apple", json!({ "event": "email-disabled", "person": "ada" })).await.0, 200);
    assert_eq!(app.database.text(method).await, "provider_claim");
    assert!(ada.is_signed_in().await);
    assert_eq!(app.event("apple", "apple", json!({ "event": "consent-revoked", "person": "ada" })).await.0, 200);
    assert!(!ada.is_signed_in().await);
    sign_in().await;
    assert_eq!(app.database.text(method).await, "authority", "the provider of the mailbox says so again");
    // The last sign-in method stays; another one lets it go.
    assert_eq!(app.event("apple", "apple", json!({ "event": "account-deleted", "person": "ada" })).await.0, 200);
    assert!(!ada.is_signed_in().await);
    assert_eq!(app.database.count("identities").await, 1);
    app.database.execute("INSERT INTO passwords (user_id, hash, set_at) SELECT id, '', 1 FROM users").await;
    assert_eq!(app.event("apple", "apple", json!({ "event": "account-deleted", "person": "ada" })).await.0, 200);
    assert_eq!((app.database.count("identities").await, app.database.count("users").await), (0, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_message_is_refused() {
    let app = App::builder().providers().generic(WORK).start().await;
    let set = "application/secevent+jwt";
    let token = app.signed_event("google", json!({ "event": "sessions-revoked", "person": "ada" })).await;
    for (slug, media_type, body, status) in [
        ("google", set, token.clone(), 202),
        ("google", "application/secevent+jwt; charset=utf-8", token.clone(), 202),
        ("google", "application/json", json!({ "payload": token }).to_string(), 200),
        ("work", set, token.clone(), 400),
        ("nobody", set, token.clone(), 404),
        ("github", set, token.clone(), 404),
        ("google", "text/plain", token.clone(), 415),
        ("google", set, String::new(), 400),
        ("google", set, "a.b.c".to_owned(), 400),
        ("google", set, "x".repeat(40_000), 413),
        ("google", "application/json", "{}".to_owned(), 400),
        ("google", "application/json", "[]".to_owned(), 400),
        ("google", "application/x-www-form-urlencoded", "token=x".to_owned(), 400),
        ("google", "application/x-www-form-urlencoded", format!("logout_token={token}&logout_token={token}"), 400),
    ] {
        let (answer, text) = app.post_event(slug, media_type, body).await;
        assert_eq!(answer, status, "{slug} {media_type}: {text}");
        if status == 400 {
            let body: Value = serde_json::from_str(&text).expect("JSON");
            assert!(body["err"].is_string() && body["description"].is_string(), "{text}");
        }
    }
    assert_eq!(app.browser().get("/auth/events/google").await.status, 405);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_messages_is_limited() {
    let app = App::builder().with("RATE_LIMITS", "on").start().await;
    let mut answers = BTreeSet::new();
    for _ in 0..2000 {
        answers.insert(app.post_event("google", "application/secevent+jwt", "x".to_owned()).await.0);
        if answers.contains(&429) {
            break;
        }
    }
    assert_eq!(answers, BTreeSet::from([400, 429]));
}
