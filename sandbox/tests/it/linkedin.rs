//! Mock LinkedIn and its deviations from OpenID Connect.

use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Answer, CALLBACK, TestClient, VERIFIER, part, query, with_form};

const AUTHORIZE: &str = "/linkedin/oauth/v2/authorization";
const TOKEN: &str = "/linkedin/oauth/v2/accessToken";
const CLIENT: [(&str, &str); 2] = [("client_id", "sandbox-linkedin"), ("client_secret", "sandbox-linkedin-secret")];
const SCOPE: &str = "openid profile email";

impl TestClient {
    async fn linkedin_code(&self, person: &str, scope: &str) -> String {
        let query = query(&[("client_id", "sandbox-linkedin"), ("scope", scope)]);
        self.post(&format!("{AUTHORIZE}/consent?{query}"), &[("person", person), ("decision", "allow")]).await.code()
    }

    async fn linkedin_exchange(&self, code: &str, more: &[(&str, &str)]) -> Answer {
        let form = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK)];
        self.post(TOKEN, &[&CLIENT[..], &form[..], more].concat()).await
    }

    async fn linkedin_tokens(&self, person: &str, scope: &str) -> Value {
        let answer = self.linkedin_exchange(&self.linkedin_code(person, scope).await, &[]).await;
        assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"), "{}", answer.body);
        answer.json()
    }

    async fn linkedin_userinfo(&self, tokens: &Value) -> Answer {
        let request = self.request(Method::GET, "/linkedin-api/v2/userinfo");
        self.send(request.bearer_auth(tokens["access_token"].as_str().unwrap())).await
    }
}

fn claims(tokens: &Value) -> Value {
    part(tokens["id_token"].as_str().unwrap(), 1)
}

#[tokio::test]
async fn the_discovery_document_describes_endpoints_that_exist() {
    let client = TestClient::start().await;
    let document = client.get("/linkedin/oauth/.well-known/openid-configuration").await.json();
    assert_eq!(document["issuer"], format!("{}/linkedin/oauth", client.sandbox.origin()));
    for name in ["authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"] {
        let url = document[name].as_str().unwrap();
        assert_ne!(client.http.get(url).send().await.unwrap().status(), 404, "{name}");
    }
    assert_eq!(client.get("/linkedin/oauth/openid/jwks").await.json()["keys"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_id_token_has_no_nonce_and_strings_where_userinfo_has_none() {
    let client = TestClient::start().await;
    let tokens = client.linkedin_tokens("ada", SCOPE).await;
    assert!(tokens.get("refresh_token").is_none() && tokens["scope"] == "email,openid,profile", "{tokens}");
    let said = claims(&tokens);
    assert_eq!((said.get("nonce"), &said["aud"]), (None, &json!("sandbox-linkedin")));
    assert_eq!((&said["email_verified"], &said["locale"]), (&json!("true"), &json!("en_US")));
    let userinfo = client.linkedin_userinfo(&tokens).await.json();
    assert_eq!((&userinfo["sub"], &userinfo["name"]), (&said["sub"], &json!("Ada Lovelace")));
    assert_eq!((&userinfo["email_verified"], &userinfo["locale"]["country"]), (&json!(true), &json!("US")));
}

#[tokio::test]
async fn missing_values_are_absent_and_claims_need_their_scopes() {
    let client = TestClient::start().await;
    assert_eq!(claims(&client.linkedin_tokens("linus", SCOPE).await)["email_verified"], "false");
    for (person, scope) in [("nomail", SCOPE), ("ada", "openid profile")] {
        let said = claims(&client.linkedin_tokens(person, scope).await);
        assert!(said.get("email").is_none() && said.get("email_verified").is_none(), "{said}");
    }
    let plain = claims(&client.linkedin_tokens("plain", SCOPE).await);
    assert!(plain.get("name").is_none() && plain.get("picture").is_none(), "{plain}");
    let social = client.linkedin_tokens("ada", "w_member_social").await;
    assert!(social.get("id_token").is_none());
    assert_eq!(client.linkedin_userinfo(&social).await.status, 403);
}

#[tokio::test]
async fn cancel_has_a_code_of_linkedins_own_and_iss_comes_on_order() {
    let client = TestClient::start().await;
    let path = format!("{AUTHORIZE}/consent?{}", query(&[("client_id", "sandbox-linkedin")]));
    let denied = async || client.post(&path, &[("decision", "deny")]).await.callback();
    assert_eq!((denied().await.get("iss"), denied().await["error"].as_str()), (None, "user_cancelled_authorize"));
    client.control("linkedin/iss", json!({"iss": "right", "times": 1})).await;
    assert_eq!(denied().await["iss"], format!("{}/linkedin/oauth", client.sandbox.origin()));
}

#[tokio::test]
async fn the_client_authenticates_in_the_body_and_without_a_verifier() {
    let client = TestClient::start().await;
    let code = client.linkedin_code("ada", SCOPE).await;
    let refused = client.linkedin_exchange(&code, &[("code_verifier", VERIFIER)]).await;
    assert_eq!((refused.status, &refused.json()["error"]), (401, &json!("invalid_client")));
    let basic = client.request(Method::POST, TOKEN).basic_auth("sandbox-linkedin", Some("sandbox-linkedin-secret"));
    let form = [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", CALLBACK)];
    assert_eq!(client.send(with_form(basic, &form)).await.status, 401);

    let tokens = client.linkedin_exchange(&code, &[]).await.json();
    assert_eq!(client.linkedin_userinfo(&tokens).await.status, 200);
    let again = client.linkedin_exchange(&code, &[]).await;
    assert_eq!((again.status, &again.json()["error"]), (400, &json!("invalid_request")));
    assert_eq!(client.linkedin_userinfo(&tokens).await.status, 401, "tokens of a code that was sent twice are revoked");
}
