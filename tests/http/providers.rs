//! Every provider of the sandbox, each with its manners (groups C, F and O): what holds for one holds for all.

use rstest::rstest;
use serde_json::{Value, json};

use crate::{
    app::App,
    browser::{Browser, parameter, with_parameter},
    refusal::is_refused,
    support::database::Engine,
};

/// The providers whose API is asked who somebody is.
const HOUSES: [&str; 4] = ["discord", "facebook", "github", "x"];

async fn arrives(browser: &Browser, person: &str, house: &str) {
    let callback = browser.callback_url(person, &format!("/auth/{house}")).await;
    let landed = browser.get(&callback).await;
    assert_eq!((landed.status, landed.location()), (303, "/dashboard"), "{house} {person}: {landed:?}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_person_signs_in_with_each_and_again_as_the_same(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("facebook", "github", "microsoft", "x")] house: &str,
) {
    let app = App::start_with_houses(engine).await;
    let (browser, again) = (app.browser(), app.browser());
    arrives(&browser, "ada", house).await;
    let page = browser.get("/dashboard").await.body;
    assert!(page.contains("Ada Lovelace") && page.contains("ada@gmail.com"), "{page}");
    arrives(&again, "ada", house).await;
    assert_eq!(app.rows().await, (1, 1, 2));
    let provider = app.database.text("SELECT provider FROM identities").await;
    assert_eq!(provider, house);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_asks_for_the_least_with_a_challenge_and_without_a_nonce() {
    let app = App::start_with_houses(Engine::Sqlite).await;
    for house in HOUSES {
        let authorize = app.browser().start(&format!("/auth/{house}")).await;
        assert_eq!(parameter(&authorize, "code_challenge_method"), "S256", "{house}");
        assert_eq!(parameter(&authorize, "nonce"), "", "{house}");
        assert!(!parameter(&authorize, "scope").contains("openid"), "{house}");
        assert!(parameter(&authorize, "redirect_uri").ends_with(&format!("/auth/callback/{house}")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_cancels_is_told_so_and_nothing_is_asked_of_the_provider() {
    let app = App::start_with_houses(Engine::Sqlite).await;
    for house in HOUSES {
        let browser = app.browser();
        let authorize = browser.start(&format!("/auth/{house}")).await;
        let callback = browser.consent(&authorize, "ada", "deny").await;
        is_refused(&app, &browser, &callback, "cancelled", &[]).await;
        arrives(&browser, "nomail", house).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_without_an_address_are_two_people() {
    let app = App::start_with_houses(Engine::Sqlite).await;
    let other =
        app.tell_sandbox("persons", json!({ "id": "nomail2", "name": "Nina", "email": null, "sub": "7" })).await;
    assert!(other.is_object(), "{other}");
    for (index, house) in HOUSES.into_iter().enumerate() {
        for person in ["nomail", "nomail2"] {
            let browser = app.browser();
            arrives(&browser, person, house).await;
            assert!(!browser.get("/dashboard").await.body.contains('@'), "{house} {person}");
        }
        let people = i64::try_from(2 * (index + 1)).expect("few");
        assert_eq!(app.rows().await, (people, people, people));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_nobody_verified_finds_nobody() {
    let app = App::start_with_houses(Engine::Sqlite).await;
    app.browser().signs_in_as("ada").await;
    // Linus's account says Ada's address, and no provider has verified it.
    app.tell_sandbox("persons/linus", json!({ "email": "ada@gmail.com", "email_verified": false })).await;
    for (index, house) in HOUSES.into_iter().enumerate() {
        let browser = app.browser();
        arrives(&browser, "linus", house).await;
        assert!(!browser.get("/dashboard").await.body.contains("Ada Lovelace"), "{house}");
        let people = i64::try_from(index + 2).expect("few");
        assert_eq!(app.rows().await, (people, people, people), "{house}");
    }
    let owners = "SELECT count(*) FROM users WHERE verified_email = 'ada@gmail.com'";
    assert_eq!(app.database.number(owners).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn facebooks_word_never_verifies_and_githubs_leads_to_a_question() {
    let app = App::start_with_houses(Engine::Sqlite).await;
    app.browser().signs_in_as("ada").await;
    let stranger = app.browser();
    arrives(&stranger, "ada", "facebook").await;
    assert_eq!(app.rows().await, (2, 2, 2), "another user, and Ada's is untouched");
    for house in ["github", "x"] {
        let browser = app.browser();
        let callback = browser.callback_url("ada", &format!("/auth/{house}")).await;
        let landed = browser.get(&callback).await;
        assert_eq!(parameter(landed.location(), "error"), "link_required", "{house}");
    }
    assert_eq!(app.rows().await, (2, 2, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_person_at_each_provider_is_an_identity_each() {
    let app = App::start_with_houses(Engine::Sqlite).await;
    for house in HOUSES {
        arrives(&app.browser(), "nomail", house).await;
    }
    let browser = app.browser();
    browser.signs_in_as("nomail").await;
    assert_eq!(app.rows().await, (4, 4, 4));
    assert_eq!(app.database.number("SELECT count(DISTINCT issuer) FROM identities").await, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_response_counts_on_its_own_providers_redirect_uri_only() {
    let app = App::start_with_houses(Engine::Sqlite).await;
    for from in HOUSES.into_iter().chain(["google", "microsoft"]) {
        for to in HOUSES.into_iter().chain(["google", "microsoft"]).filter(|to| *to != from) {
            let browser = app.browser();
            let callback = browser.callback_url("ada", &format!("/auth/{from}")).await;
            let moved = callback.replace(&format!("/callback/{from}?"), &format!("/callback/{to}?"));
            is_refused(&app, &browser, &moved, "response_mismatch", &[]).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_of_one_provider_buys_nothing_at_another() {
    let app = App::start_with_houses(Engine::Sqlite).await;
    for from in HOUSES {
        for to in HOUSES.into_iter().filter(|to| *to != from) {
            let (browser, victim) = (app.browser(), app.browser());
            let stolen = parameter(&victim.callback_url("ada", &format!("/auth/{from}")).await, "code");
            let callback = browser.callback_url("grace", &format!("/auth/{to}")).await;
            let mixed = with_parameter(&callback, "code", Some(&stolen));
            is_refused(&app, &browser, &mixed, "provider_refused", &["token"]).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_may_begin_to_name_itself_and_github_not_to_name_another() {
    let app = App::start_with_houses(Engine::Sqlite).await;
    for house in HOUSES {
        app.tell_sandbox(&format!("{house}/iss"), json!({ "iss": "right", "times": 1 })).await;
        arrives(&app.browser(), "nomail", house).await;
    }
    let browser = app.browser();
    app.tell_sandbox("github/iss", json!({ "iss": "wrong", "times": 1 })).await;
    let callback = browser.callback_url("nomail", "/auth/github").await;
    assert!(callback.contains("iss="), "{callback}");
    is_refused(&app, &browser, &callback, "response_mismatch", &[]).await;
    arrives(&browser, "nomail", "github").await;
}

#[rstest]
#[case::away(json!({ "kind": "status", "status": 503 }), "provider_unavailable")]
#[case::limited(json!({ "kind": "status", "status": 429 }), "provider_unavailable")]
#[case::withheld(json!({ "kind": "status", "status": 403 }), "provider_invalid")]
#[case::a_page(json!({ "kind": "answer", "status": 200, "content_type": "text/html", "body": "<html>" }), "provider_invalid")]
#[case::cut(json!({ "kind": "truncated" }), "provider_invalid")]
#[case::broken_off(json!({ "kind": "half_closed" }), "provider_unavailable")]
#[case::redirect(json!({ "kind": "redirect", "status": 307 }), "provider_invalid")]
#[case::huge(json!({ "kind": "huge", "bytes": 1_000_000 }), "provider_unavailable")]
#[tokio::test(flavor = "multi_thread")]
async fn without_the_document_that_says_who_it_is_nobody_signs_in(#[case] fault: Value, #[case] code: &str) {
    let app = App::start_with_houses(Engine::Sqlite).await;
    for house in HOUSES {
        let browser = app.browser();
        let callback = browser.callback_url("nomail", &format!("/auth/{house}")).await;
        let order = json!({ "endpoint": "userinfo", "fault": fault.clone(), "times": 1 });
        app.tell_sandbox(&format!("{house}/faults"), order).await;
        is_refused(&app, &browser, &callback, code, &["token", "userinfo"]).await;
        arrives(&browser, "nomail", house).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_that_name_nobody_sign_nobody_in() {
    let app = App::start_with_houses(Engine::Sqlite).await;
    for (house, asked) in [
        ("facebook", &["token", "userinfo"][..]),
        ("github", &["token", "userinfo", "emails"]),
        ("x", &["token", "userinfo"]),
    ] {
        let browser = app.browser();
        let callback = browser.callback_url("nomail", &format!("/auth/{house}")).await;
        let fault = json!({ "kind": "answer", "status": 200, "content_type": "application/json", "body": "{}" });
        app.tell_sandbox(&format!("{house}/faults"), json!({ "endpoint": "userinfo", "fault": fault, "times": 1 }))
            .await;
        is_refused(&app, &browser, &callback, "provider_invalid", asked).await;
    }
}

#[rstest]
#[case::github("github", 200, r#"{"error":"bad_verification_code","error_description":"x"}"#)]
#[case::facebook("facebook", 400, r#"{"error":{"message":"x","type":"OAuthException","code":100}}"#)]
#[case::facebook_with_200("facebook", 200, r#"{"error":{"message":"x","type":"OAuthException","code":100}}"#)]
#[case::x("x", 400, r#"{"error":"invalid_request","error_description":"x"}"#)]
#[tokio::test(flavor = "multi_thread")]
async fn each_providers_way_to_refuse_a_code_is_understood(
    #[case] house: &str,
    #[case] status: u16,
    #[case] body: &str,
) {
    let app = App::start_with_houses(Engine::Sqlite).await;
    let browser = app.browser();
    let callback = browser.callback_url("ada", &format!("/auth/{house}")).await;
    let fault = json!({ "kind": "answer", "status": status, "content_type": "application/json", "body": body });
    app.tell_sandbox(&format!("{house}/faults"), json!({ "endpoint": "token", "fault": fault, "times": 1 })).await;
    is_refused(&app, &browser, &callback, "provider_refused", &["token"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_a_tenants_administrator_typed_in_finds_nobody() {
    let app = App::start_with_houses(Engine::Sqlite).await;
    let (ada, mallory) = (app.browser(), app.browser());
    ada.signs_in_as("ada").await;
    arrives(&mallory, "mallory", "microsoft").await;
    assert!(!mallory.get("/dashboard").await.body.contains("Ada Lovelace"));
    assert_eq!(app.rows().await, (2, 2, 2));
    let owners = "SELECT count(*) FROM users WHERE verified_email = 'ada@gmail.com'";
    assert_eq!(app.database.number(owners).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_speaks_for_itself_only_and_its_cancel_is_a_cancel() {
    let app = App::start_with_houses(Engine::Sqlite).await;
    let browser = app.browser();
    let authorize = browser.start("/auth/microsoft").await;
    let callback = browser.consent(&authorize, "ada", "deny").await;
    is_refused(&app, &browser, &callback, "cancelled", &[]).await;
    arrives(&browser, "grace", "microsoft").await;
    // A token whose `tid` is another tenant's does not carry that tenant's issuer.
    let other = "00000000-0000-4000-8000-000000000001";
    for tid in [other, "common", "../x"] {
        let patch = json!({ "patch": { "claims": { "tid": tid } }, "times": 1 });
        app.tell_sandbox("microsoft/id_token", patch).await;
        let callback = browser.callback_url("grace", "/auth/microsoft").await;
        is_refused(&app, &browser, &callback, "provider_invalid", &["token"]).await;
    }
    arrives(&browser, "grace", "microsoft").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn githubs_addresses_may_be_withheld_but_not_lost() {
    let app = App::start_with_houses(Engine::Sqlite).await;
    let fault =
        |status: u16| json!({ "endpoint": "emails", "fault": { "kind": "status", "status": status }, "times": 1 });
    for status in [403, 404] {
        app.tell_sandbox("github/faults", fault(status)).await;
        let browser = app.browser();
        arrives(&browser, "ada", "github").await;
        assert!(!browser.get("/dashboard").await.body.contains("ada@gmail.com"));
    }
    let browser = app.browser();
    let callback = browser.callback_url("ada", "/auth/github").await;
    app.tell_sandbox("github/faults", fault(500)).await;
    is_refused(&app, &browser, &callback, "provider_unavailable", &["token", "userinfo", "emails"]).await;
    arrives(&browser, "ada", "github").await;
    assert!(browser.get("/dashboard").await.body.contains("ada@gmail.com"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_that_is_the_only_one_admitted_is_checked_in_the_claim() {
    let app = App::start_with(Engine::Sqlite, &[("GOOGLE_HD", "navy.example")]).await;
    let browser = app.browser();
    assert_eq!(parameter(&browser.start("/auth/google").await, "hd"), "navy.example");
    let callback = browser.callback_url("ada", "/auth/google").await;
    is_refused(&app, &browser, &callback, "not_permitted", &["token", "certs"]).await;
    browser.signs_in_as("grace").await;
}
