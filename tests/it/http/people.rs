//! Profile changes at the provider, and which user a sign-in finds.

use std::collections::BTreeSet;

use latchkey::accounts::EmailKind;
use rstest::rstest;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{app::App, refusal::assert_rejected};
use crate::support::database::Engine;

#[tokio::test(flavor = "multi_thread")]
async fn name_picture_and_email_are_updated_at_each_sign_in() {
    let app = App::builder().start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    app.control_sandbox("persons/ada", json!({ "name": "Ada King", "email": "ada.king@gmail.com" })).await;
    let picture = "https://lh3.googleusercontent.com/a/ada";
    let patch = json!({ "patch": { "claims": { "picture": picture } }, "times": 1 });
    app.control_sandbox("google/id_token", patch).await;
    assert!(browser.get("/dashboard").await.body.contains("Ada Lovelace"));

    browser.sign_in("ada").await;
    let page = browser.get("/dashboard").await.body;
    for new in ["Ada King", "ada.king@gmail.com", picture] {
        assert!(page.contains(new), "{new}: {page}");
    }
    assert!(!page.contains("Lovelace") && !page.contains(">ada@gmail.com"), "{page}");
    assert_eq!(app.rows().await, (1, 1, 1));
}

/// The sandbox serves pictures over plain http, which is allowed for loopback.
#[tokio::test(flavor = "multi_thread")]
async fn pictures_over_http_come_only_from_an_endpoint_override() {
    let app = App::builder().start().await;
    let picture = format!("{}/picture/ada", app.sandbox.origin());
    let (ada, plain, linus) = (app.browser(), app.browser(), app.browser());
    ada.sign_in("ada").await;
    let page = ada.get("/dashboard").await;
    assert!(page.body.contains(&format!("src=\"{picture}\"")), "{}", page.body);
    let policy = page.header("content-security-policy");
    let sources = policy.split("; ").find(|part| part.starts_with("img-src ")).expect("a rule for images");
    assert_eq!(sources.matches(app.sandbox.origin()).count(), 1, "{sources}");
    assert!(ada.get("/settings").await.body.contains(&picture));
    assert_eq!(ada.get_json("/api/me").await.json["user"]["picture"], json!(picture));

    plain.sign_in("plain").await;
    assert_eq!(plain.get_json("/api/me").await.json["user"]["picture"], json!(null));
    let elsewhere = json!({ "patch": { "claims": { "picture": "http://localhost:1/picture/linus" } }, "times": 1 });
    app.control_sandbox("google/id_token", elsewhere).await;
    linus.sign_in("linus").await;
    assert_eq!(linus.get_json("/api/me").await.json["user"]["picture"], json!(null));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_email_changed_to_anothers_takes_nothing_from_them() {
    let app = App::builder().start().await;
    let (ada, plain) = (app.browser(), app.browser());
    ada.sign_in("ada").await;
    plain.sign_in("plain").await;
    // Ada's account now has Plain's email, verified.
    app.control_sandbox("persons/ada", json!({ "email": "plain@gmail.com" })).await;
    ada.sign_in("ada").await;
    assert_eq!(app.rows().await, (2, 2, 2));
    let page = ada.get("/dashboard").await.body;
    assert!(page.contains("Ada Lovelace"), "{page}");
    let owners = "SELECT count(*) FROM users WHERE verified_email = 'plain@gmail.com' AND name IS NULL";
    assert_eq!(app.database.number(owners).await, 1, "Plain, who has no name, keeps it");
    plain.sign_in("plain").await;
    assert!(plain.get("/dashboard").await.body.contains("plain@gmail.com"));
    assert_eq!(app.rows().await, (2, 2, 2));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn one_providers_email_opens_no_account_of_another(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).other_provider().start().await;
    let (owner, stranger) = (app.browser(), app.browser());
    owner.sign_in("ada").await;
    for browser in [&stranger, &owner] {
        let (rows, session) = (app.rows().await, browser.session());
        let callback = browser.callback_url("ada", "/auth/other").await;
        assert_eq!(browser.get(&callback).await.location(), "/link");
        // No account is opened, and the owner's own session stays.
        assert_eq!((app.rows().await, browser.session()), (rows, session));
    }

    // The counterpart: an unknown email.
    let callback = stranger.callback_url("grace", "/auth/other").await;
    assert_eq!(stranger.get(&callback).await.location(), "/dashboard");
    assert_eq!(app.rows().await, (2, 2, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn google_does_not_open_an_account_with_a_claimed_email() {
    let app = App::builder().other_provider().start().await;
    let (eve, ada) = (app.browser(), app.browser());
    // Eve's provider claims that Ada's email is verified, before Ada has an account.
    let callback = eve.callback_url("ada", "/auth/other").await;
    assert_eq!(eve.get(&callback).await.location(), "/dashboard");
    let callback = ada.callback_url("ada", "/auth/google").await;
    assert_eq!(ada.get(&callback).await.location(), "/link");
    assert!(!ada.is_signed_in().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unverified_email_makes_a_new_user() {
    let app = App::builder().other_provider().start().await;
    app.browser().sign_in("ada").await;
    app.control_other("persons/linus", json!({ "email": "ada@gmail.com" })).await;
    let browser = app.browser();
    let callback = browser.callback_url("linus", "/auth/other").await;
    assert_eq!(browser.get(&callback).await.location(), "/dashboard");
    let page = browser.get("/dashboard").await.body;
    assert!(page.contains("Linus Penguin") && page.contains("Not verified") && !page.contains("Lovelace"), "{page}");
    assert_eq!(app.rows().await, (2, 2, 2));
    let owners = app.database.number("SELECT count(*) FROM users WHERE verified_email = 'ada@gmail.com'").await;
    assert_eq!(owners, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verified_email_is_taken_from_a_user_who_only_claimed_it() {
    let app = App::builder().start().await;
    let (linus, ada) = (app.browser(), app.browser());
    app.control_sandbox("persons/linus", json!({ "email": "ada@gmail.com" })).await;
    linus.sign_in("linus").await;
    ada.sign_in("ada").await;
    assert_eq!(app.rows().await, (2, 2, 2));
    assert!(ada.get("/dashboard").await.body.contains("Ada Lovelace"));
    assert!(!linus.get("/dashboard").await.body.contains("Lovelace"));
    assert_eq!(app.database.number("SELECT count(*) FROM users WHERE claimed_email = 'ada@gmail.com'").await, 0);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_user_is_signed_out_and_cannot_sign_in(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).start().await;
    let (browser, other) = (app.browser(), app.browser());
    browser.sign_in("ada").await;
    app.database.execute("UPDATE users SET disabled_at = 1").await;
    assert_eq!(browser.get("/dashboard").await.location(), "/login?return_to=%2Fdashboard");
    let callback = other.callback_url("ada", "/auth/google").await;
    assert_rejected(&app, &other, &callback, "account_disabled", &["token"]).await;
    other.sign_in("grace").await;

    app.database.execute("UPDATE users SET disabled_at = NULL").await;
    assert!(browser.is_signed_in().await);
    other.sign_in("ada").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_old_email_can_undo_a_change_at_the_provider() {
    let app = App::builder().start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    // Nothing changed, so no email is sent.
    browser.sign_in("ada").await;
    assert!(app.emails().await.is_empty());

    app.control_sandbox("persons/ada", json!({ "email": "ada.king@gmail.com" })).await;
    browser.sign_in("ada").await;
    let message = app.one_email().await;
    assert_eq!(message.to.as_str(), "ada@gmail.com");
    let EmailKind::EmailChanged { new, undo } = message.kind else { panic!("{message:?}") };
    assert_eq!(new.as_str(), "ada.king@gmail.com");

    let mailbox = app.browser();
    mailbox.get(&format!("/auth/email-link?token={}", undo.expose())).await;
    assert_eq!(mailbox.post("/auth/undo", "").await.location(), "/reset-password?done=undone");
    assert!(!browser.is_signed_in().await);
    let revoked_access = "SELECT count(*) FROM users WHERE verified_email = 'ada@gmail.com'";
    assert_eq!(app.database.number(revoked_access).await, 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_download_has_every_event_once(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    let user = app.database.text("SELECT id FROM users").await;
    for (events, rows) in [(1, 0), (200, 199), (401, 201)] {
        for number in 0..rows {
            let id = Uuid::from_u128(((number * 1_000) << 80) | (0x7000 << 64) | events);
            let row = format!("'{id}', {number}, 'profile', '{user}', 'name_changed', '[]', 1, {number}");
            let columns = "id, at, kind, user_id, outcome, reasons, times, last_at";
            app.database.execute(&format!("INSERT INTO events ({columns}) VALUES ({row})")).await;
        }
        let page = browser.get("/settings/data.json").await;
        let data: Value = serde_json::from_str(&page.body).expect("JSON");
        let ids: BTreeSet<_> = data["events"].as_array().unwrap().iter().map(|event| event["id"].to_string()).collect();
        assert_eq!((ids.len() as u128, data["events"].as_array().unwrap().len()), (events, ids.len()));
        assert_eq!(data["user"]["id"].as_str(), Some(user.as_str()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn older_activity_is_a_page_away() {
    let app = App::builder().start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    for number in 0..44 {
        browser.post("/settings/profile", &format!("name=Ada+{number}")).await;
    }
    let (mut path, mut counts) = ("/settings/activity".to_owned(), Vec::new());
    loop {
        let page = browser.get(&path).await.body;
        counts.push(page.matches("class=\"event").count() - page.matches("class=\"event-what").count());
        let Some((_, link)) = page.split_once("/settings/activity?before=") else { break };
        path = format!("/settings/activity?before={}", link.split('"').next().expect("the end of the link"));
    }
    assert_eq!(counts, [20, 20, 5], "each event is on one page");
    let other = app.browser();
    other.sign_in("grace").await;
    assert!(!other.get(&path).await.body.contains("Changed the name"), "a user's page has their own events");
}
