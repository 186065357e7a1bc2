//! Mock GitHub.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use latchkey_sandbox::{GITHUB_CLIENT_ID, GITHUB_CLIENT_SECRET};
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Answer, CALLBACK, TestClient, VERIFIER, query, with_form};

const AUTHORIZE: &str = "/github/login/oauth/authorize";
const TOKEN: &str = "/github/login/oauth/access_token";
const SCOPE: &str = "read:user user:email";

fn authorize_query(scope: &str) -> String {
    query(&[("client_id", GITHUB_CLIENT_ID), ("scope", scope), ("nonce", ""), ("response_type", "")])
}

fn form(code: &str) -> [(&str, &str); 5] {
    [
        ("client_id", GITHUB_CLIENT_ID),
        ("client_secret", GITHUB_CLIENT_SECRET),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ]
}

fn read(form: &str) -> HashMap<String, String> {
    serde_urlencoded::from_str(form).unwrap()
}

impl TestClient {
    async fn github_code(&self, person: &str, scope: &str) -> String {
        let path = format!("{AUTHORIZE}/consent?{}", authorize_query(scope));
        self.post(&path, &[("person", person), ("decision", "allow")]).await.code()
    }

    async fn github_json(&self, form: &[(&str, &str)]) -> Value {
        let request = with_form(self.request(Method::POST, TOKEN), form).header("accept", "application/json");
        let answer = self.send(request).await;
        assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"));
        answer.json()
    }

    async fn github_token(&self, person: &str, scope: &str) -> String {
        let code = self.github_code(person, scope).await;
        self.github_json(&form(&code)).await["access_token"].as_str().unwrap().to_owned()
    }

    async fn github_get(&self, path: &str, token: &str) -> Answer {
        let request = self.request(Method::GET, &format!("/github-api{path}"));
        self.send(request.header("user-agent", "test").bearer_auth(token)).await
    }

    async fn github_application(&self, method: Method, path: &str, token: &str, secret: &str) -> Answer {
        let request = self.request(method, &format!("/github-api/applications/{GITHUB_CLIENT_ID}/{path}"));
        let basic = STANDARD.encode(format!("{GITHUB_CLIENT_ID}:{secret}"));
        let request = request.header("authorization", format!("Basic {basic}")).header("user-agent", "test");
        let request = request.header("content-type", "application/json");
        self.send(request.body(json!({"access_token": token}).to_string())).await
    }
}

