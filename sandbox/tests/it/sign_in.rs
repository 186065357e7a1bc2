//! Complete and canceled sign-ins.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use latchkey_sandbox::GOOGLE_CLIENT_ID;
use reqwest::Method;
use serde_json::json;

use crate::client::{TestClient, part, query, token_form};

#[tokio::test]
async fn sign_in_returns_a_valid_id_token() {
    let client = TestClient::start().await;
    let auth = "/google/o/oauth2/v2/auth";
    let query = query(&[]);
    let chooser = client.get(&format!("{auth}?{query}")).await;
    assert_eq!(chooser.status, 200);
    assert!(chooser.body.contains("not the real Google"));
    assert!(chooser.body.contains(r#"name="person" value="ada""#));
    assert!(!chooser.body.contains("<script"));
    let policy = chooser.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'self'"), "{policy}");
    assert!(policy.contains("form-action 'self' http://localhost:3000"), "{policy}");

    let picked = client.post(&format!("{auth}/person?{query}"), &[("person", "grace")]).await;
    assert_eq!(picked.status, 303);
    let cookie = picked.header("set-cookie");
    assert!(cookie.contains("Path=/google; HttpOnly; SameSite=Lax"), "{cookie}");
    let consent = client.get(picked.header("location")).await;
    assert!(consent.body.contains(r#"name="decision" value="allow""#));
    let answer = client.consent(&query, "grace", &[]).await;
    let callback = answer.callback();
    assert_eq!(callback["state"], "the-state");
    assert_eq!(callback["iss"], client.sandbox.google_issuer());

    let tokens = client.exchange(&callback["code"]).await;
    assert_eq!((tokens.status, tokens.header("cache-control")), (200, "no-store"));
    let tokens = tokens.json();
    assert_eq!(tokens["token_type"], "Bearer");
    assert!(tokens.get("refresh_token").is_none());
    let access = tokens["access_token"].as_str().unwrap();
    let claims = client.verified(tokens["id_token"].as_str().unwrap()).await.unwrap();
    assert_eq!(claims["nonce"], "the-nonce");
    assert_eq!((&claims["azp"], &claims["aud"]), (&json!(GOOGLE_CLIENT_ID), &json!(GOOGLE_CLIENT_ID)));
    assert_eq!(claims["email"], "grace@navy.example");
    assert_eq!(claims["email_verified"], true);
    assert_eq!(claims["hd"], "navy.example");
    assert_eq!(claims["given_name"], "Grace");
    assert_eq!(claims["sub"].as_str().unwrap().len(), 21);
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 3600);
    let hash = digest::digest(&digest::SHA256, access.as_bytes());
    assert_eq!(claims["at_hash"], URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16]));

    let userinfo = client.send(client.request(Method::GET, "/google/userinfo").bearer_auth(access)).await.json();
    assert_eq!(userinfo["sub"], claims["sub"]);
    assert_eq!(userinfo["email"], "grace@navy.example");
    let picture = url::Url::parse(claims["picture"].as_str().unwrap()).unwrap();
    assert_eq!(client.get(picture.path()).await.header("content-type"), "image/svg+xml");
}

#[tokio::test]
async fn request_without_state_nonce_and_pkce_works() {
    let client = TestClient::start().await;
    let query = query(&[("state", ""), ("nonce", ""), ("code_challenge", ""), ("code_challenge_method", "")]);
    let answer = client.consent(&query, "ada", &[]).await;
    assert!(!answer.callback().contains_key("state"));
    let code = answer.code();
    let form: Vec<_> = token_form(&code).into_iter().filter(|(name, _)| *name != "code_verifier").collect();
    let tokens = client.post("/google/token", &form).await.json();
    assert!(part(tokens["id_token"].as_str().unwrap(), 1).get("nonce").is_none());
    // A verifier without a challenge: the challenge was removed.
    let code = client.consent(&query, "ada", &[]).await.code();
    assert_eq!(client.exchange(&code).await.json()["error"], "invalid_grant");
}

#[tokio::test]
async fn missing_user_data_is_absent_from_claims() {
    let client = TestClient::start().await;
    for (person, has, lacks) in [
        ("plain", "email", &["name", "given_name", "picture"][..]),
        ("nomail", "name", &["email", "email_verified", "hd"][..]),
        ("ada", "picture", &["hd"][..]),
    ] {
        let code = client.consent(&query(&[]), person, &[]).await.code();
        let claims = part(client.exchange(&code).await.json()["id_token"].as_str().unwrap(), 1);
        assert!(claims.get(has).is_some(), "{person} has {has}");
        assert!(lacks.iter().all(|name| claims.get(name).is_none()), "{person}: {claims}");
    }
    let code = client.consent(&query(&[]), "linus", &[]).await.code();
    let claims = part(client.exchange(&code).await.json()["id_token"].as_str().unwrap(), 1);
    assert_eq!(claims["email_verified"], false);
}

#[tokio::test]
async fn created_account_is_found_again() {
    let client = TestClient::start().await;
    let path = format!("/google/o/oauth2/v2/auth/person?{}", query(&[]));
    let form = [("person", "new"), ("email", "new.one@gmail.com"), ("name", "New <b>One</b>"), ("verified", "no")];
    let first = client.post(&path, &form).await;
    let again = client.post(&path, &[("person", "new"), ("email", "New.One@gmail.com")]).await;
    assert_eq!(first.header("location"), again.header("location"));
    let consent = client.get(first.header("location")).await.body;
    assert!(consent.contains("New &lt;b&gt;One&lt;/b&gt;") && !consent.contains("<b>One"));
    let id = first.header("location").split("&person=").nth(1).unwrap().to_owned();
    let code = client.consent(&query(&[]), &id, &[]).await.code();
    let claims = part(client.exchange(&code).await.json()["id_token"].as_str().unwrap(), 1);
    assert_eq!((&claims["email"], &claims["email_verified"]), (&json!("new.one@gmail.com"), &json!(false)));
    let no_address = client.post(&path, &[("person", "new"), ("email", "nonsense")]).await;
    assert!(no_address.header("location").starts_with("/google/o/oauth2/v2/auth?"));
}

#[tokio::test]
async fn cancel_is_access_denied() {
    let client = TestClient::start().await;
    let path = format!("/google/o/oauth2/v2/auth/consent?{}", query(&[]));
    for form in [&[("person", "ada"), ("decision", "deny")][..], &[("decision", "deny")][..]] {
        let callback = client.post(&path, form).await.callback();
        assert_eq!(callback["error"], "access_denied");
        assert_eq!(callback["state"], "the-state");
        assert!(!callback.contains_key("code"));
    }
}

#[tokio::test]
async fn unknown_client_or_redirect_uri_shows_a_page() {
    let client = TestClient::start().await;
    for change in
        [("client_id", "other"), ("redirect_uri", "https://evil.example/auth/callback/google"), ("client_id", "")]
    {
        let answer = client.get(&format!("/google/o/oauth2/v2/auth?{}", query(&[change]))).await;
        assert!(matches!(answer.status, 400 | 401), "{change:?}");
        assert_eq!(answer.header("location"), "");
    }
    let answer = client.get(&format!("/google/o/oauth2/v2/auth?{}", query(&[("prompt", "login")]))).await;
    assert_eq!(answer.callback()["error"], "invalid_request");
}
