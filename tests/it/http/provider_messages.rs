//! Messages in a provider's own form: Facebook's signed requests and GitHub's webhook. Each rejected one has a twin that takes
//! effect.

use std::collections::BTreeSet;

use latchkey::{accounts::EmailKind, store::SweepStep};
use rstest::rstest;
use serde_json::{Value, json};

use super::{app::App, browser::Browser};
use crate::support::database::Engine;

const FORM: &str = "application/x-www-form-urlencoded";
const EVENTS: &str = "facebook";
const DELETION: &str = "facebook/deletion";

impl App {
    /// Has the sandbox's Facebook ask for a deletion; returns the status, and the answer.
    async fn ask_for_deletion(&self, person: &str) -> (u64, Value) {
        let to = format!("{}/auth/events/{DELETION}", self.origin);
        let event = json!({ "event": "data-deletion", "person": person, "to": to });
        let answer = self.control_sandbox("facebook/event", event).await;
        let body = serde_json::from_str(answer["body"].as_str().unwrap_or_default()).unwrap_or_default();
        (answer["status"].as_u64().expect("a status"), body)
    }

    /// The page to which an answer leads.
    async fn deletion_page(&self, answer: &Value) -> String {
        let (url, code) =
            (answer["url"].as_str().expect("a URL"), answer["confirmation_code"].as_str().expect("a code"));
        assert_eq!(url, format!("{}/data-deletion?code={code}", self.origin));
        assert!(code.len() == 32 && code.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{code}");
        let page = self.browser().get(&format!("/data-deletion?code={code}")).await;
        assert_eq!(page.status, 200);
        page.body
    }

    /// As the sandbox would send it.
    async fn signed_request(&self, event: Value) -> String {
        let answer = self.control_sandbox("facebook/event", event).await;
        answer["body"].as_str().expect("a body").to_owned()
    }
}

async fn sign_in(browser: &Browser, person: &str, slug: &str) {
    let callback = browser.callback_url(person, &format!("/auth/{slug}")).await;
    let landed = browser.get(&callback).await;
    assert_eq!((landed.status, landed.location()), (303, "/dashboard"), "{landed:?}");
}

fn removed() -> Value {
    json!({ "event": "deauthorized", "person": "ada" })
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn removing_the_app_at_facebook_ends_its_sessions_once(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::builder().engine(engine).mode(mode).providers().start().await;
    let (ada, grace) = (app.browser(), app.browser());
    sign_in(&ada, "ada", "facebook").await;
    sign_in(&grace, "grace", "facebook").await;
    let body = app.signed_request(removed()).await;
    assert_eq!(app.post_event(EVENTS, FORM, body.clone()).await, (200, String::new()));
    assert_eq!(ada.forward_auth().await.status, 401);
    assert!(!ada.is_signed_in().await && grace.is_signed_in().await);
    assert_eq!(app.database.text("SELECT outcome FROM events WHERE kind = 'report'").await, "consent_revoked");
    assert_eq!(app.database.count("identities").await, 2, "who comes back is the same user");
    sign_in(&ada, "ada", "facebook").await;
    assert_eq!(app.post_event(EVENTS, FORM, body).await.0, 200);
    assert!(ada.is_signed_in().await, "a repetition");
    // In the same second, Facebook's words would be the same.
    app.advance(2).await;
    assert_eq!(app.event("facebook", EVENTS, removed()).await.0, 200);
    assert!(!ada.is_signed_in().await, "another one");
    assert_eq!(app.reports().await, 2);
    ada.sign_in("ada").await;
    app.advance(2).await;
    assert_eq!(app.event("facebook", EVENTS, removed()).await.0, 200);
    assert!(ada.is_signed_in().await, "by Google");
}

#[rstest]
#[case::another_secret(json!({ "sign": "unpublished_key" }), "invalid_key")]
#[case::a_flipped_bit(json!({ "sign": "bad_signature" }), "invalid_key")]
#[case::unsigned(json!({ "sign": "none" }), "invalid_key")]
#[case::another_algorithm(json!({ "claims": { "algorithm": "HMAC-SHA1" } }), "invalid_request")]
#[case::no_algorithm(json!({ "remove": ["algorithm"] }), "invalid_request")]
#[case::nobody(json!({ "remove": ["user_id"] }), "invalid_request")]
#[case::no_id(json!({ "claims": { "user_id": "" } }), "invalid_request")]
#[case::no_time(json!({ "remove": ["issued_at"] }), "invalid_request")]
#[case::old(json!({ "claims": { "issued_at": { "$now": -86_500 } } }), "invalid_request")]
#[case::early(json!({ "claims": { "issued_at": { "$now": 70 } } }), "invalid_request")]
#[case::of_a_page(json!({ "claims": { "code": "AQ" } }), "invalid_request")]
#[case::of_a_canvas(json!({ "claims": { "oauth_token": "EAA" } }), "invalid_request")]
#[case::repeated(json!({ "claims": { "user_id": { "$raw": "\"1\",\"user_id\":\"2\"" } } }), "invalid_request")]
#[tokio::test(flavor = "multi_thread")]
async fn a_forged_signed_request_does_nothing(#[case] patch: Value, #[case] code: &str) {
    let app = App::builder().providers().start().await;
    let ada = app.browser();
    sign_in(&ada, "ada", "facebook").await;
    for slug in [EVENTS, DELETION] {
        let forged = json!({ "event": "data-deletion", "person": "ada", "patch": patch });
        assert_eq!(app.event("facebook", slug, forged).await, (400, code.to_owned()), "{slug}");
    }
    assert!(ada.is_signed_in().await);
    assert_eq!((app.database.count("data_deletions").await, app.reports().await), (0, 0));
    assert_eq!(app.ask_for_deletion("ada").await.0, 200);
    assert!(!ada.is_signed_in().await);
    assert_eq!(app.database.count("users").await, 0);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn deletion_removes_an_account_that_only_facebook_opens(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::builder().engine(engine).providers().start().await;
    let (ada, grace) = (app.browser(), app.browser());
    sign_in(&ada, "ada", "facebook").await;
    // The address that she has confirmed since.
    app.database
        .execute("UPDATE users SET verified_email = 'ada@example.com', verified_email_method = 'email_link'")
        .await;
    sign_in(&grace, "grace", "facebook").await;
    let (status, answer) = app.ask_for_deletion("ada").await;
    assert_eq!(status, 200, "{answer}");
    let page = app.deletion_page(&answer).await;
    assert!(page.contains("Your account was deleted"), "{page}");
    assert!(!page.contains("ada@") && !page.contains("Lovelace"), "it names nobody: {page}");
    assert!(!ada.is_signed_in().await && grace.is_signed_in().await);
    assert_eq!((app.database.count("users").await, app.database.count("identities").await), (1, 1));
    let kept = "SELECT count(*) FROM events WHERE user_id IS NOT NULL AND user_id NOT IN (SELECT id FROM users)";
    assert_eq!(app.database.number(kept).await, 0, "no event names her");
    assert_eq!(app.reports().await, 1);
    let message = app.one_email().await;
    assert_eq!(message.kind, EmailKind::DataDeleted { provider: "facebook".to_owned(), with_account: true });
    assert_eq!(message.cause.ip, "", "Facebook's server is no device of hers");
    // Facebook's user comes back as a new one.
    sign_in(&ada, "ada", "facebook").await;
    assert_eq!(app.database.count("users").await, 2);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn deletion_keeps_an_account_with_another_sign_in_method(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::builder().engine(engine).providers().start().await;
    let (ada, by_password) = (app.browser(), app.browser());
    sign_in(&ada, "ada", "facebook").await;
    sign_in(&by_password, "ada", "facebook").await;
    app.database.execute("INSERT INTO passwords (user_id, hash, set_at) SELECT id, '', 1 FROM users").await;
    let first = "(SELECT min(id) FROM sessions)";
    app.database.execute(&format!("UPDATE sessions SET identity_id = NULL WHERE id <> {first}")).await;
    let known =
        "SELECT count(*) FROM users WHERE name IS NOT NULL AND picture IS NOT NULL AND claimed_email IS NOT NULL";
    assert_eq!(app.database.number(known).await, 1);
    let signed_in = app.database.count("sessions").await;

    let (status, answer) = app.ask_for_deletion("ada").await;
    assert_eq!(status, 200, "{answer}");
    assert!(app.deletion_page(&answer).await.contains("Your data was deleted"));
    assert_eq!((app.database.count("users").await, app.database.count("identities").await), (1, 0));
    let forgotten = "SELECT count(*) FROM users WHERE name IS NULL AND picture IS NULL AND claimed_email IS NULL \
        AND name_from IS NULL AND picture_from IS NULL";
    assert_eq!(app.database.number(forgotten).await, 1);
    assert_eq!((signed_in, app.database.count("sessions").await), (2, 1), "those by Facebook ended");
    let events = "SELECT count(*) FROM events WHERE user_id IS NOT NULL AND kind IN ('report', 'unlink')";
    assert_eq!(app.database.number(events).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_user_chose_or_has_from_elsewhere_stays() {
    let app = App::builder().providers().start().await;
    let ada = app.browser();
    sign_in(&ada, "ada", "facebook").await;
    app.database.execute("INSERT INTO passwords (user_id, hash, set_at) SELECT id, '', 1 FROM users").await;
    app.database
        .execute(
            "UPDATE users SET name = 'Ada', name_from = 'own', picture = 'https://x.example/', picture_from = 'google'",
        )
        .await;
    assert_eq!(app.ask_for_deletion("ada").await.0, 200);
    let kept = "SELECT count(*) FROM users WHERE name = 'Ada' AND picture IS NOT NULL";
    assert_eq!(app.database.number(kept).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_users_data_waits_for_the_operator() {
    let app = App::builder().providers().start().await;
    sign_in(&app.browser(), "ada", "facebook").await;
    app.database.execute("UPDATE users SET disabled_at = 1").await;
    let (status, answer) = app.ask_for_deletion("ada").await;
    assert_eq!(status, 200);
    assert!(app.deletion_page(&answer).await.contains("Your account was disabled before"));
    assert_eq!((app.database.count("users").await, app.database.count("identities").await), (1, 1));
    app.database.execute("UPDATE users SET disabled_at = NULL").await;
    app.advance(2).await;
    assert_eq!(app.ask_for_deletion("ada").await.0, 200);
    assert_eq!(app.database.count("users").await, 0);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_request_has_the_same_code_for_ninety_days(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::builder().engine(engine).providers().start().await;
    let body = app.signed_request(json!({ "event": "data-deletion", "person": "ada" })).await;
    let answer = async || {
        let (status, text) = app.post_event(DELETION, FORM, body.clone()).await;
        assert_eq!(status, 200, "{text}");
        serde_json::from_str::<Value>(&text).expect("JSON")
    };
    let first = answer().await;
    assert!(app.deletion_page(&first).await.contains("We have no data from there"));
    sign_in(&app.browser(), "ada", "facebook").await;
    assert_eq!(answer().await, first, "its sender may not have got the first answer");
    assert!(app.deletion_page(&first).await.contains("We have no data from there"));
    assert_eq!((app.database.count("users").await, app.database.count("data_deletions").await), (1, 1));

    let sweep = async |days| {
        let then = app.now() + time::Duration::days(days);
        app.store.sweep(SweepStep::DataDeletions, then, 10).await.expect("swept")
    };
    assert_eq!((sweep(89).await, sweep(91).await), (0, 1));
    assert!(app.deletion_page(&first).await.contains("We don't know this code"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_status_page_asks_for_a_code_without_one() {
    let app = App::builder().start().await;
    let browser = app.browser();
    for (path, says) in [
        ("/data-deletion", "Check a deletion request"),
        ("/data-deletion?code=", "Check a deletion request"),
        ("/data-deletion?code=0123456789abcdef0123456789abcdef", "We don't know this code"),
        ("/data-deletion?code=%27%20OR%20%27%27%3D%27", "We don't know this code"),
        ("/data-deletion?code=a&code=b", "Check a deletion request"),
    ] {
        let page = browser.get(path).await;
        assert!(page.status == 200 && page.body.contains(says), "{path}: {}", page.body);
        assert!(page.body.contains("method=\"get\"") && page.body.contains("name=\"code\""), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_its_own_providers_messages_are_taken() {
    let app = App::builder().providers().start().await;
    sign_in(&app.browser(), "ada", "facebook").await;
    let body = app.signed_request(removed()).await;
    for (slug, media_type, body, status) in [
        ("github", FORM, body.as_str(), 415),
        ("github", "application/json", body.as_str(), 400),
        ("google", FORM, body.as_str(), 400),
        ("google/deletion", FORM, body.as_str(), 404),
        ("github/deletion", "application/json", "{}", 404),
        ("nobody/deletion", FORM, body.as_str(), 404),
        (EVENTS, "application/json", body.as_str(), 415),
        (EVENTS, "text/plain", body.as_str(), 415),
        (EVENTS, FORM, "", 400),
        (EVENTS, FORM, "signed_request=", 400),
        (EVENTS, FORM, "signed_request=a.b", 400),
        (EVENTS, FORM, &format!("{body}&{body}"), 400),
        (EVENTS, FORM, &"x".repeat(40_000), 413),
        (EVENTS, FORM, body.as_str(), 200),
        (DELETION, FORM, body.as_str(), 200),
    ] {
        let (answer, text) = app.post_event(slug, media_type, body.to_owned()).await;
        assert_eq!(answer, status, "{slug} {media_type}: {text}");
    }
    let browser = app.browser();
    assert_eq!(browser.get("/auth/events/facebook/deletion").await.status, 405);
    let unknown = App::builder().start().await;
    assert_eq!(unknown.post_event(DELETION, FORM, body).await.0, 404, "a provider that is not enabled");
}

#[rstest]
#[case(EVENTS)]
#[case(DELETION)]
#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_signed_requests_is_limited(#[case] slug: &str) {
    let app = App::builder().providers().with("RATE_LIMITS", "on").start().await;
    let mut answers = BTreeSet::new();
    for _ in 0..2000 {
        answers.insert(app.post_event(slug, FORM, "signed_request=x.y".to_owned()).await.0);
        if answers.contains(&429) {
            break;
        }
    }
    assert_eq!(answers, BTreeSet::from([400, 429]));
}

fn revoked() -> Value {
    json!({ "event": "revoked", "person": "ada" })
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn githubs_revocation_ends_the_sessions_by_github(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).providers().start().await;
    let (ada, grace) = (app.browser(), app.browser());
    sign_in(&ada, "ada", "github").await;
    sign_in(&grace, "grace", "github").await;
    for other in ["ping", "installation"] {
        let event = json!({ "event": other, "person": "ada" });
        assert_eq!(app.event("github", "github", event).await, (204, String::new()), "{other}");
    }
    let another_action = json!({ "event": "revoked", "person": "ada", "patch": { "claims": { "action": "created" } } });
    assert_eq!(app.event("github", "github", another_action).await.0, 204);
    assert!(ada.is_signed_in().await);
    assert_eq!(app.event("github", "github", revoked()).await, (200, String::new()));
    assert!(!ada.is_signed_in().await && grace.is_signed_in().await);
    assert_eq!(app.database.text("SELECT outcome FROM events WHERE kind = 'report'").await, "consent_revoked");
    assert_eq!(app.database.count("used_flows WHERE completed_by IS NULL").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_delivery_of_github_does_nothing() {
    let app = App::builder().providers().start().await;
    let ada = app.browser();
    sign_in(&ada, "ada", "github").await;
    let signed = app.control_sandbox("github/event", revoked()).await;
    let post = async |delivery: Option<&str>| {
        let browser = app.browser();
        let mut request = browser.request(reqwest::Method::POST, "/auth/events/github");
        for header in signed["headers"].as_array().expect("headers") {
            let (name, value) = (header[0].as_str().expect("a name"), header[1].as_str().expect("a value"));
            let value = delivery.filter(|_| name == "X-GitHub-Delivery").unwrap_or(value);
            request = request.header(name, value);
        }
        let body = signed["body"].as_str().expect("a body").to_owned();
        browser.send(request.header("content-type", "application/json").body(body)).await.status
    };
    assert_eq!(post(None).await, 200);
    assert!(!ada.is_signed_in().await);
    sign_in(&ada, "ada", "github").await;
    assert_eq!(post(None).await, 200);
    assert!(ada.is_signed_in().await, "GitHub repeats a delivery with its id");
    assert_eq!(post(Some("another")).await, 200);
    assert!(!ada.is_signed_in().await, "the same words again are another revocation");
}

#[rstest]
#[case::another_secret(json!({ "sign": "unpublished_key" }), "invalid_key")]
#[case::a_flipped_bit(json!({ "sign": "bad_signature" }), "invalid_key")]
#[case::unsigned(json!({ "sign": "none" }), "invalid_request")]
#[case::without_signature(json!({ "remove_header": ["X-Hub-Signature-256"] }), "invalid_request")]
#[case::without_event(json!({ "remove_header": ["X-GitHub-Event"] }), "invalid_request")]
#[case::without_delivery(json!({ "remove_header": ["X-GitHub-Delivery"] }), "invalid_request")]
#[case::nobody(json!({ "remove": ["sender"] }), "invalid_request")]
#[case::no_action(json!({ "remove": ["action"] }), "invalid_request")]
#[case::two_actions(json!({ "claims": { "action": { "$raw": "\"created\",\"action\":\"revoked\"" } } }), "invalid_request")]
#[case::no_number(json!({ "claims": { "sender": { "id": "1" } } }), "invalid_request")]
#[tokio::test(flavor = "multi_thread")]
async fn a_forged_delivery_does_nothing(#[case] patch: Value, #[case] code: &str) {
    let app = App::builder().providers().start().await;
    let ada = app.browser();
    sign_in(&ada, "ada", "github").await;
    let forged = json!({ "event": "revoked", "person": "ada", "patch": patch });
    assert_eq!(app.event("github", "github", forged).await, (400, code.to_owned()));
    assert!(ada.is_signed_in().await);
    assert_eq!(app.event("github", "github", revoked()).await.0, 200);
    assert!(!ada.is_signed_in().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_webhook_secret_github_sends_nothing() {
    let app = App::builder().providers().with("GITHUB_WEBHOOK_SECRET", "").start().await;
    let ada = app.browser();
    sign_in(&ada, "ada", "github").await;
    assert_eq!(app.event("github", "github", revoked()).await.0, 404);
    assert!(ada.is_signed_in().await);
}
