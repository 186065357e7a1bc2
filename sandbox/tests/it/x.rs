//! Mock X.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use latchkey_sandbox::{X_CLIENT_ID, X_CLIENT_SECRET};
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Answer, CALLBACK, TestClient, VERIFIER, query, with_form};

const AUTHORIZE: &str = "/x/i/oauth2/authorize";
const TOKEN: &str = "/x-api/2/oauth2/token";
const SCOPE: &str = "users.read tweet.read users.email";
const OFFLINE: &str = "users.read tweet.read offline.access";
const FIELDS: &str = "profile_image_url,confirmed_email";

fn authorize_query(changes: &[(&str, &str)]) -> String {
    let mut all = vec![("client_id", X_CLIENT_ID), ("nonce", "")];
    if changes.iter().all(|(name, _)| *name != "scope") {
        all.push(("scope", SCOPE));
    }
    all.extend(changes);
    query(&all)
}

fn form(code: &str) -> [(&str, &str); 4] {
    [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK), ("code_verifier", VERIFIER)]
}

impl TestClient {
    async fn x_code(&self, person: &str, scope: &str) -> String {
        let path = format!("{AUTHORIZE}/consent?{}", authorize_query(&[("scope", scope)]));
        self.post(&path, &[("person", person), ("decision", "allow")]).await.code()
    }

    async fn x_post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        let basic = STANDARD.encode(format!("{X_CLIENT_ID}:{X_CLIENT_SECRET}"));
        let request = with_form(self.request(Method::POST, path), form);
        self.send(request.header("authorization", format!("Basic {basic}"))).await
    }

    async fn x_tokens(&self, person: &str, scope: &str) -> Value {
        let code = self.x_code(person, scope).await;
        let answer = self.x_post(TOKEN, &form(&code)).await;
        assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"), "{}", answer.body);
        answer.json()
    }

    async fn x_refresh(&self, token: &Value) -> Answer {
        let token = token.as_str().unwrap();
        self.x_post(TOKEN, &[("grant_type", "refresh_token"), ("refresh_token", token)]).await
    }

    async fn x_me(&self, token: &Value, fields: &str) -> Answer {
        let request = self.request(Method::GET, &format!("/x-api/2/users/me?user.fields={fields}"));
        self.send(request.bearer_auth(token.as_str().unwrap())).await
    }
}

fn assert_problem(answer: &Answer, status: u16, title: &str) {
    assert_eq!((answer.status, answer.header("content-type")), (status, "application/problem+json"));
    let problem = answer.json();
    assert_eq!((&problem["status"], &problem["title"]), (&json!(status), &json!(title)));
    assert!(problem["type"].is_string() && problem["detail"].is_string());
}

#[tokio::test]
async fn sign_in_returns_data() {
    let client = TestClient::start().await;
    let query = authorize_query(&[]);
    let chooser = client.get(&format!("{AUTHORIZE}?{query}")).await;
    assert!(chooser.body.contains("not the real X") && chooser.body.contains(r#"name="person" value="ada""#));
    let picked = client.post(&format!("{AUTHORIZE}/person?{query}"), &[("person", "ada")]).await;
    assert!(client.get(picked.header("location")).await.body.contains("See your email address"));
    let tokens = client.x_tokens("ada", SCOPE).await;
    assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("bearer"), &json!(7200)));
    assert_eq!(tokens["scope"], "tweet.read users.email users.read");
    assert!(tokens.get("refresh_token").is_none());
    let me = client.x_me(&tokens["access_token"], FIELDS).await.json();
    let data = &me["data"];
    assert_eq!((&data["name"], &data["username"]), (&json!("Ada Lovelace"), &json!("AdaLovelace")));
    assert_eq!(data["confirmed_email"], "ada@gmail.com");
    assert!(data["profile_image_url"].as_str().unwrap().ends_with("/picture/ada"));
    assert_eq!(data["id"].as_str().unwrap().len(), 19);
    let bare = client.x_me(&tokens["access_token"], "").await.json();
    assert_eq!(bare["data"].as_object().unwrap().len(), 3, "id, name, username");
}

#[tokio::test]
async fn email_needs_scope_field_and_confirmation() {
    let client = TestClient::start().await;
    for (person, scope) in [("ada", "users.read tweet.read"), ("linus", SCOPE), ("nomail", SCOPE)] {
        let tokens = client.x_tokens(person, scope).await;
        let me = client.x_me(&tokens["access_token"], FIELDS).await.json();
        assert!(me["data"].get("confirmed_email").is_none(), "{person}");
    }
    let plain = client.x_tokens("plain", SCOPE).await;
    assert_eq!(client.x_me(&plain["access_token"], "").await.json()["data"]["name"], "plain");
}

#[tokio::test]
async fn request_without_pkce_state_or_scope_is_rejected() {
    let client = TestClient::start().await;
    for (change, error) in [
        (&[("code_challenge", ""), ("code_challenge_method", "")][..], "invalid_request"),
        (&[("code_challenge_method", "plain")][..], "invalid_request"),
        (&[("state", "")][..], "invalid_request"),
        (&[("scope", "")][..], "invalid_request"),
        (&[("scope", "users.read email")][..], "invalid_scope"),
        (&[("response_type", "token")][..], "unsupported_response_type"),
    ] {
        let answer = client.get(&format!("{AUTHORIZE}?{}", authorize_query(change))).await;
        assert_eq!(answer.callback()["error"], error, "{change:?}");
    }
}

