//! Prefetches of URLs that start a flow or use one up.

use reqwest::Method;
use rstest::rstest;

use super::{
    account::{PASSWORD, token_of},
    app::App,
    browser::{Browser, Page, navigating},
};

async fn prefetch(browser: &Browser, path: &str, header: (&str, &str)) -> Page {
    browser.send(navigating(browser.request(Method::GET, path)).header(header.0, header.1)).await
}

fn assert_refused(page: &Page) {
    // A browser keeps a prefetched 204, and would do nothing at the click.
    assert_eq!((page.status, page.header("cache-control").contains("no-store")), (503, true), "{page:?}");
    assert!(page.location().is_empty() && page.set_cookies().is_empty(), "{page:?}");
}

#[rstest]
#[case::standard(("sec-purpose", "prefetch"))]
#[case::prerender(("sec-purpose", "prefetch;prerender"))]
#[case::chromium(("purpose", "prefetch"))]
#[case::safari(("x-purpose", "preview"))]
#[case::firefox(("x-moz", "prefetch"))]
#[tokio::test(flavor = "multi_thread")]
async fn a_prefetch_leaves_the_flow_to_the_navigation(
    #[case] header: (&str, &str),
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::builder().mode(mode).start().await;
    let browser = app.browser();
    assert_refused(&prefetch(&browser, "/auth/google", header).await);
    let callback = browser.callback_url("ada", "/auth/google?return_to=/settings").await;
    assert_refused(&prefetch(&browser, &callback, header).await);
    assert_eq!(app.rows().await, (0, 0, 0));
    assert!(!app.requested_endpoints().await.iter().any(|endpoint| endpoint == "token"));
    assert_eq!(browser.get(&callback).await.location(), "/settings");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prefetch_does_not_open_an_email_link() {
    let app = App::builder().start().await;
    let browser = app.browser();
    browser.request_sign_up("ada@example.com", PASSWORD).await;
    let token = token_of(&app.one_email().await);
    let link = format!("/auth/email-link?token={}", token.expose());
    assert_refused(&prefetch(&browser, &link, ("sec-purpose", "prefetch")).await);
    assert_eq!(browser.get(&link).await.location(), "/verify-email");
}
