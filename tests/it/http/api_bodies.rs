//! Threat PA12: request bodies that are too long, slow, deep or ambiguous.

use reqwest::Method;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{api::Answer, app::App, browser::Browser};

const READERS: [&str; 3] = ["/api/auth", "/api/auth/refresh", "/api/auth/logout"];

async fn post_body(browser: &Browser, path: &str, kind: &str, body: impl Into<reqwest::Body>) -> Answer {
    browser.ask(browser.fetch(Method::POST, path).header("content-type", kind).body(body)).await
}

/// The error names this member, and its message contains this text.
fn assert_error(answer: &Answer, member: &str, wrong: &str) {
    let error = &answer.json["error"];
    assert_eq!(error["member"], member, "{answer:?}");
    assert!(error["message"].as_str().is_some_and(|message| message.contains(wrong)), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_not_one_object_is_rejected() {
    let app = App::builder().start().await;
    let browser = app.browser();
    let deep = format!("{{\"provider\":{}1{}}}", "[".repeat(200), "]".repeat(200));
    let bodies: [&[u8]; 11] = [
        b"null",
        b"[]",
        b"\"google\"",
        b"{",
        b"{}{}",
        b"{\"refresh_token\":\"a\",\"refresh_token\":\"b\"}",
        b"{\"x\":{\"y\":1,\"y\":2}}",
        b"\xef\xbb\xbf{}",
        b"{\"provider\":\"\xff\"}",
        b"{'provider':'google'}",
        deep.as_bytes(),
    ];
    for path in READERS {
        for body in bodies {
            let answer = post_body(&browser, path, "application/json", body.to_vec()).await;
            assert_eq!(answer.outcome(), (400, "invalid_json"), "{path}: {:?}", String::from_utf8_lossy(body));
        }
    }
    let empty = post_body(&browser, "/api/auth", "application/json", "").await;
    assert_eq!(empty.outcome(), (400, "invalid_json"));
}

#[tokio::test(flavor = "multi_thread")]
async fn members_with_wrong_types_or_conflicts_are_rejected() {
    let app = App::builder().start().await;
    let browser = app.browser();
    let (nothing, empty, no_text) = (" is missing.", " is empty.", " is not a string.");
    for (body, member, wrong) in [
        (json!({}), "provider", nothing),
        (json!({ "provider": "google" }), "id_token", "Send either"),
        (json!({ "provider": "google", "id_token": "x", "access_token": "y" }), "access_token", "not both"),
        (json!({ "provider": null, "id_token": "x" }), "provider", nothing),
        (json!({ "provider": "google", "id_token": null, "access_token": null }), "id_token", "Send either"),
        (json!({ "provider": "google", "id_token": "" }), "id_token", empty),
        (json!({ "provider": "google", "id_token": 1 }), "id_token", no_text),
        (json!({ "provider": ["google"], "id_token": "x" }), "provider", no_text),
        (json!({ "id_token": "x" }), "provider", nothing),
        (json!({ "provider": "google", "id_token": "x", "mode": "cookie" }), "mode", "must be session or token"),
        (json!({ "provider": "google", "id_token": "x", "mode": true }), "mode", no_text),
        (json!({ "provider": "google", "id_token": "x", "nonce_token": {} }), "nonce_token", no_text),
    ] {
        let answer = browser.post_json("/api/auth", &body).await;
        assert_eq!(answer.outcome(), (400, "invalid_request"), "{body}");
        assert_error(&answer, member, wrong);
    }
    for (body, wrong) in
        [(json!({}), nothing), (json!({ "refresh_token": 1 }), no_text), (json!({ "refresh_token": null }), nothing)]
    {
        let answer = browser.post_json("/api/auth/refresh", &body).await;
        assert_eq!(answer.outcome(), (400, "invalid_request"), "{body}");
        assert_error(&answer, "refresh_token", wrong);
    }
    // Without a body, and with any other code, no member is named.
    browser.sign_in("ada").await;
    let answer = browser.ask(browser.fetch(Method::DELETE, "/api/sessions/%ff")).await;
    assert_eq!(answer.outcome(), (400, "invalid_request"));
    let error = answer.json["error"].as_object().expect("an error");
    assert!(error["message"].as_str().is_some_and(|message| message.contains("The id in the path")), "{error:?}");
    assert!(!error.contains_key("member"), "{error:?}");
    let other = browser.post_json("/api/auth", &json!({ "provider": "nobody", "id_token": "x" })).await;
    assert!(other.outcome().1 == "unknown_provider" && other.json["error"].get("member").is_none(), "{other:?}");
    // Unknown members are ignored.
    let (nonce, _) = browser.nonce().await;
    let token = app.id_token("ada", json!({ "nonce": nonce })).await;
    let body = json!({ "provider": "google", "id_token": token, "state": [1, { "x": null }] });
    assert_eq!(browser.post_json("/api/auth", &body).await.outcome(), (200, ""));
}

/// Generated clients send optional members as `null`.
#[tokio::test(flavor = "multi_thread")]
async fn null_counts_as_absent() {
    let app = App::builder().start().await;
    let browser = app.browser();
    let (nonce, _) = browser.nonce().await;
    let token = app.id_token("ada", json!({ "nonce": nonce })).await;
    let body =
        json!({ "provider": "google", "id_token": token, "access_token": null, "nonce_token": null, "mode": null });
    let signed_in = browser.post_json("/api/auth", &body).await;
    assert_eq!(signed_in.outcome(), (200, ""));
    assert!(signed_in.json.get("access_token").is_none(), "without a mode the session is in a cookie");
    assert_eq!(browser.get_json("/api/me").await.page.status, 200);
    let signed_out = browser.post_json("/api/auth/logout", &json!({ "refresh_token": null })).await;
    assert_eq!(signed_out.outcome(), (200, ""));
    assert_eq!(browser.get_json("/api/me").await.page.status, 401, "the cookie's session has ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn other_content_types_and_charsets_are_rejected() {
    let app = App::builder().start().await;
    let browser = app.browser();
    for path in READERS {
        for kind in ["text/plain", "application/json; charset=utf-16", "application/x-www-form-urlencoded", "x"] {
            let answer = post_body(&browser, path, kind, "{}").await;
            assert_eq!(answer.outcome(), (415, "unsupported_media_type"), "{path} {kind}");
        }
        let answer = browser.ask(browser.fetch(Method::POST, path).body("{}")).await;
        assert_eq!(answer.outcome(), (415, "unsupported_media_type"), "{path}");
        let coded = |coding: &str| {
            let request = browser.fetch(Method::POST, path).header("content-type", "application/json");
            browser.ask(request.header("content-encoding", coding).body("{}"))
        };
        assert_eq!(coded("gzip").await.outcome(), (415, "unsupported_media_type"), "{path}");
        assert_ne!(coded("identity").await.page.status, 415, "{path}");
        let utf8 = post_body(&browser, path, "application/json; charset=UTF-8", "{}").await;
        assert!(matches!(utf8.page.status, 200 | 400), "{path}: {utf8:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_body_is_rejected_with_and_without_a_length() {
    let app = App::builder().start().await;
    let browser = app.browser();
    for path in READERS {
        for length in [33 * 1024, 70 * 1024] {
            let body = json!({ "refresh_token": "x".repeat(length) }).to_string();
            let answer = post_body(&browser, path, "application/json", body).await;
            assert_eq!(answer.outcome(), (413, "body_too_large"), "{path} {length}");
        }
        let fits = json!({ "provider": "nobody", "id_token": "x", "refresh_token": "x".repeat(30 * 1024) });
        assert_ne!(browser.post_json(path, &fits).await.page.status, 413, "{path}");
        let host = app.origin.trim_start_matches("http://");
        let announced = exchange(host, path, "content-length: 10485760", &["{"]).await;
        assert!(announced.starts_with("HTTP/1.1 413 ") && announced.contains("body_too_large"), "{path}: {announced}");
        let unannounced = chunked(&app, path, 40).await;
        assert!(unannounced.starts_with("HTTP/1.1 413 ") && unannounced.contains("body_too_large"), "{path}");
    }
}

/// A request that should have no body may still announce one.
#[tokio::test(flavor = "multi_thread")]
async fn a_large_body_is_rejected_where_none_is_expected() {
    let app = App::builder().start().await;
    let host = app.origin.trim_start_matches("http://");
    for request in ["GET /api/me", "DELETE /api/sessions/x"] {
        let answer = send_head(host, request, "content-length: 10485760", &[]).await;
        assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("body_too_large"), "{answer}");
        let fits = send_head(host, request, "content-length: 2", &["{}"]).await;
        assert!(fits.starts_with("HTTP/1.1 401 ") && fits.contains("not_signed_in"), "{fits}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_never_arrives_times_out() {
    let app = App::builder().start().await;
    let mut waiting = tokio::task::JoinSet::new();
    for path in READERS {
        let host = app.origin.trim_start_matches("http://").to_owned();
        waiting.spawn(async move { exchange(&host, path, "content-length: 100", &["{\"x\":"]).await });
    }
    for answer in waiting.join_all().await {
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
        assert!(answer.contains(r#""code":"request_timeout""#), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_of_middleware_have_the_same_shape() {
    let app = App::builder().start().await;
    let browser = app.browser();
    let get = |path: &str| browser.fetch(Method::GET, path).header("accept", "text/html");
    let foreign = |path: &str| browser.request(Method::POST, path).header("origin", "https://evil.example");
    for (request, expected, allow) in [
        (get("/api/nothing"), (404, "not_found"), ""),
        (get("/api/"), (404, "not_found"), ""),
        (get("/api"), (404, "not_found"), ""),
        (get("/api/auth"), (405, "method_not_allowed"), "POST"),
        (browser.fetch(Method::DELETE, "/api/me"), (405, "method_not_allowed"), "GET,HEAD"),
        (browser.fetch(Method::OPTIONS, "/api/me"), (405, "method_not_allowed"), "GET,HEAD"),
        (browser.request(Method::POST, "/api/auth/"), (404, "not_found"), ""),
        (browser.request(Method::PUT, "/api/nothing"), (404, "not_found"), ""),
        (browser.request(Method::DELETE, "/api/sessions/x/y"), (404, "not_found"), ""),
        (foreign("/api/nothing"), (404, "not_found"), ""),
        (foreign("/api/auth"), (403, "cross_origin"), ""),
        (get("/.well-known/nothing"), (404, "not_found"), ""),
        (foreign("/.well-known/nothing"), (404, "not_found"), ""),
        (foreign("/.well-known/jwks.json"), (405, "method_not_allowed"), "GET,HEAD"),
    ] {
        let answer = browser.ask(request).await;
        assert_eq!(answer.outcome(), expected, "{answer:?}");
        assert_eq!(answer.page.header("content-type"), "application/json");
        assert_eq!(answer.page.header("allow"), allow);
        assert_eq!(answer.json["success"], Value::Bool(false));
    }
    // Pages keep their own shape.
    assert!(browser.get("/nothing").await.body.contains("<h1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_requests_from_one_ip_get_retry_after() {
    let app = App::builder().with("RATE_LIMITS", "on").start().await;
    let browser = app.browser();
    for (path, method) in
        [("/api/auth/nonce", Method::GET), ("/api/auth", Method::POST), ("/api/auth/refresh", Method::POST)]
    {
        let mut last = None;
        for _ in 0..300 {
            let answer = browser.ask(browser.fetch(method.clone(), path)).await;
            let status = answer.page.status;
            last = Some(answer);
            if status == 429 {
                break;
            }
        }
        let answer = last.expect("an answer");
        assert_eq!(answer.outcome(), (429, "too_many_requests"), "{path}");
        assert!(answer.page.header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds > 0));
    }
    assert_eq!(browser.get_json("/api/me").await.outcome(), (401, "not_signed_in"));
}

/// Sends a body of this many kilobytes without a length.
async fn chunked(app: &App, path: &str, kilobytes: usize) -> String {
    let host = app.origin.trim_start_matches("http://");
    let piece = format!("400\r\n{}\r\n", "x".repeat(0x400));
    let body: Vec<&str> = std::iter::repeat_n(piece.as_str(), kilobytes).chain(["0\r\n\r\n"]).collect();
    exchange(host, path, "transfer-encoding: chunked", &body).await
}

async fn exchange(host: &str, path: &str, framing: &str, body: &[&str]) -> String {
    send_head(host, &format!("POST {path}"), framing, body).await
}

async fn send_head(host: &str, request: &str, framing: &str, body: &[&str]) -> String {
    let port = host.rsplit_once(':').expect("a port").1;
    let mut stream = TcpStream::connect(format!("127.0.0.1:{port}")).await.expect("a connection");
    let head = format!(
        "{request} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-type: application/json\r\n{framing}\r\n\r\n"
    );
    // The server closes as soon as it has read enough; both writing and reading may fail then.
    let _ = stream.write_all(head.as_bytes()).await;
    for piece in body {
        let _ = stream.write_all(piece.as_bytes()).await;
    }
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}
