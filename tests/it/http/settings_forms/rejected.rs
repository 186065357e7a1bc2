//! Forms of other sites, in another shape, or by another method.

use latchkey::account::FORMS;
use reqwest::Method;
use rstest::rstest;

use super::{ADA, ada};
use crate::http::{app::App, browser::navigating};

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn cross_site_forms_are_rejected(#[values("server", "jwt")] mode: &str) {
    let (app, browser) = ada(App::builder().mode(mode)).await;
    let (methods, rows) = (app.methods().await, app.all_rows().await);
    let foreign: [&[(&str, &str)]; 8] = [
        &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")],
        &[("sec-fetch-site", "same-site"), ("origin", "https://evil.example")],
        &[("sec-fetch-site", "cross-site"), ("origin", "null")],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[],
    ];
    for path in FORMS.map(|form| form.path) {
        for headers in foreign {
            let request =
                browser.request(Method::POST, path).header("content-type", "application/x-www-form-urlencoded");
            let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
            let body = "provider=google&word=delete&email=eve%40evil.example&password=correct+horse+battery+staple";
            let page = browser.send(navigating(request.body(body))).await;
            assert_eq!((page.status, page.set_cookies().len()), (403, 0), "{path} {headers:?}");
        }
    }
    assert_eq!((app.methods().await, app.all_rows().await), (methods, rows));
    assert_eq!(app.emails().await, []);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn forms_in_another_shape_are_rejected(#[values("server", "jwt")] mode: &str) {
    let (app, browser) = ada(App::builder().mode(mode).with("ADMINS", ADA)).await;
    let (methods, rows) = (app.methods().await, app.all_rows().await);
    let own = |method: Method, path: &str| {
        navigating(browser.request(method, path)).header("origin", &app.origin).header("sec-fetch-site", "same-origin")
    };
    let form = "word=delete&password=correct+horse+battery+staple&provider=google";
    for path in FORMS.map(|form| form.path) {
        for kind in [
            "text/plain",
            "multipart/form-data; boundary=x",
            "application/json",
            "application/cbor",
            "application/octet-stream",
            "",
        ] {
            let request = own(Method::POST, path);
            let request = if kind.is_empty() { request } else { request.header("content-type", kind) };
            assert_eq!(browser.send(request.body(form)).await.status, 415, "{path} {kind}");
        }
        let urlencoded = |body: &str| {
            own(Method::POST, path).header("content-type", "application/x-www-form-urlencoded").body(body.to_owned())
        };
        for twice in ["word=delete&word=x", "password=a&password=b", "a=1&%61=2", &format!("{form}&provider=github")] {
            assert_eq!(browser.send(urlencoded(twice)).await.status, 400, "{path} {twice}");
        }
        let long = format!("password={}", "a".repeat(40 * 1024));
        assert_eq!(browser.send(urlencoded(&long)).await.status, 413, "{path}");
        for method in [Method::PUT, Method::PATCH, Method::DELETE] {
            let status = if path.starts_with("/admin/") { 404 } else { 405 };
            assert_eq!(browser.send(own(method.clone(), path)).await.status, status, "{method} {path}");
        }
    }
    assert_eq!((app.methods().await, app.all_rows().await), (methods, rows));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn forms_reject_get(#[values("server", "jwt")] mode: &str) {
    let (app, browser) = ada(App::builder().mode(mode)).await;
    let (methods, rows) = (app.methods().await, app.all_rows().await);
    for path in FORMS.map(|form| form.path) {
        let query =
            "?provider=google&word=delete&password=correct+horse+battery+staple&session=x&email=e%40evil.example";
        for method in [Method::GET, Method::HEAD] {
            let request = navigating(browser.request(method.clone(), &format!("{path}{query}")));
            let page = browser.send(request).await;
            // Some paths have a page as well.
            let is_page = page.status == 200 && path.starts_with("/settings/");
            assert!(is_page || matches!(page.status, 404 | 405), "{method} {path}: {page:?}");
            // This page keeps the key that it shows.
            let kept = if path == "/settings/authenticator" && is_page { "enrolment=" } else { "no cookie" };
            assert!(page.set_cookies().iter().all(|cookie| cookie.contains(kept)), "{path}: {page:?}");
        }
    }
    assert_eq!((app.methods().await, app.all_rows().await), (methods, rows));
}
