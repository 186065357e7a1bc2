//! Unsafe requests from other origins.

use reqwest::Method;
use rstest::rstest;

use super::{app::App, browser::navigating};

/// The headers that name a request's source; `OWN` stands for our origin.
type Says = &'static [(&'static str, &'static str)];

#[rstest]
#[case::own_page(&[("sec-fetch-site", "same-origin"), ("origin", "OWN")])]
#[case::own_page_without_origin(&[("sec-fetch-site", "same-origin")])]
#[case::old_browser(&[("origin", "OWN")])]
#[case::typed_by_the_person(&[("sec-fetch-site", "none")])]
#[tokio::test]
async fn our_own_page_can_sign_out(#[case] says: Says) {
    assert_eq!(sign_out(says).await, (303, false));
}

#[rstest]
#[case::neither(&[])]
#[case::cross_site(&[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")])]
#[case::cross_site_without_origin(&[("sec-fetch-site", "cross-site")])]
#[case::same_site(&[("sec-fetch-site", "same-site"), ("origin", "http://evil.localhost")])]
#[case::same_site_without_origin(&[("sec-fetch-site", "same-site")])]
#[case::null(&[("origin", "null")])]
#[case::null_cross_site(&[("sec-fetch-site", "cross-site"), ("origin", "null")])]
#[case::foreign(&[("origin", "https://evil.example")])]
#[case::our_name_as_a_prefix(&[("origin", "OWN.evil.example")])]
#[case::another_port(&[("origin", "http://localhost:1")])]
#[case::empty(&[("origin", "")])]
#[case::unknown_word(&[("sec-fetch-site", "same-origin-ish")])]
#[case::referer_alone(&[("referer", "OWN/dashboard")])]
#[tokio::test]
async fn other_sites_cannot_sign_out(#[case] says: Says) {
    assert_eq!(sign_out(says).await, (403, true));
}

#[tokio::test]
async fn the_origin_check_covers_every_unsafe_route() {
    let app = App::builder().start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    let paths =
        ["/", "/login", "/dashboard", "/auth/google", "/auth/callback/google", "/auth/logout", "/auth/callback", "/x"];
    for path in paths {
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            for kind in [
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=x",
                "text/plain",
                "application/json",
            ] {
                let request = browser.request(method.clone(), path).header("content-type", kind).body("{}");
                let foreign = request.header("origin", "https://evil.example").header("sec-fetch-site", "cross-site");
                assert_eq!(browser.send(foreign).await.status, 403, "{method} {path} {kind}");
            }
        }
    }
    assert!(browser.is_signed_in().await);
}

#[tokio::test]
async fn sign_out_needs_post_and_ignores_the_body() {
    let app = App::builder().start().await;
    for kind in
        ["text/plain", "multipart/form-data; boundary=x", "application/json", "application/x-www-form-urlencoded"]
    {
        let browser = app.browser();
        browser.sign_in("ada").await;
        let get = browser.get("/auth/logout").await;
        assert_eq!((get.status, get.header("allow")), (405, "POST"));
        assert!(browser.is_signed_in().await);
        let request = browser.request(Method::POST, "/auth/logout").header("origin", &app.origin);
        let out = browser.send(navigating(request).header("content-type", kind).body("x")).await;
        assert_eq!((out.status, out.location()), (303, "/login?signed_out=1"), "{kind}: {out:?}");
        assert!(out.body.is_empty());
        assert!(!browser.is_signed_in().await);
    }
}

/// Posts to `/auth/logout` from a signed-in browser; returns the status, and whether the session still exists.
async fn sign_out(says: Says) -> (u16, bool) {
    let app = App::builder().start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    let request = says.iter().fold(browser.request(Method::POST, "/auth/logout"), |request, (name, value)| {
        request.header(*name, value.replace("OWN", &app.origin))
    });
    let page = browser.send(navigating(request)).await;
    assert_eq!(page.set_cookies().is_empty(), page.status == 403, "{page:?}");
    (page.status, browser.is_signed_in().await)
}
