//! Group N: the headers of every response, and error pages.

use std::collections::HashSet;

use reqwest::Method;

use super::{
    app::App,
    browser::{Browser, Page, navigating},
};

const EVERYWHERE: [(&str, &str); 5] = [
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-permitted-cross-domain-policies", "none"),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_has_the_security_headers() {
    let app = App::builder().start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    let post = |path: &str| browser.request(Method::POST, path);
    let mut pages = vec![
        (200, browser.get("/dashboard").await),
        (200, browser.get("/login?error=cancelled").await),
        (200, browser.get("/healthz").await),
        (200, browser.get("/readyz").await),
        (204, browser.send(browser.request(Method::HEAD, "/auth/google")).await),
        (303, browser.get("/").await),
        (303, browser.get("/auth/google").await),
        (303, browser.get("/auth/callback/google?code=c&state=s").await),
        (404, browser.get("/nothing").await),
        (404, browser.get("/auth/nobody").await),
        (404, browser.send(browser.request(Method::GET, "/nothing")).await),
        (404, browser.get("/pkg/../Cargo.toml").await),
        (405, browser.get("/auth/logout").await),
        (405, browser.post("/login", "").await),
        (403, browser.send(navigating(post("/auth/logout"))).await),
        (413, browser.post("/auth/logout", &"x".repeat(100 * 1024)).await),
    ];
    app.database.execute("UPDATE users SET verified_email = 'nonsense'").await;
    pages.push((500, browser.get("/dashboard").await));
    app.store.close().await;
    pages.push((503, browser.get("/dashboard").await));
    pages.push((503, browser.get("/readyz").await));
    for (status, page) in pages {
        assert_eq!(page.status, status, "{page:?}");
        has_every_header(&page);
        let is_html = page.header("content-type").starts_with("text/html");
        assert_eq!(
            page.header("cache-control"),
            if is_html { "no-store, no-transform" } else { "no-store" },
            "{page:?}"
        );
    }
}

fn has_every_header(page: &Page) {
    for (name, value) in EVERYWHERE {
        assert_eq!(page.header(name), value, "{name}: {page:?}");
        assert_eq!(page.headers.get_all(name).iter().count(), 1, "{name}: {page:?}");
    }
    assert!(matches!(page.header("referrer-policy"), "same-origin" | "no-referrer"), "{page:?}");
    assert!(page.header("permissions-policy").contains("camera=()"), "{page:?}");
    assert!(!page.header("x-request-id").is_empty(), "{page:?}");
    assert!(page.headers.get("server").is_none() && page.headers.get("access-control-allow-origin").is_none());
    assert!(page.headers.get("strict-transport-security").is_none(), "plain http must not promise https");
    policy_is_strict(page.header("content-security-policy"));
}

