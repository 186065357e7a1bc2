//! What each provider says of emails.

use latchkey::providers::BUILT_IN;
use serde_json::json;

use super::{callback_url, providers, sign_in, verifying};
use crate::http::{app::App, refusal::assert_rejected};

#[tokio::test(flavor = "multi_thread")]
async fn two_users_without_an_email_are_two_users() {
    let app = App::builder().providers().start().await;
    let other =
        app.control_sandbox("persons", json!({ "id": "nomail2", "name": "Nina", "email": null, "sub": "7" })).await;
    assert!(other.is_object(), "{other}");
    for (index, slug) in providers().enumerate() {
        for person in ["nomail", "nomail2"] {
            let browser = app.browser();
            sign_in(&app, &browser, person, slug).await;
            assert!(!browser.get("/dashboard").await.body.contains('@'), "{slug} {person}");
        }
        let people = i64::try_from(2 * (index + 1)).expect("few");
        assert_eq!(app.rows().await, (people, people, people));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unverified_email_finds_no_user() {
    let app = App::builder().providers().start().await;
    app.browser().sign_in("ada").await;
    // Linus's account has Ada's email, and no provider has verified it.
    app.control_sandbox("persons/linus", json!({ "email": "ada@gmail.com", "email_verified": false })).await;
    for (index, slug) in providers().enumerate() {
        let browser = app.browser();
        sign_in(&app, &browser, "linus", slug).await;
        assert!(!browser.get("/dashboard").await.body.contains("Ada Lovelace"), "{slug}");
        let people = i64::try_from(index + 2).expect("few");
        assert_eq!(app.rows().await, (people, people, people), "{slug}");
    }
    let owners = "SELECT count(*) FROM users WHERE verified_email = 'ada@gmail.com'";
    assert_eq!(app.database.number(owners).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn facebook_never_verifies_an_email() {
    let app = App::builder().providers().start().await;
    app.browser().sign_in("ada").await;
    let stranger = app.browser();
    sign_in(&app, &stranger, "ada", "facebook").await;
    assert_eq!(app.rows().await, (2, 2, 2), "another user, and Ada's is untouched");
    for slug in verifying() {
        let browser = app.browser();
        let callback = callback_url(&app, &browser, "ada", slug).await;
        assert_eq!(browser.get(&callback).await.location(), "/link", "{slug}");
        assert!(!browser.is_signed_in().await, "{slug}");
    }
    assert_eq!(app.rows().await, (2, 2, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_email_at_each_provider_leads_to_the_link_prompt() {
    let app = App::builder().providers().start().await;
    for slug in providers() {
        sign_in(&app, &app.browser(), "nomail", slug).await;
    }
    let all = i64::try_from(BUILT_IN.len()).expect("few");
    assert_eq!(app.rows().await, (all, all, all));
    assert_eq!(app.database.number("SELECT count(DISTINCT issuer) FROM identities").await, all);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_email_set_by_a_tenant_admin_finds_no_user() {
    let app = App::builder().providers().start().await;
    let (ada, mallory) = (app.browser(), app.browser());
    ada.sign_in("ada").await;
    sign_in(&app, &mallory, "mallory", "microsoft").await;
    assert!(!mallory.get("/dashboard").await.body.contains("Ada Lovelace"));
    assert_eq!(app.rows().await, (2, 2, 2));
    let owners = "SELECT count(*) FROM users WHERE verified_email = 'ada@gmail.com'";
    assert_eq!(app.database.number(owners).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn github_emails_may_be_withheld_but_not_lost() {
    let app = App::builder().providers().start().await;
    let error =
        |status: u16| json!({ "endpoint": "emails", "fault": { "kind": "status", "status": status }, "times": 1 });
    for status in [403, 404] {
        app.control_sandbox("github/faults", error(status)).await;
        let browser = app.browser();
        sign_in(&app, &browser, "ada", "github").await;
        assert!(!browser.get("/dashboard").await.body.contains("ada@gmail.com"));
    }
    let browser = app.browser();
    let callback = browser.callback_url("ada", "/auth/github").await;
    app.control_sandbox("github/faults", error(500)).await;
    assert_rejected(&app, &browser, &callback, "provider_unavailable", &["token", "userinfo", "emails"]).await;
    sign_in(&app, &browser, "ada", "github").await;
    assert!(browser.get("/dashboard").await.body.contains("ada@gmail.com"));
}
