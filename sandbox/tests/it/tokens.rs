//! Codes, refresh tokens, revocation, tokeninfo.

use latchkey_sandbox::GOOGLE_CLIENT_ID;
use reqwest::Method;
use serde_json::json;

use crate::client::{TestClient, part, query, token_form};

#[tokio::test]
async fn refresh_token_needs_offline_access_and_consent() {
    let client = TestClient::start().await;
    let offline = query(&[("access_type", "offline")]);
    let person = format!("/google/o/oauth2/v2/auth/person?{offline}");
    let refresh_token = async |code: String| client.exchange(&code).await.json().get("refresh_token").cloned();

    assert_eq!(refresh_token(client.code().await).await, None, "online");
    let silent = client.post(&person, &[("person", "ada")]).await.code();
    assert_eq!(refresh_token(silent).await, None, "offline, but consent was remembered");
    let shown = client.consent(&offline, "ada", &[]).await.code();
    let token = refresh_token(shown).await.unwrap();

    let refreshed = client.refresh(token.as_str().unwrap()).await.json();
    assert!(refreshed.get("refresh_token").is_none(), "Google does not rotate");
    assert!(part(refreshed["id_token"].as_str().unwrap(), 1).get("nonce").is_none());
    assert_eq!(client.refresh("1//0nonsense").await.json()["error"], "invalid_grant");

    let revoked = client.post("/google/revoke", &[("token", refreshed["access_token"].as_str().unwrap())]).await;
    assert_eq!(revoked.status, 200);
    assert_eq!(
        client.refresh(token.as_str().unwrap()).await.json()["error"],
        "invalid_grant",
        "the whole grant is gone"
    );
    let again = client.post("/google/revoke", &[("token", token.as_str().unwrap())]).await;
    assert_eq!((again.status, again.json()["error"].clone()), (400, json!("invalid_token")));
}

#[tokio::test]
async fn code_works_once_within_a_minute_with_its_verifier() {
    let client = TestClient::start().await;
    let code = client.code().await;
    let access = client.exchange(&code).await.json()["access_token"].as_str().unwrap().to_owned();
    let userinfo =
        async || client.send(client.request(Method::GET, "/google/userinfo").bearer_auth(&access)).await.status;
    assert_eq!(userinfo().await, 200);
    assert_eq!(client.exchange(&code).await.json()["error"], "invalid_grant");
    assert_eq!(userinfo().await, 401, "a second use revokes what the first has given");

    let changed = async |name: &str, value: &str| {
        let code = client.code().await;
        let mut form = token_form(&code).to_vec();
        form.retain(|(known, _)| *known != name);
        form.push((name, value));
        let answer = client.post("/google/token", &form).await;
        let second = client.exchange(&code).await.status;
        (answer.status, answer.json()["error"].as_str().unwrap().to_owned(), second)
    };
    assert_eq!(changed("code_verifier", &"x".repeat(43)).await, (400, "invalid_grant".into(), 400));
    assert_eq!(changed("code_verifier", "").await, (400, "invalid_grant".into(), 400));
    assert_eq!(
        changed("redirect_uri", "http://localhost:3000/auth/callback/other").await,
        (400, "redirect_uri_mismatch".into(), 400)
    );
    assert_eq!(changed("client_secret", "wrong").await, (401, "invalid_client".into(), 200));
    assert_eq!(changed("grant_type", "password").await, (400, "unsupported_grant_type".into(), 200));

    let code = client.code().await;
    client.control("clock", json!({"offset_seconds": 61})).await;
    assert_eq!(client.exchange(&code).await.json()["error"], "invalid_grant");
    assert_eq!(client.exchange(&client.code().await).await.status, 200);
}

#[tokio::test]
async fn tokeninfo_describes_valid_tokens() {
    let client = TestClient::start().await;
    let tokens = client.exchange(&client.code().await).await.json();
    let access = tokens["access_token"].as_str().unwrap();
    let info = client.get(&format!("/google/tokeninfo?access_token={access}")).await.json();
    assert_eq!((&info["aud"], &info["email_verified"]), (&json!(GOOGLE_CLIENT_ID), &json!("true")));
    assert!(info["expires_in"].is_string() && info["access_type"] == "online");
    let id_token = tokens["id_token"].as_str().unwrap();
    let info = client.post("/google/tokeninfo", &[("id_token", id_token)]).await.json();
    assert_eq!((&info["sub"], &info["alg"]), (&part(id_token, 1)["sub"], &json!("RS256")));
    // As Google's client for Node asks.
    let by_header = async |token: &str| {
        client.send(client.request(reqwest::Method::POST, "/google/tokeninfo").bearer_auth(token)).await
    };
    assert_eq!(by_header(access).await.json()["aud"], GOOGLE_CLIENT_ID);
    assert_eq!(by_header("ya29.no").await.json()["error"], "invalid_token");
    assert_eq!(client.get("/google/tokeninfo?access_token=ya29.no").await.json()["error"], "invalid_token");
    assert_eq!(client.get(&format!("/google/tokeninfo?id_token={id_token}x")).await.status, 400);
    client.control("clock", json!({"offset_seconds": 3601})).await;
    assert_eq!(client.get(&format!("/google/tokeninfo?id_token={id_token}")).await.status, 400);
    assert_eq!(client.get(&format!("/google/tokeninfo?access_token={access}")).await.status, 400);
}