fn policy_is_strict(policy: &str) {
    for directive in [
        "default-src 'none'",
        "style-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "object-src 'none'",
    ] {
        assert!(policy.split(';').any(|part| part.trim() == directive), "{directive}: {policy}");
    }
    let scripts = policy.split(';').find(|part| part.trim().starts_with("script-src")).expect("script-src");
    assert!(scripts.contains("'nonce-") && scripts.contains("'strict-dynamic'"), "{policy}");
    let unsafe_ones: Vec<_> = policy.split([' ', ';']).filter(|source| source.contains("unsafe")).collect();
    assert_eq!(unsafe_ones, ["'wasm-unsafe-eval'"]);
    assert!(
        !policy.contains('*') || policy.contains("img-src 'self' data: https://*.googleusercontent.com"),
        "{policy}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn built_files_have_the_headers_and_are_cacheable() {
    let app = App::builder().start().await;
    let browser = app.browser();
    // In development, built files are read from disk; there may be none yet.
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/site/http-tests");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("file.svg"), "<svg/>").expect("a file");
    std::fs::write(folder.join("file.css"), "p {}").expect("a file");
    let style = browser.get("/http-tests/file.css").await;
    let first = browser.get("/http-tests/file.svg").await;
    let known = browser.request(Method::GET, "/http-tests/file.svg").header("if-none-match", first.header("etag"));
    let second = browser.send(known).await;
    let posted = browser.post("/http-tests/file.svg", "").await;
    std::fs::remove_dir_all(&folder).expect("it goes again");

    assert_eq!((first.status, first.body.as_str(), first.header("content-type")), (200, "<svg/>", "image/svg+xml"));
    assert_eq!((second.status, second.body.as_str()), (304, ""));
    assert_eq!(posted.status, 404);
    for page in [first, second] {
        assert_eq!(page.header("cache-control"), "no-cache");
        for (name, value) in EVERYWHERE {
            assert_eq!(page.header(name), value, "{name}: {page:?}");
        }
        policy_is_strict(page.header("content-security-policy"));
        assert!(page.set_cookies().is_empty());
    }

    // It is no document, and needs no policy of one.
    assert_eq!((style.status, style.header("content-type")), (200, "text/css; charset=utf-8"));
    for (name, value) in EVERYWHERE {
        assert_eq!(style.header(name), value, "{name}: {style:?}");
    }
    assert_eq!(style.header("content-security-policy"), "default-src 'none'; frame-ancestors 'none'");
    assert!(style.headers.get("permissions-policy").is_none(), "{style:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_csp_nonce_is_new_and_matches_the_scripts() {
    let app = App::builder().start().await;
    let browser = app.browser();
    let mut seen = HashSet::new();
    for _ in 0..200 {
        let page = browser.get("/login").await;
        let nonce = nonce(&page);
        assert!(nonce.len() >= 22, "128 bit at least: {nonce}");
        assert!(every_script_has(&page, &nonce), "{}", page.body);
        assert!(seen.insert(nonce), "a nonce came twice");
    }
    browser.sign_in("ada").await;
    let page = browser.get("/dashboard").await;
    assert!(every_script_has(&page, &nonce(&page)), "{}", page.body);
}

fn nonce(page: &Page) -> String {
    let policy = page.header("content-security-policy");
    let rest = policy.split("'nonce-").nth(1).unwrap_or_else(|| panic!("{policy}"));
    rest.split('\'').next().expect("an end").to_owned()
}

/// Every script element has the nonce, and there are no inline handlers or styles and no `javascript:` URLs.
fn every_script_has(page: &Page, nonce: &str) -> bool {
    let tags: Vec<_> = page.body.split('<').filter(|tag| tag.starts_with("script")).collect();
    let tags_have =
        tags.iter().all(|tag| tag.split('>').next().is_some_and(|tag| tag.contains(&format!("nonce=\"{nonce}\""))));
    !tags.is_empty()
        && tags_have
        && ![" onclick=", " onload=", " style=\"", "javascript:"].iter().any(|x| page.body.contains(x))
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_are_pages_for_browsers_and_text_for_programs() {
    let app = App::builder().start().await;
    let browser = app.browser();
    for (status, request) in errors(&browser) {
        let page = browser.send(navigating(request)).await;
        assert_eq!((page.status, page.header("content-type")), (status, "text/html; charset=utf-8"), "{page:?}");
        assert!(page.body.contains("<h1") && page.body.contains("href=\"/\"") && !page.body.contains("<script"));
    }
    for (status, request) in errors(&browser) {
        let page = browser.send(request.header("accept", "*/*")).await;
        assert_eq!((page.status, page.header("content-type")), (status, "text/plain; charset=utf-8"), "{page:?}");
        assert!(page.body.len() < 100 && page.body.ends_with('\n'), "{}", page.body);
    }
}

fn errors(browser: &Browser) -> Vec<(u16, reqwest::RequestBuilder)> {
    let post = |path: &str| browser.request(Method::POST, path).header("sec-fetch-site", "same-origin");
    vec![
        (404, browser.request(Method::GET, "/nothing")),
        (404, browser.request(Method::GET, "/auth/nobody")),
        (405, browser.request(Method::GET, "/auth/logout")),
        (405, post("/dashboard")),
        (403, browser.request(Method::POST, "/auth/logout")),
        (413, post("/auth/logout").body("x".repeat(100 * 1024))),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_id_comes_from_a_trusted_proxy_or_from_us() {
    const ID: &str = "0af7651916cd43dd-8448.eb_211c";
    let answered_by = async |browser: &Browser, id: &str| {
        let request = browser.request(Method::GET, "/login").header("x-request-id", id);
        browser.send(request).await.header("x-request-id").to_owned()
    };
    let direct = App::builder().start().await;
    assert_ne!(answered_by(&direct.browser(), ID).await, ID, "any client could repeat another request's id");
    let app = App::builder().with("TRUSTED_PROXIES", "127.0.0.1,::1").start().await;
    let browser = app.browser();
    let answered = async |id: &str| answered_by(&browser, id).await;
    assert_eq!(answered(ID).await, ID);
    let mut ids = HashSet::new();
    for odd in ["", "a b", "<script>", "id=1 forged=yes", &"a".repeat(65), &"a".repeat(8000)] {
        let id = answered(odd).await;
        assert!(id != odd && id.len() == 36, "{odd}: {id}");
        assert!(ids.insert(id));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_request_is_never_a_server_error() {
    let app = App::builder().start().await;
    for line in [
        "GET /%",
        "GET /%zz",
        "GET /login?%",
        "GET /login?return_to=%zz",
        "GET /auth/%zz",
        "GET /%00",
        "FOO /login",
        "GET *",
        "OPTIONS *",
    ] {
        let answer = super::raw::request(&app, line, &[]).await;
        assert!((200..500).contains(&answer.status), "{line}: {}", answer.head);
    }
    for cookie in ["session", "=", ";;;", "session=;session", "flow-=x", "\u{1}", "session=%00"] {
        let answer = super::raw::request(&app, "GET /dashboard", &[("cookie", cookie)]).await;
        assert!((200..500).contains(&answer.status), "{cookie}: {}", answer.head);
    }
    let many: String = (0..500).map(|number| format!("flow-{number}=AAAA; ")).collect();
    let answer = super::raw::request(&app, "GET /auth/google", &[("cookie", &many)]).await;
    assert_eq!(answer.status, 303, "{}", answer.head);
}
