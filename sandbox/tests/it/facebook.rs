//! Mock Facebook.

use aws_lc_rs::hmac;
use latchkey_sandbox::{FACEBOOK_CLIENT_ID, FACEBOOK_CLIENT_SECRET};
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Answer, CALLBACK, TestClient, VERIFIER, query};

const DIALOG: &str = "/facebook/v24.0/dialog/oauth";
const GRAPH: &str = "/facebook-graph/v24.0";

fn authorize_query(changes: &[(&str, &str)]) -> String {
    let mut all = vec![("client_id", FACEBOOK_CLIENT_ID), ("scope", "email,public_profile"), ("nonce", "")];
    all.extend(changes);
    query(&all)
}

fn form(code: &str) -> [(&str, &str); 5] {
    [
        ("client_id", FACEBOOK_CLIENT_ID),
        ("client_secret", FACEBOOK_CLIENT_SECRET),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ]
}

fn proof(token: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, FACEBOOK_CLIENT_SECRET.as_bytes());
    hmac::sign(&key, token.as_bytes()).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

impl TestClient {
    async fn facebook_code(&self, person: &str) -> String {
        let path = format!("{DIALOG}/consent?{}", authorize_query(&[]));
        self.post(&path, &[("person", person), ("decision", "allow")]).await.code()
    }

    async fn facebook_token(&self, person: &str) -> String {
        self.facebook_exchange(&self.facebook_code(person).await).await
    }

    async fn facebook_exchange(&self, code: &str) -> String {
        let answer = self.post(&format!("{GRAPH}/oauth/access_token"), &form(code)).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }

    async fn facebook_me(&self, token: &str, fields: &str) -> Answer {
        let path = format!("{GRAPH}/me?fields={fields}&appsecret_proof={}", proof(token));
        self.send(self.request(Method::GET, &path).bearer_auth(token)).await
    }
}

fn assert_error(answer: &Answer, code: u32) {
    let error = &answer.json()["error"];
    assert_eq!((answer.status, &error["type"], &error["code"]), (400, &json!("OAuthException"), &json!(code)));
    assert!(error["message"].is_string() && error["fbtrace_id"].is_string());
}