#[tokio::test]
async fn client_authenticates_in_the_header_only() {
    let client = TestClient::start().await;
    let code = client.x_code("ada", SCOPE).await;
    let mut fields = form(&code).to_vec();
    fields.push(("client_id", X_CLIENT_ID));
    assert_eq!(client.post(TOKEN, &fields).await.status, 401);
    fields.push(("client_secret", X_CLIENT_SECRET));
    assert_eq!(client.post(TOKEN, &fields).await.status, 400);
    assert_eq!(client.x_post(TOKEN, &fields).await.status, 400);
    assert_eq!(client.x_post(TOKEN, &fields[..5]).await.status, 200, "none of these has spent the code");
    let seen: Vec<_> = client.requests("token").await.iter().map(|entry| entry["client_auth"].clone()).collect();
    assert_eq!(seen, ["none", "post", "both", "basic"]);
}

#[tokio::test]
async fn code_works_once_in_time_with_its_verifier() {
    let client = TestClient::start().await;
    for (name, value) in [("code", "x"), ("redirect_uri", "http://localhost/auth/callback/y"), ("code_verifier", "x")] {
        let code = client.x_code("ada", SCOPE).await;
        let mut form = form(&code);
        form.iter_mut().filter(|(known, _)| *known == name).for_each(|field| field.1 = value);
        let refusal = client.x_post(TOKEN, &form).await;
        assert_eq!((refusal.status, &refusal.json()["error"]), (400, &json!("invalid_request")), "{name}");
    }
    let code = client.x_code("ada", SCOPE).await;
    let tokens = client.x_post(TOKEN, &form(&code)).await.json();
    assert_eq!(client.x_post(TOKEN, &form(&code)).await.status, 400);
    assert_problem(&client.x_me(&tokens["access_token"], "").await, 401, "Unauthorized");
    let code = client.x_code("ada", SCOPE).await;
    client.control("clock", json!({"offset_seconds": 61})).await;
    assert_eq!(client.x_post(TOKEN, &form(&code)).await.status, 400);
}

#[tokio::test]
async fn refresh_tokens_rotate_and_only_one_is_valid() {
    let client = TestClient::start().await;
    let first = client.x_tokens("ada", OFFLINE).await["refresh_token"].clone();
    let grace = client.x_tokens("grace", OFFLINE).await["refresh_token"].clone();
    let second = client.x_tokens("ada", OFFLINE).await["refresh_token"].clone();
    assert_eq!(client.x_refresh(&first).await.status, 400, "a newer sign-in has taken its place");
    let rotated = client.x_refresh(&second).await.json();
    assert_eq!(client.x_refresh(&second).await.status, 400);
    assert_eq!(client.x_me(&rotated["access_token"], "").await.status, 200);
    assert_eq!(client.x_refresh(&rotated["refresh_token"]).await.status, 200);
    assert_eq!(client.x_refresh(&grace).await.status, 200, "hers is another's");
}

#[tokio::test]
async fn api_errors_are_problem_details() {
    let client = TestClient::start().await;
    assert_problem(&client.x_me(&json!("wrong"), "").await, 401, "Unauthorized");
    let narrow = client.x_tokens("ada", "users.read").await;
    assert_problem(&client.x_me(&narrow["access_token"], "").await, 403, "Forbidden");
    let tokens = client.x_tokens("ada", SCOPE).await;
    assert_problem(&client.x_me(&tokens["access_token"], "moon").await, 400, "Invalid Request");
    client.control("clock", json!({"offset_seconds": 7200})).await;
    assert_problem(&client.x_me(&tokens["access_token"], "").await, 401, "Unauthorized");
}

#[tokio::test]
async fn revocation_cancel_and_faults_work() {
    let client = TestClient::start().await;
    let tokens = client.x_tokens("ada", OFFLINE).await;
    let revoke = "/x-api/2/oauth2/revoke";
    let access = tokens["access_token"].as_str().unwrap();
    assert_eq!(client.post(revoke, &[("token", access)]).await.status, 401);
    assert_eq!(client.x_post(revoke, &[("token", access)]).await.json(), json!({"revoked": true}));
    assert_eq!(client.requests("revoke").await[1]["person"], "ada");
    assert_eq!(client.x_me(&tokens["access_token"], "").await.status, 401);
    let fresh = client.x_refresh(&tokens["refresh_token"]).await.json();
    client.x_post(revoke, &[("token", fresh["refresh_token"].as_str().unwrap())]).await;
    assert_eq!(client.x_refresh(&fresh["refresh_token"]).await.status, 400);

    let path = format!("{AUTHORIZE}/consent?{}", authorize_query(&[]));
    let denied = client.post(&path, &[("person", "ada"), ("decision", "deny")]).await.callback();
    assert_eq!((denied["error"].as_str(), denied["state"].as_str(), denied.len()), ("access_denied", "the-state", 2));
    let form = [("command", "presets"), ("provider", "x"), ("preset", "response_wrong_state"), ("times", "1")];
    assert_eq!(client.post("/control/form", &form).await.status, 303);
    assert_eq!(client.post(&path, &[("decision", "deny")]).await.callback()["state"], "not-the-state");
    client
        .control(
            "x/faults",
            json!({"endpoint": "userinfo", "fault": {"kind": "status", "status": 429, "retry_after": "9"}}),
        )
        .await;
    assert_eq!(client.x_me(&fresh["access_token"], "").await.header("retry-after"), "9");
    assert_eq!(client.post("/control/form", &[("command", "behave")]).await.status, 303);
    assert_eq!(client.x_me(&fresh["access_token"], "").await.status, 200);
}
