//! Group K: `return_to` leads to local pages only.

use rstest::rstest;
use url::Url;

use super::{app::App, browser::parameter, raw};

pub const HOSTILE: [&str; 26] = [
    "https://evil.example",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\/\\/evil.example",
    "\\\\evil.example",
    "/%5cevil.example",
    "/%2f%2fevil.example",
    "/%09/evil.example",
    "/\t/evil.example",
    "/%0d%0aLocation:%20//evil",
    "%0d%0aLocation:%20//evil",
    "https:evil.example",
    "http:evil.example",
    "https:/evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "https://app.example@evil.example",
    "@evil.example",
    ".evil.example",
    "/.//evil.example",
    "/a/..//evil.example",
    "/%2e%2e//evil.example",
    "/auth/logout",
    "/auth/google",
    "",
];

#[rstest]
#[case(0)]
#[case(1)]
#[case(2)]
#[tokio::test(flavor = "multi_thread")]
async fn no_payload_leads_off_site_after_a_sign_in(#[case] encoded: usize) {
    let app = App::builder().start().await;
    for payload in HOSTILE {
        let browser = app.browser();
        let start = format!("/auth/google?return_to={}", encode(payload, encoded));
        let callback = browser.callback_url("ada", &start).await;
        let landed = browser.get(&callback).await;
        assert_eq!(landed.status, 303, "{payload}");
        assert_local(&app, landed.location(), payload);
        // The final page is one of ours.
        assert!(matches!(browser.get(landed.location()).await.status, 200 | 404), "{payload}: {}", landed.location());
    }
}

#[rstest]
#[case(0)]
#[case(1)]
#[case(2)]
#[tokio::test(flavor = "multi_thread")]
async fn no_payload_passes_the_login_page(#[case] encoded: usize) {
    let app = App::builder().start().await;
    let (anonymous, signed_in) = (app.browser(), app.browser());
    signed_in.sign_in("ada").await;
    for payload in HOSTILE {
        let login = format!("/login?return_to={}", encode(payload, encoded));
        let page = anonymous.get(&login).await;
        assert_eq!(page.status, 200, "{payload}");
        for link in page.body.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap_or_default()) {
            let return_to = parameter(&link.replace("&amp;", "&"), "return_to");
            assert_local(&app, link, payload);
            assert_local(&app, &return_to, payload);
        }
        let past = signed_in.get(&login).await;
        assert_eq!(past.status, 303, "{payload}");
        assert_local(&app, past.location(), payload);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn local_pages_are_reached_with_any_query() {
    let app = App::builder().start().await;
    for (asked_for, led_to) in [
        ("/x?next=//evil.example", "/x?next=//evil.example"),
        ("/dashboard?a=1&b=%26", "/dashboard?a=1&b=%26"),
        ("/a/../dashboard", "/dashboard"),
        ("/gr%C3%B6%C3%9Fe", "/gr%C3%B6%C3%9Fe"),
    ] {
        let browser = app.browser();
        let callback = browser.callback_url("ada", &format!("/auth/google?return_to={}", encode(asked_for, 1))).await;
        assert_eq!(browser.get(&callback).await.location(), led_to);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_or_repeated_return_to_leads_to_the_dashboard() {
    let app = App::builder().start().await;
    for query in [format!("return_to=/{}", "a".repeat(2100)), "return_to=/x&return_to=/y".to_owned()] {
        let browser = app.browser();
        let callback = browser.callback_url("ada", &format!("/auth/google?{query}")).await;
        assert_eq!(browser.get(&callback).await.location(), "/dashboard");
    }
    for path in ["/auth/google", "/login", "/dashboard"] {
        let line = format!("GET {path}?return_to=/{}", "a".repeat(100 * 1024));
        assert!(matches!(raw::request(&app, &line, &[]).await.status, 0 | 414 | 431), "{path}");
    }
    app.browser().sign_in("ada").await;
}

#[tokio::test]
async fn no_line_break_reaches_a_header() {
    let app = App::builder().start().await;
    for path in ["/auth/google", "/login", "/dashboard", "/auth/callback/google"] {
        for payload in [
            "%0d%0aSet-Cookie:%20x=y",
            "/%0d%0aSet-Cookie:%20x=y",
            "/a%0aSet-Cookie:x=y",
            "/%E5%98%8A%E5%98%8DSet-Cookie:x=y",
        ] {
            let line = format!(
                "GET {path}?return_to={payload}&error={payload}&state={payload}&provider={payload}&x={payload}"
            );
            let answer = raw::request(&app, &line, &[]).await;
            assert!(matches!(answer.status, 200 | 303), "{line}: {}", answer.head);
            assert!(
                !answer.head.contains("\nset-cookie: x=y") && !answer.head.contains("\nset-cookie:x=y"),
                "{}",
                answer.head
            );
        }
    }
}

/// As a browser would resolve it.
pub fn assert_local(app: &App, location: &str, payload: &str) {
    let home = Url::parse(&app.origin).expect("our origin");
    let end = home.join(location).unwrap_or_else(|error| panic!("{payload}: {location}: {error}"));
    assert_eq!(end.origin(), home.origin(), "{payload}: {location}");
}

fn encode(text: &str, times: usize) -> String {
    // Browsers send a URL in a query unchanged, except for characters that would end it.
    let once = |text: String| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    (0..times).fold(text.to_owned(), |text, _| once(text))
}
