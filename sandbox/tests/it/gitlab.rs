//! Mock GitLab.

use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Answer, CALLBACK, TestClient, VERIFIER, part, query};

const AUTHORIZE: &str = "/gitlab/oauth/authorize";
const TOKEN: &str = "/gitlab/oauth/token";
const CLIENT: [(&str, &str); 2] = [("client_id", "sandbox-gitlab"), ("client_secret", "sandbox-gitlab-secret")];
const SCOPE: &str = "openid profile email";

impl TestClient {
    async fn gitlab_code(&self, person: &str, scope: &str) -> String {
        let query = query(&[("client_id", "sandbox-gitlab"), ("scope", scope)]);
        self.post(&format!("{AUTHORIZE}/consent?{query}"), &[("person", person), ("decision", "allow")]).await.code()
    }

    async fn gitlab_exchange(&self, code: &str) -> Answer {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        self.post(TOKEN, &[&CLIENT[..], &form[..]].concat()).await
    }

    async fn gitlab_tokens(&self, person: &str, scope: &str) -> Value {
        let answer = self.gitlab_exchange(&self.gitlab_code(person, scope).await).await;
        assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"), "{}", answer.body);
        answer.json()
    }

    async fn gitlab_userinfo(&self, tokens: &Value) -> Answer {
        let request = self.request(Method::GET, "/gitlab/oauth/userinfo");
        self.send(request.bearer_auth(tokens["access_token"].as_str().unwrap())).await
    }
}

fn claims(tokens: &Value) -> Value {
    part(tokens["id_token"].as_str().unwrap(), 1)
}

#[tokio::test]
async fn discovery_document_names_existing_endpoints() {
    let client = TestClient::start().await;
    let document = client.get("/gitlab/.well-known/openid-configuration").await.json();
    let issuer = format!("{}/gitlab", client.sandbox.origin());
    assert_eq!(document["issuer"], issuer);
    for name in ["authorization_endpoint", "token_endpoint", "userinfo_endpoint", "revocation_endpoint", "jwks_uri"] {
        let url = document[name].as_str().unwrap();
        assert!(url.starts_with(&issuer), "{name}");
        assert_ne!(client.http.get(url).send().await.unwrap().status(), 404, "{name}");
    }
    assert_eq!(client.get("/gitlab/oauth/discovery/keys").await.json()["keys"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn id_token_has_the_email_and_userinfo_the_name() {
    let client = TestClient::start().await;
    let tokens = client.gitlab_tokens("ada", SCOPE).await;
    let said = claims(&tokens);
    assert_eq!((&said["email"], &said["email_verified"]), (&json!("ada@gmail.com"), &json!(true)));
    assert_eq!((&said["nonce"], &said["aud"]), (&json!("the-nonce"), &json!("sandbox-gitlab")));
    assert!(said["sub"].as_str().unwrap().parse::<u32>().is_ok() && said.get("name").is_none(), "{said}");
    let userinfo = client.gitlab_userinfo(&tokens).await.json();
    assert_eq!((&userinfo["sub"], &userinfo["name"]), (&said["sub"], &json!("Ada Lovelace")));
    assert!(userinfo["picture"].as_str().unwrap().ends_with("/picture/ada"));
}

#[tokio::test]
async fn missing_data_is_absent_and_email_needs_its_scope() {
    let client = TestClient::start().await;
    let linus = claims(&client.gitlab_tokens("linus", SCOPE).await);
    assert_eq!(linus["email_verified"], false);
    for (person, scope) in [("nomail", SCOPE), ("ada", "openid profile")] {
        let said = claims(&client.gitlab_tokens(person, scope).await);
        assert!(said.get("email").is_none() && said.get("email_verified").is_none(), "{said}");
    }
    let plain = client.gitlab_userinfo(&client.gitlab_tokens("plain", SCOPE).await).await.json();
    assert!(plain.get("name").is_none() && plain.get("picture").is_none(), "{plain}");
    assert!(client.gitlab_tokens("ada", "read_user").await.get("id_token").is_none());
}

#[tokio::test]
async fn response_has_no_iss_unless_configured() {
    let client = TestClient::start().await;
    let query = query(&[("client_id", "sandbox-gitlab")]);
    let path = format!("{AUTHORIZE}/consent?{query}");
    let denied = async || client.post(&path, &[("decision", "deny")]).await.callback();
    assert_eq!((denied().await.get("iss"), denied().await["error"].as_str()), (None, "access_denied"));
    client.control("gitlab/iss", json!({"iss": "right", "times": 1})).await;
    assert_eq!(denied().await["iss"], format!("{}/gitlab", client.sandbox.origin()));
}

#[tokio::test]
async fn code_works_once_and_refresh_tokens_rotate() {
    let client = TestClient::start().await;
    let rejected = client.post(TOKEN, &[("client_id", "sandbox-gitlab"), ("client_secret", "x")]).await;
    assert_eq!((rejected.status, &rejected.json()["error"]), (401, &json!("invalid_client")));
    let code = client.gitlab_code("ada", SCOPE).await;
    let tokens = client.gitlab_exchange(&code).await.json();
    let again = client.gitlab_exchange(&code).await;
    assert_eq!((again.status, &again.json()["error"]), (400, &json!("invalid_grant")));
    assert_eq!(client.gitlab_userinfo(&tokens).await.status, 401, "what came from the code is over");

    let tokens = client.gitlab_tokens("ada", SCOPE).await;
    let refresh = async |token: &Value| {
        let form = [("grant_type", "refresh_token"), ("refresh_token", token.as_str().unwrap())];
        client.post(TOKEN, &[&CLIENT[..], &form[..]].concat()).await
    };
    let second = refresh(&tokens["refresh_token"]).await.json();
    assert_eq!(refresh(&tokens["refresh_token"]).await.status, 400);
    assert_eq!(claims(&second)["sub"], claims(&tokens)["sub"]);
    let token = [("token", second["access_token"].as_str().unwrap())];
    assert_eq!(client.post("/gitlab/oauth/revoke", &[&CLIENT[..], &token[..]].concat()).await.status, 200);
    assert_eq!(client.gitlab_userinfo(&second).await.status, 401);
}