#[tokio::test]
async fn sign_in_returns_a_profile() {
    let client = TestClient::start().await;
    let query = authorize_query(&[]);
    let chooser = client.get(&format!("{DIALOG}?{query}")).await;
    assert!(chooser.body.contains("not the real Facebook") && chooser.body.contains(r#"name="person" value="ada""#));
    let picked = client.post(&format!("{DIALOG}/person?{query}"), &[("person", "ada")]).await;
    let consent = client.get(picked.header("location")).await;
    assert!(consent.body.contains(r#"type="checkbox" name="scope" value="email""#));
    let form_of_page = [("person", "ada"), ("scope", "public_profile"), ("scope", "email"), ("decision", "allow")];
    let callback = client.post(&format!("{DIALOG}/consent?{query}"), &form_of_page).await.callback();
    assert_eq!(callback["state"], "the-state");

    let fields = serde_urlencoded::to_string(form(&callback["code"])).unwrap();
    let tokens = client.get(&format!("{GRAPH}/oauth/access_token?{fields}")).await.json();
    assert_eq!((&tokens["token_type"], tokens["expires_in"].is_u64()), (&json!("bearer"), true));
    assert!(tokens.get("refresh_token").is_none() && tokens.get("scope").is_none());
    let token = tokens["access_token"].as_str().unwrap();
    let me = client.facebook_me(token, "id,name,email,picture.width(200)").await.json();
    assert_eq!((&me["name"], &me["email"]), (&json!("Ada Lovelace"), &json!("ada@gmail.com")));
    assert_eq!(me["id"].as_str().unwrap().len(), 17);
    assert!(me["picture"]["data"]["url"].as_str().unwrap().ends_with("/picture/ada"));
    assert_eq!(client.requests("token").await[0]["client_auth"], "query");
    assert!(!client.get("/control/requests").await.body.contains(&proof(token)));
    let again = client.post(&format!("{DIALOG}/person?{query}"), &[("person", "ada")]).await;
    assert!(again.callback().contains_key("code"), "no consent screen the second time");
}

#[tokio::test]
async fn dialog_needs_a_version_and_accepts_any() {
    let client = TestClient::start().await;
    for (path, status) in [("v1.0/", 200), ("v99/", 200), ("vx/", 400), ("1.0/", 400), ("", 404)] {
        assert_eq!(
            client.get(&format!("/facebook/{path}dialog/oauth?{}", authorize_query(&[]))).await.status,
            status,
            "{path}"
        );
    }
    let token = client.facebook_token("ada").await;
    let path = format!("/facebook-graph/me?access_token={token}&appsecret_proof={}", proof(&token));
    assert_eq!(client.get(&path).await.json().as_object().unwrap().len(), 2, "id and name");
}

#[tokio::test]
async fn every_call_needs_a_valid_token_and_appsecret_proof() {
    let client = TestClient::start().await;
    let token = client.facebook_token("ada").await;
    let me = |rest: &str| client.request(Method::GET, &format!("{GRAPH}/me?fields=id{rest}"));
    assert_error(&client.send(me("").bearer_auth(&token)).await, 100);
    assert_error(&client.send(me(&format!("&appsecret_proof={}", proof("x"))).bearer_auth(&token)).await, 100);
    assert_error(&client.facebook_me("EAAwrong", "id").await, 190);
    assert_error(&client.facebook_me(&token, "id,moon").await, 100);
    assert_eq!(client.facebook_me(&token, "id").await.status, 200);
    client.control("clock", json!({"offset_seconds": 61 * 86_400})).await;
    assert_error(&client.facebook_me(&token, "id").await, 190);
}

#[tokio::test]
async fn email_is_absent_or_has_no_verified_flag() {
    let client = TestClient::start().await;
    let me =
        async |person: &str| client.facebook_me(&client.facebook_token(person).await, "id,name,email").await.json();
    assert!(me("nomail").await.get("email").is_none());
    let linus = me("linus").await;
    assert_eq!((linus["email"].as_str(), linus.as_object().unwrap().len()), (Some("linus@example.org"), 3));
    assert_eq!(me("plain").await["name"], "Facebook User");
}

#[tokio::test]
async fn declined_email_needs_rerequest() {
    let client = TestClient::start().await;
    let path = format!("{DIALOG}/consent?{}", authorize_query(&[]));
    let declined = [("person", "ada"), ("scope", "public_profile"), ("decision", "allow")];
    let token = client.facebook_exchange(&client.post(&path, &declined).await.code()).await;
    assert!(client.facebook_me(&token, "email").await.json().get("email").is_none());
    let pick = async |changes: &[(&str, &str)]| {
        client.post(&format!("{DIALOG}/person?{}", authorize_query(changes)), &[("person", "ada")]).await
    };
    let token = client.facebook_exchange(&pick(&[]).await.code()).await;
    assert!(client.facebook_me(&token, "email").await.json().get("email").is_none());
    let asked = pick(&[("auth_type", "rerequest")]).await;
    assert!(asked.header("location").starts_with(&format!("{DIALOG}/consent?")));
    let token = client.facebook_token("ada").await;
    assert_eq!(client.facebook_me(&token, "email").await.json()["email"], "ada@gmail.com");
}

#[tokio::test]
async fn cancel_returns_facebooks_error() {
    let client = TestClient::start().await;
    let path = format!("{DIALOG}/consent?{}", authorize_query(&[]));
    let callback = client.post(&path, &[("person", "ada"), ("decision", "deny")]).await.callback();
    let wanted = [
        ("error", "access_denied"),
        ("error_code", "200"),
        ("error_description", "Permissions error"),
        ("error_reason", "user_denied"),
        ("state", "the-state"),
    ];
    assert_eq!(callback.len(), wanted.len());
    assert!(wanted.iter().all(|(name, value)| callback[*name] == *value), "{callback:?}");
    client.control("facebook/auto_consent", json!({"person": "ada", "scopes": ["public_profile"], "times": 1})).await;
    let token = client.facebook_exchange(&client.get(&format!("{DIALOG}?{}", authorize_query(&[]))).await.code()).await;
    assert!(client.facebook_me(&token, "email").await.json().get("email").is_none());
}

#[tokio::test]
async fn code_works_once_in_time_for_its_client() {
    let client = TestClient::start().await;
    let path = format!("{GRAPH}/oauth/access_token");
    for (name, value, code) in [
        ("code", "wrong", 100),
        ("client_id", "wrong", 101),
        ("client_secret", "wrong", 1),
        ("redirect_uri", "http://localhost:3000/auth/callback/other", 100),
        ("code_verifier", "wrong", 100),
    ] {
        let text = client.facebook_code("ada").await;
        let mut form = form(&text);
        form.iter_mut().filter(|(known, _)| *known == name).for_each(|field| field.1 = value);
        assert_error(&client.post(&path, &form).await, code);
    }
    let code = client.facebook_code("ada").await;
    let token = client.facebook_exchange(&code).await;
    let again = client.post(&path, &form(&code)).await;
    assert_error(&again, 100);
    assert_eq!(again.json()["error"]["error_subcode"], 36009);
    assert_error(&client.facebook_me(&token, "id").await, 190);
    let code = client.facebook_code("ada").await;
    client.control("clock", json!({"offset_seconds": 61})).await;
    assert_error(&client.post(&path, &form(&code)).await, 100);
}

#[tokio::test]
async fn token_can_be_debugged_extended_and_revoked() {
    let client = TestClient::start().await;
    let token = client.facebook_token("ada").await;
    let app = format!("{FACEBOOK_CLIENT_ID}%7C{FACEBOOK_CLIENT_SECRET}");
    let debug = async |token: &str, app: &str| {
        client.get(&format!("/facebook-graph/debug_token?input_token={token}&access_token={app}")).await
    };
    let data = debug(&token, &app).await.json()["data"].clone();
    let id = client.facebook_me(&token, "id").await.json()["id"].clone();
    assert_eq!((&data["app_id"], &data["is_valid"]), (&json!(FACEBOOK_CLIENT_ID), &json!(true)));
    assert_eq!((&data["user_id"], &data["scopes"]), (&id, &json!(["email", "public_profile"])));
    assert_eq!(debug("wrong", &app).await.json()["data"]["is_valid"], Value::Bool(false));
    assert_error(&debug(&token, "wrong").await, 190);

    let exchange = format!(
        "{GRAPH}/oauth/access_token?grant_type=fb_exchange_token&client_id={FACEBOOK_CLIENT_ID}&client_secret={FACEBOOK_CLIENT_SECRET}&fb_exchange_token={token}"
    );
    let longer = client.get(&exchange).await.json()["access_token"].as_str().unwrap().to_owned();
    let path = format!("{GRAPH}/me/permissions?access_token={longer}&appsecret_proof={}", proof(&longer));
    let dropped = client.send(client.request(Method::DELETE, &path)).await;
    assert_eq!(dropped.json(), json!({"success": true}));
    assert_eq!(client.requests("revoke").await[0]["person"], "ada");
    assert_error(&client.facebook_me(&token, "id").await, 190);
}

#[tokio::test]
async fn faults_apply_to_its_endpoints() {
    let client = TestClient::start().await;
    let token = client.facebook_token("ada").await;
    let fault =
        json!({"endpoint": "userinfo", "fault": {"kind": "patch", "set": {"id": 7}}, "person": "ada", "times": 1});
    client.control("facebook/faults", fault).await;
    assert_eq!(client.facebook_me(&token, "id").await.json()["id"], 7);
    assert!(client.facebook_me(&token, "id").await.json()["id"].is_string());
    client.control("facebook/presets", json!({"preset": "token_500", "times": 1})).await;
    let path = format!("{GRAPH}/oauth/access_token");
    let code = client.facebook_code("ada").await;
    assert_eq!(client.post(&path, &form(&code)).await.status, 500);
    assert_eq!(client.post(&path, &form(&code)).await.status, 200);
}