#[tokio::test]
async fn sign_in_returns_a_user_and_a_verified_primary_email() {
    let client = TestClient::start().await;
    let query = authorize_query(SCOPE);
    let chooser = client.get(&format!("{AUTHORIZE}?{query}")).await;
    assert!(chooser.body.contains("not the real GitHub") && chooser.body.contains(r#"name="person" value="ada""#));
    assert!(chooser.header("content-security-policy").contains("form-action 'self' http://localhost:3000"));
    let picked = client.post(&format!("{AUTHORIZE}/person?{query}"), &[("person", "ada")]).await;
    let consent = client.get(picked.header("location")).await;
    assert!(consent.body.contains("Read your email addresses"), "{}", consent.body);
    let form_of_page = [("person", "ada"), ("scope", "read:user"), ("scope", "user:email"), ("decision", "allow")];
    let callback = client.post(&format!("{AUTHORIZE}/consent?{query}"), &form_of_page).await.callback();
    assert_eq!((callback["state"].as_str(), callback.get("iss")), ("the-state", None));

    let answer = client.post(TOKEN, &form(&callback["code"])).await;
    assert_eq!(answer.header("content-type"), "application/x-www-form-urlencoded; charset=utf-8");
    let tokens = read(&answer.body);
    assert_eq!((tokens["scope"].as_str(), tokens["token_type"].as_str()), ("read:user,user:email", "bearer"));
    assert_eq!(tokens.len(), 3, "no refresh token, no expires_in");
    let user = client.github_get("/user", &tokens["access_token"]).await.json();
    assert_eq!((&user["login"], &user["email"]), (&json!("ada-lovelace"), &json!("ada@gmail.com")));
    assert!(user["avatar_url"].as_str().unwrap().ends_with("/picture/ada"));
    let emails = client.github_get("/user/emails", &tokens["access_token"]).await.json();
    assert_eq!(emails[0]["primary"], false, "the first is not the primary");
    assert_eq!(emails[1], json!({"email": "ada@gmail.com", "primary": true, "verified": true, "visibility": "public"}));
    let again = client.post(&format!("{AUTHORIZE}/person?{query}"), &[("person", "ada")]).await;
    assert!(again.callback().contains_key("code"), "no consent screen the second time");
}

#[tokio::test]
async fn ids_are_exact_integers_and_logins_may_repeat() {
    let client = TestClient::start().await;
    for (person, floor) in [("ada", 1_u64 << 31), ("grace", 1 << 53), ("long", 1 << 53), ("nomail", 1 << 31)] {
        let user = client.github_get("/user", &client.github_token(person, "").await).await.json();
        let id = user["id"].as_u64().unwrap();
        assert!(id > floor && (floor == 1 << 53 || id < 1 << 53), "{person}: {id}");
        assert!(floor < 1 << 53 || id as f64 as u64 != id, "{person}: a double cannot hold {id}");
    }
    let before = client.github_get("/user", &client.github_token("ada", "").await).await.json();
    client.control("persons/ada", json!({"name": "Grace Hopper"})).await;
    let after = client.github_get("/user", &client.github_token("ada", "").await).await.json();
    assert_eq!(before["id"], after["id"]);
    assert_eq!(after["login"], "grace-hopper");
    let plain = client.github_get("/user", &client.github_token("plain", "").await).await.json();
    assert_eq!((&plain["name"], &plain["email"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn emails_cover_all_cases_and_need_their_scope() {
    let client = TestClient::start().await;
    let emails = async |person: &str| {
        let token = client.github_token(person, SCOPE).await;
        let list = client.github_get("/user/emails", &token).await.json();
        let of_one = |email: &Value| (email["primary"] == true, email["verified"] == true);
        list.as_array().unwrap().iter().map(of_one).collect::<Vec<_>>()
    };
    assert_eq!(emails("grace").await, [(true, true)]);
    assert_eq!(emails("linus").await, [(true, false)]);
    assert_eq!(emails("long").await, [(true, false), (false, true)]);
    assert_eq!(emails("nomail").await, []);
    let linus = client.github_get("/user", &client.github_token("linus", "read:user").await).await.json();
    assert_eq!(linus["email"], "linus@example.org", "public is not verified");
    let token = client.github_token("plain", "read:user").await;
    let rejected = client.github_get("/user/emails", &token).await;
    assert_eq!((rejected.status, rejected.json()["message"].as_str()), (404, Some("Not Found")));
}

#[tokio::test]
async fn api_needs_a_user_agent_and_a_valid_token() {
    let client = TestClient::start().await;
    let token = client.github_token("ada", SCOPE).await;
    let bare = client.request(Method::GET, "/github-api/user").bearer_auth(&token);
    assert_eq!(client.send(bare).await.status, 403);
    let other = client.request(Method::GET, "/github-api/user").header("user-agent", "test");
    assert_eq!(client.send(other.header("authorization", format!("token {token}"))).await.status, 200);
    let wrong = client.github_get("/user", "gho_wrong").await;
    assert_eq!((wrong.status, wrong.json()["message"].as_str()), (401, Some("Bad credentials")));
}

#[tokio::test]
async fn granted_scopes_accumulate() {
    let client = TestClient::start().await;
    client.github_token("ada", "user:email").await;
    let code = client.github_code("ada", "read:user").await;
    assert_eq!(client.github_json(&form(&code)).await["scope"], "read:user,user:email");
    let code = client.github_code("grace", "read:user").await;
    assert_eq!(client.github_json(&form(&code)).await["scope"], "read:user");
}

#[tokio::test]
async fn token_failures_have_status_200_and_an_error() {
    let client = TestClient::start().await;
    for (name, value, error) in [
        ("code", "wrong", "bad_verification_code"),
        ("client_secret", "wrong", "incorrect_client_credentials"),
        ("redirect_uri", "http://localhost:3000/auth/callback/other", "redirect_uri_mismatch"),
        ("code_verifier", "wrong", "bad_verification_code"),
    ] {
        let code = client.github_code("ada", SCOPE).await;
        let mut form = form(&code);
        form.iter_mut().filter(|(known, _)| *known == name).for_each(|field| field.1 = value);
        let refusal = client.github_json(&form).await;
        assert_eq!(refusal["error"], error);
        assert!(refusal["error_description"].is_string() && refusal["error_uri"].is_string());
    }
    let code = client.github_code("ada", SCOPE).await;
    let token = client.github_json(&form(&code)).await["access_token"].as_str().unwrap().to_owned();
    let again = client.post(TOKEN, &form(&code)).await;
    assert_eq!((again.status, read(&again.body)["error"].as_str()), (200, "bad_verification_code"));
    assert_eq!(client.github_get("/user", &token).await.status, 401, "its token is revoked");
    let code = client.github_code("ada", SCOPE).await;
    client.control("clock", json!({"offset_seconds": 61})).await;
    assert_eq!(client.github_json(&form(&code)).await["error"], "bad_verification_code");
}

#[tokio::test]
async fn cancel_auto_consent_and_iss_work() {
    let client = TestClient::start().await;
    let query = authorize_query(SCOPE);
    let denied = client.post(&format!("{AUTHORIZE}/consent?{query}"), &[("decision", "deny")]).await.callback();
    assert_eq!((denied["error"].as_str(), denied["state"].as_str()), ("access_denied", "the-state"));
    assert!(!denied.contains_key("code"));
    client.control("github/auto_consent", json!({"person": "ada"})).await;
    let path = format!("{AUTHORIZE}?{query}");
    let mut seen = Vec::new();
    for iss in ["right", "wrong", "off"] {
        client.control("github/iss", json!({"iss": iss, "times": 1})).await;
        seen.push(client.get(&path).await.callback().remove("iss"));
    }
    assert_eq!(seen, [Some(client.sandbox.github_issuer()), Some("https://evil.example".to_owned()), None]);
    assert_eq!(client.get(&path).await.callback().get("iss"), None);
    for change in [("client_id", "sandbox-google"), ("redirect_uri", "https://evil.example/auth/callback/github")] {
        let query =
            crate::client::query(&[("client_id", GITHUB_CLIENT_ID), change][usize::from(change.0 == "client_id")..]);
        let answer = client.get(&format!("{AUTHORIZE}?{query}")).await;
        assert_eq!((answer.status, answer.header("location")), (400, ""));
    }
}

#[tokio::test]
async fn application_checks_and_deletes_tokens_and_grants() {
    let client = TestClient::start().await;
    let secret = GITHUB_CLIENT_SECRET;
    let (one, two) = (client.github_token("ada", SCOPE).await, client.github_token("ada", SCOPE).await);
    let checked = client.github_application(Method::POST, "token", &one, secret).await;
    assert_eq!((checked.status, &checked.json()["user"]["login"]), (200, &json!("ada-lovelace")));
    assert_eq!(checked.json()["app"]["client_id"], GITHUB_CLIENT_ID);
    assert_eq!(client.github_application(Method::POST, "token", "gho_x", secret).await.status, 404);
    assert_eq!(client.github_application(Method::POST, "token", &one, "wrong").await.status, 401);
    assert_eq!(client.github_application(Method::DELETE, "token", &one, secret).await.status, 204);
    assert_eq!(client.github_get("/user", &one).await.status, 401);
    assert_eq!(client.github_get("/user", &two).await.status, 200);
    assert_eq!(client.github_application(Method::DELETE, "grant", &two, secret).await.status, 204);
    assert_eq!(client.github_get("/user", &two).await.status, 401);
    let asked = client.post(&format!("{AUTHORIZE}/person?{}", authorize_query(SCOPE)), &[("person", "ada")]).await;
    assert!(asked.header("location").starts_with(&format!("{AUTHORIZE}/consent?")), "consent is forgotten");
}

#[tokio::test]
async fn faults_and_log_cover_its_endpoints() {
    let client = TestClient::start().await;
    let token = client.github_token("ada", SCOPE).await;
    for (endpoint, path) in [("userinfo", "/user"), ("emails", "/user/emails")] {
        let fault =
            json!({"endpoint": endpoint, "fault": {"kind": "status", "status": 503}, "person": "ada", "times": 1});
        client.control("github/faults", fault).await;
        assert_eq!(client.github_get(path, &token).await.status, 503);
        assert_eq!(client.github_get(path, &token).await.status, 200);
        assert_eq!(client.requests(endpoint).await[0]["provider"], "github");
    }
    assert_eq!(client.requests("token").await[0]["client_auth"], "post");
    client.github_application(Method::DELETE, "grant", &token, GITHUB_CLIENT_SECRET).await;
    assert_eq!(client.requests("revoke").await[0]["person"], "ada");
    assert!(!client.get("/control/requests").await.body.contains(&token));
}
