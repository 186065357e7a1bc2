//! The control API, the request log and the control page.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use latchkey_sandbox::{GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET};
use reqwest::Method;
use serde_json::json;

use crate::client::{CALLBACK, DRIVE, TestClient, VERIFIER, part, query, token_form, with_form};

#[tokio::test]
async fn auto_consent_skips_the_pages() {
    let client = TestClient::start().await;
    let scope = format!("openid email {DRIVE}");
    let path = format!("/google/o/oauth2/v2/auth?{}", query(&[("scope", &scope), ("access_type", "offline")]));
    client.control("google/auto_consent", json!({"person": "grace", "scopes": ["email"], "times": 1})).await;
    let tokens = client.exchange(&client.get(&path).await.code()).await.json();
    assert!(!tokens["scope"].as_str().unwrap().contains(DRIVE));
    assert!(tokens["refresh_token"].is_string());
    assert_eq!(part(tokens["id_token"].as_str().unwrap(), 1)["email"], "grace@navy.example");
    assert_eq!(client.get(&path).await.status, 200, "once only: the chooser is back");

    client.control("google/auto_consent", json!({"person": "ada"})).await;
    let tokens = client.exchange(&client.get(&path).await.code()).await.json();
    assert!(tokens["scope"].as_str().unwrap().contains(DRIVE), "without a list: all");
    client.control("google/auto_consent", json!({"person": "ada", "decision": "deny"})).await;
    assert_eq!(client.get(&path).await.callback()["error"], "access_denied");
    client.control("google/auto_consent", json!({"person": null})).await;
    assert_eq!(client.get(&path).await.status, 200);
}

#[tokio::test]
async fn log_shows_requests_without_secrets() {
    let client = TestClient::start().await;
    assert!(client.requests("token").await.is_empty());
    let code = client.code().await;
    assert!(client.requests("token").await.is_empty(), "no token request was made");
    client.exchange(&code).await;
    let form: Vec<_> = token_form(&code).into_iter().filter(|(name, _)| !name.starts_with("client")).collect();
    let basic = format!("Basic {}", STANDARD.encode(format!("{GOOGLE_CLIENT_ID}:{GOOGLE_CLIENT_SECRET}")));
    let request = with_form(client.request(Method::POST, "/google/token"), &form);
    client.send(request.header("authorization", &basic)).await;
    let requests = client.requests("token").await;
    let seen: Vec<_> = requests
        .iter()
        .map(|entry| (entry["client_auth"].as_str().unwrap(), entry["status"].as_u64().unwrap()))
        .collect();
    assert_eq!(seen, [("post", 200), ("basic", 400)]);
    assert_eq!(requests[0]["form"]["redirect_uri"], CALLBACK);
    assert_eq!(requests[0]["code_verifier_length"], VERIFIER.len());
    assert_eq!(requests[0]["person"], "ada");
    assert_eq!(requests[1]["headers"]["authorization"], "basic");
    let log = client.get("/control/requests").await.body;
    for secret in [code.as_str(), VERIFIER, GOOGLE_CLIENT_SECRET, &basic[6..]] {
        assert!(!log.contains(secret), "{secret}");
    }

    client.control("google/presets", json!({"preset": "token_redirect_307"})).await;
    let to = client.exchange(&client.code().await).await.header("location").to_owned();
    assert!(client.requests("trap").await.is_empty(), "no redirect was followed");
    client.send(with_form(client.http.post(to), &token_form("x"))).await;
    assert_eq!(client.requests("trap").await[0]["form"]["client_secret"], "[redacted]");
    client.control("requests/clear", json!({})).await;
    assert_eq!(client.get("/control/requests").await.json()["total"], 0);
}

#[tokio::test]
async fn control_creates_and_changes_persons() {
    let client = TestClient::start().await;
    let made =
        client.control("persons", json!({"email": "x@y.example", "hd": "y.example", "email_verified": false})).await;
    let id = made["id"].as_str().unwrap();
    client.control(&format!("persons/{id}"), json!({"name": "Renamed", "email": null})).await;
    let code = client.consent(&query(&[]), id, &[]).await.code();
    let claims = part(client.exchange(&code).await.json()["id_token"].as_str().unwrap(), 1);
    assert_eq!((&claims["name"], claims.get("email")), (&json!("Renamed"), None));
    assert_eq!(claims["sub"], made["sub"]);
}

#[tokio::test]
async fn invalid_commands_are_rejected_with_a_reason() {
    let client = TestClient::start().await;
    for (path, body) in [
        ("google/id_token", json!({"patch": {"clams": {}}})),
        ("google/id_token", json!({"person": "nobody", "patch": {}})),
        ("google/faults", json!({"endpoint": "moon", "fault": {"kind": "hang"}})),
        ("google/faults", json!({"endpoint": "authorization_response", "fault": {"kind": "hang"}})),
        ("google/presets", json!({"preset": "no such"})),
        ("google/auto_consent", json!({"person": "nobody"})),
        ("google/keys", json!({"action": "lose"})),
        ("google/dance", json!({})),
        ("persons", json!({"sbu": "1"})),
        ("persons", json!({"id": "../x"})),
    ] {
        let request = client.request(Method::POST, &format!("/control/{path}"));
        let answer = client.send(request.header("content-type", "application/json").body(body.to_string())).await;
        assert_eq!(answer.status, 400, "{path} {body}");
        assert!(answer.json()["error"].is_string());
    }
}

#[tokio::test]
async fn control_page_renders_and_its_forms_work() {
    let client = TestClient::start().await;
    let landing = client.get("/").await.body;
    assert!(landing.contains("Ada Lovelace") && landing.contains(r#"href="/control""#));
    assert!(landing.contains(&client.sandbox.google_issuer()));
    assert_eq!(client.get("/sandbox.css").await.header("content-type"), "text/css; charset=utf-8");
    client.control("persons", json!({"id": "mean", "name": "<script>alert(1)</script>"})).await;
    for path in ["/", "/control", &format!("/google/o/oauth2/v2/auth?{}", query(&[("login_hint", "\"><script>")]))] {
        let page = client.get(path).await;
        assert!(page.status == 200 && !page.body.contains("<script"), "{path}");
    }
    let form = [("command", "presets"), ("preset", "wrong_nonce"), ("person", "ada"), ("times", "1")];
    assert_eq!(client.post("/control/form", &form).await.header("location"), "/control");
    assert!(client.get("/control").await.body.contains("not-the-nonce"));
    assert_eq!(client.post("/control/form", &[("command", "reset")]).await.status, 303);
    assert!(!client.get("/control").await.body.contains("not-the-nonce"));
    assert_eq!(client.post("/control/form", &[("command", "dance")]).await.status, 400);
}
