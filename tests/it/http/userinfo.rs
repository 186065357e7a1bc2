//! Group F: providers whose id_token leaves claims to userinfo.

use serde_json::{Value, json};

use super::{app::App, browser::parameter};

#[tokio::test(flavor = "multi_thread")]
async fn userinfo_is_requested_when_the_id_token_lacks_claims() {
    let app = App::builder().other_provider().start().await;
    let complete = app.browser();
    assert_eq!(sign_in_with(&app, &complete, json!({}), None).await, "/dashboard");
    assert!(!requests(&app).await.contains(&"other userinfo".to_owned()));

    let completed = app.browser();
    assert_eq!(sign_in_with(&app, &completed, json!({ "remove": ["name", "email"] }), None).await, "/dashboard");
    assert_eq!(requests(&app).await.iter().filter(|endpoint| *endpoint == "other userinfo").count(), 1);
    let page = completed.get("/dashboard").await.body;
    assert!(page.contains("Ada Lovelace") && page.contains("ada@gmail.com"), "{page}");

    let requests = app.requests(app.other.as_ref().expect("another").origin()).await;
    let request = requests.iter().find(|request| request["endpoint"] == "userinfo").expect("a request");
    assert_eq!(request["headers"]["authorization"], "bearer");
    assert!(request["query"].as_object().is_some_and(serde_json::Map::is_empty), "{request}");
}

#[tokio::test(flavor = "multi_thread")]
async fn userinfo_for_another_subject_is_rejected() {
    let app = App::builder().other_provider().start().await;
    let browser = app.browser();
    browser.sign_in("grace").await;
    let rows = app.rows().await;
    for sub in [json!("199999999999999999999"), json!("")] {
        let error = json!({ "kind": "patch", "set": { "sub": sub } });
        let location = sign_in_with(&app, &browser, json!({ "remove": ["name"] }), Some(error)).await;
        if parameter(&location, "error").is_empty() {
            // Without a usable `sub` it is not userinfo: the id_token alone counts.
            assert_eq!(sub, json!(""), "{location}");
            continue;
        }
        assert_eq!(parameter(&location, "error"), "provider_invalid");
        assert_eq!(app.rows().await, rows);
        assert!(browser.get("/dashboard").await.body.contains("Grace Hopper"));
    }
    assert_eq!(sign_in_with(&app, &browser, json!({ "remove": ["name"] }), None).await, "/dashboard");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_userinfo_the_id_token_suffices() {
    let app = App::builder().other_provider().start().await;
    for error in [
        json!({ "kind": "status", "status": 500 }),
        json!({ "kind": "status", "status": 401 }),
        json!({ "kind": "answer", "content_type": "text/html", "body": "<!doctype html>" }),
        json!({ "kind": "answer", "body": "{}" }),
        json!({ "kind": "truncated" }),
        json!({ "kind": "half_closed" }),
        json!({ "kind": "huge" }),
        json!({ "kind": "redirect", "status": 302 }),
    ] {
        let browser = app.browser();
        eprintln!("{error}");
        assert_eq!(sign_in_with(&app, &browser, json!({ "remove": ["name"] }), Some(error)).await, "/dashboard");
        let page = browser.get("/dashboard").await.body;
        assert!(page.contains("ada@gmail.com") && !page.contains("Lovelace"), "{page}");
    }
    assert_eq!(app.rows().await, (1, 1, 8));
    assert!(!requests(&app).await.contains(&"other trap".to_owned()));
}

/// Ada signs in at the other provider, with a patched id_token and userinfo; returns where she ends.
async fn sign_in_with(app: &App, browser: &super::browser::Browser, patch: Value, userinfo: Option<Value>) -> String {
    app.control_other("google/id_token", json!({ "patch": patch, "times": 1 })).await;
    if let Some(error) = userinfo {
        app.control_other("google/faults", json!({ "endpoint": "userinfo", "fault": error, "times": 1 })).await;
    }
    let callback = browser.callback_url("ada", "/auth/other").await;
    let page = browser.get(&callback).await;
    assert_eq!(page.status, 303, "{page:?}");
    page.location().to_owned()
}

async fn requests(app: &App) -> Vec<String> {
    app.requested_endpoints().await
}
