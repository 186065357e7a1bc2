//! Ceremonies that must not succeed, each with its counterpart.

use rstest::rstest;
use serde_json::{Value, json};

use super::{ADA, device::Device, with_passkey};
use crate::http::{
    app::App,
    browser::{Browser, SESSIONS},
};

const EXPIRED: (u16, &str, &str) = (422, "passkey_expired", "/login?return_to=%2F&error=passkey_expired");
const INVALID: (u16, &str, &str) = (422, "passkey_invalid", "/login?return_to=%2F&error=passkey_invalid");

#[tokio::test(flavor = "multi_thread")]
async fn a_response_works_once() {
    let (app, _, mut device) = with_passkey(App::builder()).await;
    let browser = app.browser();
    let begun = browser.passkey_options("sign_in").await;
    let credential = device.get(&begun.json["publicKey"]).await;
    let finish = || browser.finish_passkey(&begun.json["ceremony"], &credential, "/");
    assert_eq!(finish().await.page.status, 200);
    for name in SESSIONS {
        browser.delete_cookie(name);
    }
    // The counter has moved on as well.
    assert_eq!(finish().await.passkey().0, 422);
    assert!(!browser.is_signed_in().await);
    // Another signature of the same challenge.
    let again = device.get(&begun.json["publicKey"]).await;
    assert_eq!(browser.finish_passkey(&begun.json["ceremony"], &again, "/").await.passkey().1, "passkey_expired");
    assert!(!browser.is_signed_in().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_requests_with_one_response_one_succeeds() {
    let (app, _, mut device) = with_passkey(App::builder()).await;
    let browser = app.browser();
    let begun = browser.passkey_options("sign_in").await;
    let credential = device.get(&begun.json["publicKey"]).await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let tab = app.browser();
        tab.replace_cookies(browser.cookies());
        let (ceremony, credential) = (begun.json["ceremony"].clone(), credential.clone());
        tasks.spawn(async move { tab.finish_passkey(&ceremony, &credential, "/").await.page.status });
    }
    let statuses = tasks.join_all().await;
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ceremony_belongs_to_its_browser() {
    let (app, _, mut device) = with_passkey(App::builder()).await;
    let (attacker, victim) = (app.browser(), app.browser());
    // The attacker's response, posted by the victim's browser, would sign the victim in as the attacker.
    let begun = attacker.passkey_options("sign_in").await;
    let credential = device.get(&begun.json["publicKey"]).await;
    let finish = |browser| finish(browser, &begun.json["ceremony"], &credential);
    assert_eq!(finish(&victim).await, EXPIRED);
    victim.passkey_options("sign_in").await;
    assert_eq!(finish(&victim).await, EXPIRED, "not with a mark of its own either");
    assert!(!victim.is_signed_in().await);
    assert_eq!(finish(&attacker).await.0, 200);
}

async fn finish(browser: &Browser, ceremony: &Value, credential: &Value) -> (u16, &'static str, &'static str) {
    let answer = browser.finish_passkey(ceremony, credential, "/").await;
    if answer.passkey() == EXPIRED { EXPIRED } else { (answer.page.status, "", "") }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ceremony_lasts_five_minutes() {
    let (app, _, mut device) = with_passkey(App::builder()).await;
    let browser = app.browser();
    for (seconds, status) in [(301, 422), (299, 200)] {
        let begun = browser.passkey_options("sign_in").await;
        let credential = device.get(&begun.json["publicKey"]).await;
        app.advance(seconds).await;
        let answer = browser.finish_passkey(&begun.json["ceremony"], &credential, "/").await;
        assert_eq!(answer.page.status, status, "{answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tabs_have_a_ceremony_each() {
    let (app, _, mut device) = with_passkey(App::builder()).await;
    let browser = app.browser();
    let (first, second) = (browser.passkey_options("sign_in").await, browser.passkey_options("sign_in").await);
    for begun in [first, second] {
        let credential = device.get(&begun.json["publicKey"]).await;
        assert_eq!(browser.finish_passkey(&begun.json["ceremony"], &credential, "/").await.page.status, 200);
    }
}

#[rstest]
#[case::suffix("http://localhost.evil.test")]
#[case::other_port("http://localhost:1")]
#[case::https("https://localhost")]
#[case::subdomain("http://app.localhost")]
#[tokio::test(flavor = "multi_thread")]
async fn a_response_made_on_another_site_is_refused(#[case] origin: &str) {
    let (app, _, mut device) = with_passkey(App::builder()).await;
    let browser = app.browser();
    device.origin = origin.to_owned();
    assert_eq!(browser.use_passkey(&mut device, "sign_in", "/").await.passkey(), INVALID);
    assert!(!browser.is_signed_in().await);
    assert!(app.events().await.contains("passkey  refused [\"wrong_origin\"]"), "{}", app.events().await);
    device.origin.clone_from(&app.origin);
    assert_eq!(browser.use_passkey(&mut device, "sign_in", "/").await.page.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ceremony_serves_its_own_step_alone() {
    let (app, ada, mut device) = with_passkey(App::builder()).await;
    // A registration as a sign-in, and the reverse.
    let begun = app.browser().passkey_options("sign_in").await;
    let credential = device.get(&begun.json["publicKey"]).await;
    let adding = ada.passkey_options("add").await;
    let answer = ada.finish_passkey(&adding.json["ceremony"], &credential, "/").await;
    assert_eq!(answer.passkey(), (422, "passkey_invalid", "/settings/security?error=passkey_invalid"));
    let created = Device::new(&app).create(&adding.json["publicKey"]).await;
    let browser = app.browser();
    let begun = browser.passkey_options("sign_in").await;
    assert_eq!(browser.finish_passkey(&begun.json["ceremony"], &created, "/").await.passkey(), INVALID);
    assert_eq!(ada.finish_passkey(&adding.json["ceremony"], &created, "/").await.page.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_counter_that_went_back_is_refused() {
    let (app, _, mut device) = with_passkey(App::builder()).await;
    assert_eq!(app.browser().use_passkey(&mut device, "sign_in", "/").await.page.status, 200);
    app.database.execute("UPDATE passkeys SET sign_count = 100").await;
    assert_eq!(app.browser().use_passkey(&mut device, "sign_in", "/").await.passkey(), INVALID);
    assert!(app.events().await.contains("counter_went_back"), "{}", app.events().await);
    app.database.execute("UPDATE passkeys SET sign_count = 1").await;
    assert_eq!(app.browser().use_passkey(&mut device, "sign_in", "/").await.page.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn junk_is_refused_and_leaves_no_rows() {
    let (app, _, _) = with_passkey(App::builder()).await;
    let browser = app.browser();
    let begun = browser.passkey_options("sign_in").await;
    let flows = app.database.count("used_flows").await;
    for credential in [json!(null), json!(7), json!({}), json!({ "id": "AAAA", "type": "public-key", "response": [] })]
    {
        assert_eq!(browser.finish_passkey(&begun.json["ceremony"], &credential, "/").await.passkey(), INVALID);
    }
    for ceremony in [json!("x"), json!("A".repeat(20_000))] {
        assert_eq!(browser.finish_passkey(&ceremony, &json!({}), "/").await.passkey(), EXPIRED);
    }
    assert_eq!(browser.finish_passkey(&json!(7), &json!({}), "/").await.page.status, 400);
    assert_eq!(app.database.count("used_flows").await, flows);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_our_own_pages_may_ask() {
    let (app, _, _) = with_passkey(App::builder()).await;
    let browser = app.browser();
    let body = json!({ "step": "sign_in" }).to_string();
    for (path, origin, site, kind, status) in [
        ("/auth/passkey/options", "https://evil.example", "cross-site", "application/json", 403),
        ("/auth/passkey/options", "http://localhost:1", "same-site", "application/json", 403),
        ("/auth/passkey", "https://evil.example", "cross-site", "application/json", 403),
        ("/auth/passkey/options", app.origin.as_str(), "same-origin", "text/plain", 415),
        ("/auth/passkey/options", app.origin.as_str(), "same-origin", "application/json", 200),
    ] {
        let request = browser.request(reqwest::Method::POST, path).header("origin", origin);
        let request = request.header("sec-fetch-site", site).header("content-type", kind).body(body.clone());
        assert_eq!(browser.send(request).await.status, status, "{path} {origin} {kind}");
    }
    assert_eq!(browser.get("/auth/passkey/options").await.status, 405);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_another_account_adds_nothing() {
    let (app, ada, _) = with_passkey(App::builder()).await;
    let grace = app.browser();
    grace.sign_in("grace").await;
    let owner = ada.sealed_owner().await;
    for owner in [owner.as_deref(), None, Some("x")] {
        let answer = grace.passkey_options_for("add", owner).await;
        assert_eq!((answer.page.status, answer.json["error"].as_str()), (409, Some("wrong_account")));
    }
    // Nor does a ceremony that another account began in this browser.
    let begun = ada.passkey_options("add").await;
    let credential = Device::new(&app).create(&begun.json["publicKey"]).await;
    ada.sign_in("grace").await;
    let answer = ada.finish_passkey(&begun.json["ceremony"], &credential, "/").await;
    assert_eq!(answer.passkey().1, "reauthentication_mismatch");
    assert_eq!(app.database.count("passkeys").await, 1);
    assert!(app.owner_of(ADA).await.is_some());
}
