//! The generic provider.

use serde_json::{Value, json};

use crate::client::{CALLBACK, TestClient, VERIFIER, part, query};

const CLIENT: [(&str, &str); 2] = [("client_id", "sandbox-oidc"), ("client_secret", "sandbox-oidc-secret")];

impl TestClient {
    async fn oidc_tokens(&self) -> Value {
        let query = query(&[("client_id", "sandbox-oidc"), ("scope", "openid profile email")]);
        let decision = [("person", "ada"), ("decision", "allow")];
        let code = self.post(&format!("/oidc/authorize/consent?{query}"), &decision).await.code();
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        self.post("/oidc/token", &[&CLIENT[..], &form[..]].concat()).await.json()
    }
}

#[tokio::test]
async fn default_behaviour_follows_the_specifications() {
    let client = TestClient::start().await;
    let document = client.get("/oidc/.well-known/openid-configuration").await.json();
    assert_eq!(document["id_token_signing_alg_values_supported"], json!(["RS256"]));
    assert_eq!(document["token_endpoint_auth_methods_supported"], json!(["client_secret_basic", "client_secret_post"]));
    let id_token = client.oidc_tokens().await["id_token"].as_str().unwrap().to_owned();
    assert_eq!(
        (part(&id_token, 0)["alg"].as_str(), part(&id_token, 1)["name"].as_str()),
        (Some("RS256"), Some("Ada Lovelace"))
    );
    assert!(part(&id_token, 1)["auth_time"].is_u64());
}

#[tokio::test]
async fn configured_behaviour_replaces_the_default() {
    let client = TestClient::start().await;
    let configuration = json!({"sign": "es512", "auth_time": "fraction", "userinfo_only": ["name"], "rejected_prompts": ["select_account"]});
    let state = client.control("oidc/configure", configuration).await;
    assert_eq!(state["oidc"]["configuration"]["sign"], "es512");
    let document = client.get("/oidc/.well-known/openid-configuration").await.json();
    assert_eq!(document["id_token_signing_alg_values_supported"], json!(["ES512"]));
    let id_token = client.oidc_tokens().await["id_token"].as_str().unwrap().to_owned();
    let (header, claims) = (part(&id_token, 0), part(&id_token, 1));
    assert_eq!((header["alg"].as_str(), claims.get("name")), (Some("ES512"), None));
    assert!(claims["auth_time"].is_f64());
    let keys = client.get("/oidc/keys").await.json();
    assert!(keys["keys"].as_array().unwrap().iter().any(|key| key["kid"] == header["kid"] && key["crv"] == "P-521"));
    for (prompt, status) in [("select_account", 400), ("login", 200)] {
        let query = query(&[("client_id", "sandbox-oidc"), ("prompt", prompt)]);
        assert_eq!(client.get(&format!("/oidc/authorize?{query}")).await.status, status, "{prompt}");
    }
}

#[tokio::test]
async fn token_request_needs_an_offered_method() {
    let client = TestClient::start().await;
    client.control("oidc/configure", json!({"auth_methods": ["none"]})).await;
    assert_eq!(client.oidc_tokens().await["error"], "invalid_client");
    client.control("oidc/configure", json!({})).await;
    assert!(client.oidc_tokens().await["access_token"].is_string());
}
