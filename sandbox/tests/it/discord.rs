//! Mock Discord.

use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Answer, CALLBACK, TestClient, VERIFIER, query};

const AUTHORIZE: &str = "/discord/oauth2/authorize";
const TOKEN: &str = "/discord/api/oauth2/token";
const CLIENT: [(&str, &str); 2] = [("client_id", "sandbox-discord"), ("client_secret", "sandbox-discord-secret")];

fn authorize_query(scope: &str) -> String {
    query(&[("client_id", "sandbox-discord"), ("nonce", ""), ("scope", scope)])
}

impl TestClient {
    async fn discord_answer(&self, person: &str, scope: &str) -> Answer {
        self.post(
            &format!("{AUTHORIZE}/consent?{}", authorize_query(scope)),
            &[("person", person), ("decision", "allow")],
        )
        .await
    }

    async fn discord_exchange(&self, code: &str, verifier: &str) -> Answer {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", verifier),
        ];
        self.post(TOKEN, &[&CLIENT[..], &form[..]].concat()).await
    }

    async fn discord_tokens(&self, person: &str, scope: &str) -> Value {
        let code = self.discord_answer(person, scope).await.code();
        let answer = self.discord_exchange(&code, VERIFIER).await;
        assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"), "{}", answer.body);
        answer.json()
    }

    async fn discord_me(&self, tokens: &Value) -> Answer {
        let request = self.request(Method::GET, "/discord/api/users/@me");
        self.send(request.bearer_auth(tokens["access_token"].as_str().unwrap())).await
    }
}

#[tokio::test]
async fn sign_in_returns_a_user() {
    let client = TestClient::start().await;
    let chooser = client.get(&format!("{AUTHORIZE}?{}", authorize_query("identify email"))).await;
    assert!(chooser.body.contains("not the real Discord") && chooser.body.contains(r#"value="ada""#));
    let tokens = client.discord_tokens("ada", "identify email").await;
    assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("Bearer"), &json!(604_800)));
    let me = client.discord_me(&tokens).await.json();
    assert_eq!(
        (&me["global_name"], &me["email"], &me["verified"]),
        (&json!("Ada Lovelace"), &json!("ada@gmail.com"), &json!(true))
    );
    let id = me["id"].as_str().unwrap();
    assert!(id.parse::<u64>().unwrap() > 1 << 53, "{id}");
    let picture = format!("/discord/avatars/{id}/{}.png", me["avatar"].as_str().unwrap());
    assert_eq!(client.get(&picture).await.status, 200);
    assert_eq!(client.get("/discord/avatars/1/x.png").await.status, 404);
}

#[tokio::test]
async fn missing_data_is_null_and_email_needs_its_scope() {
    let client = TestClient::start().await;
    let me = async |person, scope| client.discord_me(&client.discord_tokens(person, scope).await).await.json();
    let plain = me("plain", "identify email").await;
    assert_eq!(
        (&plain["global_name"], &plain["avatar"], &plain["username"]),
        (&Value::Null, &Value::Null, &json!("plain"))
    );
    let linus = me("linus", "identify email").await;
    assert_eq!((&linus["email"], &linus["verified"]), (&json!("linus@example.org"), &json!(false)));
    assert_eq!(me("nomail", "identify email").await["email"], Value::Null);
    assert!(me("long", "identify").await["avatar"].as_str().unwrap().starts_with("a_"));
    assert!(me("ada", "identify").await.get("email").is_none());
}

#[tokio::test]
async fn response_has_iss_and_cancel_returns_discords_error() {
    let client = TestClient::start().await;
    let own = format!("{}/discord", client.sandbox.origin());
    assert_eq!(client.discord_answer("ada", "identify").await.callback()["iss"], own);
    client.control("discord/iss", json!({"iss": "off", "times": 1})).await;
    assert_eq!(client.discord_answer("ada", "identify").await.callback().get("iss"), None);
    let path = format!("{AUTHORIZE}/consent?{}", authorize_query("identify"));
    let denied = client.post(&path, &[("decision", "deny")]).await.callback();
    assert_eq!((denied["error"].as_str(), denied["iss"].as_str()), ("access_denied", own.as_str()));
    let unknown = client.get(&format!("{AUTHORIZE}?{}", authorize_query("identify moon"))).await.callback();
    assert_eq!(unknown["error"], "invalid_scope");
}

#[tokio::test]
async fn token_endpoint_accepts_client_forms_only() {
    let client = TestClient::start().await;
    let json = client.request(Method::POST, TOKEN).header("content-type", "application/json").body("{}");
    assert_eq!(client.send(json).await.status, 400);
    let rejected = client.post(TOKEN, &[("client_id", "sandbox-discord"), ("client_secret", "x")]).await;
    assert_eq!((rejected.status, &rejected.json()["error"]), (401, &json!("invalid_client")));
    for (code, verifier, error) in
        [("x", VERIFIER, "invalid_grant"), ("x", "short", "invalid_request"), ("", VERIFIER, "invalid_request")]
    {
        let refusal = client.discord_exchange(code, verifier).await;
        assert_eq!((refusal.status, &refusal.json()["error"]), (400, &json!(error)));
    }
    let code = client.discord_answer("ada", "identify").await.code();
    assert_eq!(client.discord_exchange(&code, &"x".repeat(43)).await.json()["error"], "invalid_grant");
    assert_eq!(client.discord_exchange(&code, VERIFIER).await.status, 400, "spent");
}

#[tokio::test]
async fn refresh_tokens_rotate_and_revocation_ends_the_grant() {
    let client = TestClient::start().await;
    let tokens = client.discord_tokens("ada", "identify").await;
    let refresh = async |token: &Value| {
        let form = [("grant_type", "refresh_token"), ("refresh_token", token.as_str().unwrap())];
        client.post(TOKEN, &[&CLIENT[..], &form[..]].concat()).await
    };
    let second = refresh(&tokens["refresh_token"]).await.json();
    assert_eq!(refresh(&tokens["refresh_token"]).await.status, 400);
    assert_eq!(client.discord_me(&second).await.status, 200);
    let revoke = format!("{TOKEN}/revoke");
    let token = [("token", second["access_token"].as_str().unwrap())];
    assert_eq!(client.post(&revoke, &token).await.status, 401);
    assert_eq!(client.post(&revoke, &[&CLIENT[..], &token[..]].concat()).await.status, 200);
    let gone = client.discord_me(&tokens).await;
    assert_eq!((gone.status, gone.json()), (401, json!({"message": "401: Unauthorized", "code": 0})));
    assert_eq!(refresh(&second["refresh_token"]).await.status, 400);
}
