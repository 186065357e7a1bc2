//! Sign in with Apple: `form_post`, and the name that comes only once.

use reqwest::Method;
use rstest::rstest;

use super::{
    app::App,
    browser::{Browser, Page, navigating},
};
use crate::support::database::Engine;

/// Decides at the sandbox's Apple and posts the resulting form as a browser would, without our cookies; returns the
/// path and query that this leads to.
pub async fn decide(app: &App, browser: &Browser, authorize: &str, fields: &str) -> String {
    let (endpoint, query) = authorize.split_once('?').expect("a query");
    let answer = browser
        .client
        .post(format!("{endpoint}/consent?{query}"))
        .header("origin", app.sandbox.origin())
        .header("content-type", "application/x-www-form-urlencoded")
        .body(fields.to_owned())
        .send()
        .await
        .expect("the sandbox answers");
    let page = answer.text().await.expect("a page");
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    for name in ["code", "state", "user", "iss", "error"] {
        if let Some(value) = hidden(&page, name) {
            form.append_pair(name, &value);
        }
    }
    let elsewhere = app.browser();
    let post = navigating(elsewhere.request(Method::POST, "/auth/callback/apple"))
        .header("origin", app.sandbox.origin())
        .header("sec-fetch-site", "cross-site")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form.finish());
    let led_on = elsewhere.send(post).await;
    assert_eq!(led_on.status, 303, "{led_on:?}");
    for (name, value) in elsewhere.cookies() {
        browser.set_cookie(&name, &value);
    }
    led_on.location().to_owned()
}

async fn sign_in_again(app: &App, browser: &Browser, person: &str, choices: &str) -> Page {
    let authorize = browser.start_flow("/auth/apple").await;
    let callback = decide(app, browser, &authorize, &format!("person={person}&decision=allow{choices}")).await;
    browser.get(&callback).await
}

/// The value of a hidden field.
fn hidden(page: &str, name: &str) -> Option<String> {
    let field = page.split("<input").find(|field| field.contains(&format!("name=\"{name}\"")))?;
    let value = field.split("value=\"").nth(1)?.split('"').next()?;
    Some(value.replace("&quot;", "\"").replace("&#34;", "\"").replace("&#39;", "'").replace("&amp;", "&"))
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn apples_name_is_kept_from_the_first_sign_in(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).providers().start().await;
    let (browser, again) = (app.browser(), app.browser());
    let landed = sign_in_again(&app, &browser, "ada", "").await;
    assert_eq!((landed.status, landed.location()), (303, "/dashboard"), "{landed:?}");
    let landed = sign_in_again(&app, &again, "ada", "").await;
    assert_eq!((landed.status, landed.location()), (303, "/dashboard"), "{landed:?}");
    assert_eq!(app.rows().await, (1, 1, 2));
    let page = again.get("/dashboard").await.body;
    assert!(page.contains("Ada Lovelace"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hidden_email_is_apples_relay() {
    let app = App::builder().providers().start().await;
    let browser = app.browser();
    let landed = sign_in_again(&app, &browser, "ada", "&email=hide").await;
    assert_eq!((landed.status, landed.location()), (303, "/dashboard"), "{landed:?}");
    let address = app.database.text("SELECT verified_email FROM users").await;
    assert!(address.ends_with("@privaterelay.appleid.com"), "{address}");
}
