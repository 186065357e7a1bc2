//! Who a sign-in leads to: what changes at the provider, and what never does.

use latchkey::accounts::EmailKind;
use rstest::rstest;
use serde_json::json;

use super::{app::App, refusal::is_refused};
use crate::support::database::Engine;

#[tokio::test(flavor = "multi_thread")]
async fn name_picture_and_address_are_refreshed_at_each_sign_in() {
    let app = App::start(Engine::Sqlite).await;
    let browser = app.browser();
    browser.signs_in_as("ada").await;
    app.tell_sandbox("persons/ada", json!({ "name": "Ada King", "email": "ada.king@gmail.com" })).await;
    let picture = "https://lh3.googleusercontent.com/a/ada";
    let patch = json!({ "patch": { "claims": { "picture": picture } }, "times": 1 });
    app.tell_sandbox("google/id_token", patch).await;
    assert!(browser.get("/dashboard").await.body.contains("Ada Lovelace"));

    browser.signs_in_as("ada").await;
    let page = browser.get("/dashboard").await.body;
    for new in ["Ada King", "ada.king@gmail.com", picture] {
        assert!(page.contains(new), "{new}: {page}");
    }
    assert!(!page.contains("Lovelace") && !page.contains(">ada@gmail.com"), "{page}");
    assert_eq!(app.rows().await, (1, 1, 1));
}

