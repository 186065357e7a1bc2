//! Group F: the userinfo endpoint of a provider that leaves claims to it.

use serde_json::{Value, json};

use super::{app::App, browser::parameter};
use crate::support::database::Engine;

#[tokio::test(flavor = "multi_thread")]
async fn userinfo_is_asked_where_the_id_token_leaves_something_out() {
    let app = App::start_with_other(Engine::Sqlite).await;
    let complete = app.browser();
    assert_eq!(arrive(&app, &complete, json!({}), None).await, "/dashboard");
    assert!(!asked(&app).await.contains(&"other userinfo".to_owned()));

    let completed = app.browser();
    assert_eq!(arrive(&app, &completed, json!({ "remove": ["name", "email"] }), None).await, "/dashboard");
    assert_eq!(asked(&app).await.iter().filter(|endpoint| *endpoint == "other userinfo").count(), 1);
    let page = completed.get("/dashboard").await.body;
    assert!(page.contains("Ada Lovelace") && page.contains("ada@gmail.com"), "{page}");

    let requests = app.requests(app.other.as_ref().expect("another").origin()).await;
    let request = requests.iter().find(|request| request["endpoint"] == "userinfo").expect("a request");
    assert_eq!(request["headers"]["authorization"], "bearer");
    assert!(request["query"].as_object().is_some_and(serde_json::Map::is_empty), "{request}");
}

#[tokio::test(flavor = "multi_thread")]
async fn userinfo_about_somebody_else_is_refused() {
    let app = App::start_with_other(Engine::Sqlite).await;
    let browser = app.browser();
    browser.signs_in_as("grace").await;
    let rows = app.rows().await;
    for sub in [json!("199999999999999999999"), json!("")] {
        let error = json!({ "kind": "patch", "set": { "sub": sub } });
        let location = arrive(&app, &browser, json!({ "remove": ["name"] }), Some(error)).await;
        if parameter(&location, "error").is_empty() {
            // Without a usable `sub` it is no userinfo at all: the id_token is what there is.
            assert_eq!(sub, json!(""), "{location}");
            continue;
        }
        assert_eq!(parameter(&location, "error"), "provider_invalid");
        assert_eq!(app.rows().await, rows);
        assert!(browser.get("/dashboard").await.body.contains("Grace Hopper"));
    }
    assert_eq!(arrive(&app, &browser, json!({ "remove": ["name"] }), None).await, "/dashboard");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_userinfo_the_id_token_is_what_there_is() {
    let app = App::start_with_other(Engine::Sqlite).await;
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
        assert_eq!(arrive(&app, &browser, json!({ "remove": ["name"] }), Some(error)).await, "/dashboard");
        let page = browser.get("/dashboard").await.body;
        assert!(page.contains("ada@gmail.com") && !page.contains("Lovelace"), "{page}");
    }
    assert_eq!(app.rows().await, (1, 1, 8));
    assert!(!asked(&app).await.contains(&"other trap".to_owned()));
}

/// Ada's sign-in at the other provider, with her id_token bent and its userinfo: where she lands.
async fn arrive(app: &App, browser: &super::browser::Browser, patch: Value, userinfo: Option<Value>) -> String {
    app.tell_other("google/id_token", json!({ "patch": patch, "times": 1 })).await;
    if let Some(error) = userinfo {
        app.tell_other("google/faults", json!({ "endpoint": "userinfo", "fault": error, "times": 1 })).await;
    }
    let callback = browser.callback_url("ada", "/auth/other").await;
    let page = browser.get(&callback).await;
    assert_eq!(page.status, 303, "{page:?}");
    page.location().to_owned()
}

async fn asked(app: &App) -> Vec<String> {
    app.asked().await
}
