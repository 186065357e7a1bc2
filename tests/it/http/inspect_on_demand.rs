//! Recording on demand: an administrator switches it on, for everybody or for one browser.

use reqwest::Method;

use super::{
    app::App,
    browser::{Browser, Page, navigating},
};

/// As from another machine, since the tests' own is a developer's.
async fn from_elsewhere(browser: &Browser, method: Method, path: &str, form: &str) -> Page {
    let request = navigating(browser.request(method, path))
        .header("host", "elsewhere.example")
        .header("origin", browser.origin())
        .header("content-type", "application/x-www-form-urlencoded");
    browser.send(request.body(form.to_owned())).await
}

async fn list(browser: &Browser) -> String {
    let page = from_elsewhere(browser, Method::GET, "/inspect", "").await;
    assert_eq!(page.status, 200, "{page:?}");
    page.body
}

async fn switch(browser: &Browser, of: &str) -> Page {
    from_elsewhere(browser, Method::POST, "/inspect/recording", &format!("of={of}")).await
}

async fn on_demand() -> (App, Browser) {
    let app = App::builder().with("INSPECT", "on-demand").with("ADMINS", "ada@gmail.com").start().await;
    let ada = app.browser();
    ada.sign_in("ada").await;
    (app, ada)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_records_everybody_until_it_is_stopped() {
    let (app, ada) = on_demand().await;
    let page = list(&ada).await;
    assert!(page.contains("Nothing is recorded at present.") && page.contains("Nothing yet"), "{page}");

    assert_eq!(switch(&ada, "everyone").await.location(), "/inspect");
    app.browser().sign_in("grace").await;
    let page = list(&ada).await;
    assert!(page.contains("Every sign-in is recorded until ") && page.contains("Sign-in with Google"), "{page}");

    assert_eq!(switch(&ada, "nobody").await.location(), "/inspect");
    app.browser().sign_in("ada").await;
    let page = list(&ada).await;
    assert!(page.contains("Nothing is recorded at present."), "{page}");
    assert_eq!(page.matches("Sign-in with Google</a>").count(), 1, "{page}");
    let trail = app.events().await;
    assert!(trail.contains("inspect  started [\"everyone\"]") && trail.contains("inspect  stopped"), "{trail}");
    let activity = ada.get("/settings/activity").await.body;
    assert!(activity.contains("Had all sign-ins recorded for ten minutes"), "{activity}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_records_the_browser_that_agrees_and_no_other() {
    let (app, ada) = on_demand().await;
    switch(&ada, "one_browser").await;
    let page = list(&ada).await;
    let (_, rest) = page.split_once(&format!("{}/inspect/recording/", app.origin)).expect("a link");
    let link = format!("/inspect/recording/{}", rest.split('<').next().unwrap_or_default());

    let (grace, other) = (app.browser(), app.browser());
    other.sign_in("ada").await;
    assert!(list(&ada).await.contains("Nothing yet"));
    let offer = grace.get(&link).await;
    assert!(offer.status == 200 && offer.body.contains("Record your next sign-in?"), "{offer:?}");
    assert!(offer.set_cookies().is_empty(), "nobody has agreed yet");
    let agreed = grace.post_unchanged(&link, "").await;
    assert_eq!(agreed.location(), "/login");
    assert!(agreed.set_cookies()[0].contains("HttpOnly") && agreed.set_cookies()[0].contains("Max-Age=600"));
    grace.sign_in("grace").await;
    let page = list(&ada).await;
    assert!(page.contains("Sign-in with Google") && page.contains("One browser has accepted its link"), "{page}");

    // A second browser comes too late.
    assert_eq!(other.get(&link).await.status, 404);
    assert_eq!(other.post_unchanged(&link, "").await.status, 404);
    assert!(app.events().await.contains("inspect  started [\"one_browser\"]"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_but_an_administrator_with_a_recent_proof_switches_it_on() {
    let (app, ada) = on_demand().await;
    let grace = app.browser();
    grace.sign_in("grace").await;
    for stranger in [&grace, &app.browser()] {
        assert_eq!(switch(stranger, "everyone").await.status, 404);
    }
    assert_eq!(switch(&ada, "somebody").await.status, 400);
    app.advance(11 * 60).await;
    assert_eq!(switch(&ada, "everyone").await.location(), "/confirm?return_to=%2Finspect");
    assert!(!app.events().await.contains("started"));
    assert_eq!(app.browser().get("/inspect/recording/unknown").await.status, 404);

    let always = App::builder().start().await;
    let developer = always.browser();
    assert_eq!(developer.submit("/inspect/recording", &[("of", "everyone")]).await.status, 404);
    assert!(!developer.get("/inspect").await.body.contains("Record for ten minutes"));
}