/// The sandbox has pictures over plain http, which is for this machine.
#[tokio::test(flavor = "multi_thread")]
async fn a_stand_ins_own_picture_is_shown_and_no_other_over_http() {
    let app = App::start(Engine::Sqlite).await;
    let picture = format!("{}/picture/ada", app.sandbox.origin());
    let (ada, plain, linus) = (app.browser(), app.browser(), app.browser());
    ada.signs_in_as("ada").await;
    let page = ada.get("/dashboard").await;
    assert!(page.body.contains(&format!("src=\"{picture}\"")), "{}", page.body);
    let policy = page.header("content-security-policy");
    let sources = policy.split("; ").find(|part| part.starts_with("img-src ")).expect("a rule for images");
    assert_eq!(sources.matches(app.sandbox.origin()).count(), 1, "{sources}");
    assert!(ada.get("/settings").await.body.contains(&picture));
    assert_eq!(ada.asks("/api/me").await.json["user"]["picture"], json!(picture));

    plain.signs_in_as("plain").await;
    assert_eq!(plain.asks("/api/me").await.json["user"]["picture"], json!(null));
    let elsewhere = json!({ "patch": { "claims": { "picture": "http://localhost:1/picture/linus" } }, "times": 1 });
    app.tell_sandbox("google/id_token", elsewhere).await;
    linus.signs_in_as("linus").await;
    assert_eq!(linus.asks("/api/me").await.json["user"]["picture"], json!(null));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_changed_to_somebody_elses_takes_nothing_from_them() {
    let app = App::start(Engine::Sqlite).await;
    let (ada, plain) = (app.browser(), app.browser());
    ada.signs_in_as("ada").await;
    plain.signs_in_as("plain").await;
    // Ada's account says Plain's address now, verified.
    app.tell_sandbox("persons/ada", json!({ "email": "plain@gmail.com" })).await;
    ada.signs_in_as("ada").await;
    assert_eq!(app.rows().await, (2, 2, 2));
    let page = ada.get("/dashboard").await.body;
    assert!(page.contains("Ada Lovelace"), "{page}");
    let owners = "SELECT count(*) FROM users WHERE verified_email = 'plain@gmail.com' AND name IS NULL";
    assert_eq!(app.database.number(owners).await, 1, "Plain, who has no name, keeps it");
    plain.signs_in_as("plain").await;
    assert!(plain.get("/dashboard").await.body.contains("plain@gmail.com"));
    assert_eq!(app.rows().await, (2, 2, 2));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_a_user_has_at_one_provider_opens_nothing_from_another(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::start_with_other(engine).await;
    let (owner, stranger) = (app.browser(), app.browser());
    owner.signs_in_as("ada").await;
    for browser in [&stranger, &owner] {
        let (rows, session) = (app.rows().await, browser.session());
        let callback = browser.callback_url("ada", "/auth/other").await;
        assert_eq!(browser.get(&callback).await.location(), "/link");
        // Nothing is opened, and the owner's own session stays.
        assert_eq!((app.rows().await, browser.session()), (rows, session));
    }

    // The twin: an address that nobody has.
    let callback = stranger.callback_url("grace", "/auth/other").await;
    assert_eq!(stranger.get(&callback).await.location(), "/dashboard");
    assert_eq!(app.rows().await, (2, 2, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn googles_word_does_not_lead_into_a_user_whose_address_was_only_told() {
    let app = App::start_with_other(Engine::Sqlite).await;
    let (eve, ada) = (app.browser(), app.browser());
    // Eve's provider says that Ada's address is verified, before Ada was ever here.
    let callback = eve.callback_url("ada", "/auth/other").await;
    assert_eq!(eve.get(&callback).await.location(), "/dashboard");
    let callback = ada.callback_url("ada", "/auth/google").await;
    assert_eq!(ada.get(&callback).await.location(), "/link");
    assert!(!ada.is_signed_in().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unverified_address_finds_nobody_and_makes_a_user_of_its_own() {
    let app = App::start_with_other(Engine::Sqlite).await;
    app.browser().signs_in_as("ada").await;
    app.tell_other("persons/linus", json!({ "email": "ada@gmail.com" })).await;
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
async fn who_proves_an_address_gets_it_from_who_only_claimed_it() {
    let app = App::start(Engine::Sqlite).await;
    let (linus, ada) = (app.browser(), app.browser());
    app.tell_sandbox("persons/linus", json!({ "email": "ada@gmail.com" })).await;
    linus.signs_in_as("linus").await;
    ada.signs_in_as("ada").await;
    assert_eq!(app.rows().await, (2, 2, 2));
    assert!(ada.get("/dashboard").await.body.contains("Ada Lovelace"));
    assert!(!linus.get("/dashboard").await.body.contains("Lovelace"));
    assert_eq!(app.database.number("SELECT count(*) FROM users WHERE claimed_email = 'ada@gmail.com'").await, 0);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_user_is_out_at_once_and_does_not_get_in(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::start(engine).await;
    let (browser, other) = (app.browser(), app.browser());
    browser.signs_in_as("ada").await;
    app.database.execute("UPDATE users SET disabled_at = 1").await;
    assert_eq!(browser.get("/dashboard").await.location(), "/login?return_to=%2Fdashboard");
    let callback = other.callback_url("ada", "/auth/google").await;
    is_refused(&app, &other, &callback, "account_disabled", &["token"]).await;
    other.signs_in_as("grace").await;

    app.database.execute("UPDATE users SET disabled_at = NULL").await;
    assert!(browser.is_signed_in().await);
    other.signs_in_as("ada").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_old_mailbox_learns_of_an_address_that_changed_at_the_provider_and_can_take_it_back() {
    let app = App::start(Engine::Sqlite).await;
    let browser = app.browser();
    browser.signs_in_as("ada").await;
    // Nothing changed, nobody hears of anything.
    browser.signs_in_as("ada").await;
    assert!(app.emails().await.is_empty());

    app.tell_sandbox("persons/ada", json!({ "email": "ada.king@gmail.com" })).await;
    browser.signs_in_as("ada").await;
    let message = app.message().await;
    assert_eq!(message.to.as_str(), "ada@gmail.com");
    let EmailKind::EmailChanged { new, undo } = message.matter else { panic!("{message:?}") };
    assert_eq!(new.as_str(), "ada.king@gmail.com");

    let mailbox = app.browser();
    mailbox.get(&format!("/auth/email-link?token={}", undo.expose())).await;
    assert_eq!(mailbox.post("/auth/undo", "").await.location(), "/reset-password?done=undone");
    assert!(!browser.is_signed_in().await);
    let revoked_access = "SELECT count(*) FROM users WHERE verified_email = 'ada@gmail.com'";
    assert_eq!(app.database.number(revoked_access).await, 1);
}
