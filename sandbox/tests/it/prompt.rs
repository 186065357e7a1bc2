//! `prompt`, remembered consent, and scopes declined one by one.

use reqwest::Method;
use serde_json::json;

use crate::client::{CALENDAR, DRIVE, TestClient, query, with_form};

#[tokio::test]
async fn prompt_none_succeeds_only_without_interaction() {
    let client = TestClient::start().await;
    let silent = async |changes: &[(&str, &str)], cookie: &str| {
        let query = query(&[&[("prompt", "none")], changes].concat());
        let request = client.request(Method::GET, &format!("/google/o/oauth2/v2/auth?{query}"));
        client.send(request.header("cookie", cookie)).await.callback()
    };
    assert_eq!(silent(&[], "").await["error"], "login_required");

    let path = format!("/google/o/oauth2/v2/auth/person?{}", query(&[]));
    let picked = client.post(&path, &[("person", "ada")]).await;
    let cookie = picked.header("set-cookie").split(';').next().unwrap().to_owned();
    assert_eq!(silent(&[], &cookie).await["error"], "consent_required");
    client.consent(&query(&[]), "ada", &[]).await;
    assert!(silent(&[], &cookie).await.contains_key("code"));
    assert!(silent(&[("login_hint", "ada@gmail.com")], &cookie).await.contains_key("code"));
    assert_eq!(silent(&[("login_hint", "grace@navy.example")], &cookie).await["error"], "login_required");
    assert_eq!(silent(&[("login_hint", "nobody@gmail.com")], &cookie).await["error"], "login_required");
    let more = format!("openid email profile {DRIVE}");
    assert_eq!(silent(&[("scope", &more)], &cookie).await["error"], "consent_required");

    let second = with_form(client.request(Method::POST, &path), &[("person", "grace")]);
    client.send(second.header("cookie", &cookie)).await;
    assert_eq!(silent(&[], &cookie).await["error"], "interaction_required");
    let out = client.send(client.request(Method::POST, "/google/signout").header("cookie", &cookie)).await;
    assert_eq!(out.status, 303);
    assert_eq!(silent(&[], &cookie).await["error"], "login_required");
}

#[tokio::test]
async fn remembered_consent_and_a_hint_skip_the_pages() {
    let client = TestClient::start().await;
    let path = format!("/google/o/oauth2/v2/auth/person?{}", query(&[]));
    let granted = client.consent(&query(&[]), "ada", &[]).await;
    let cookie = granted.header("set-cookie").split(';').next().unwrap().to_owned();
    assert!(client.post(&path, &[("person", "ada")]).await.callback().contains_key("code"));
    let ask = async |changes: &[(&str, &str)], cookie: &str| {
        let request = client.request(Method::GET, &format!("/google/o/oauth2/v2/auth?{}", query(changes)));
        client.send(request.header("cookie", cookie)).await
    };
    assert_eq!(ask(&[], &cookie).await.status, 200, "without a hint, the chooser is always shown");
    let hint = ("login_hint", "ada@gmail.com");
    assert!(ask(&[hint], &cookie).await.callback().contains_key("code"));
    assert_eq!(ask(&[hint, ("prompt", "select_account")], &cookie).await.status, 200);
    assert!(ask(&[hint, ("prompt", "consent")], &cookie).await.header("location").contains("/auth/consent?"));
    assert_eq!(ask(&[hint], "").await.status, 200, "a hint does not sign anyone in");
    client.control("google/forget_consent", json!({})).await;
    assert!(client.post(&path, &[("person", "ada")]).await.header("location").contains("/auth/consent?"));
}

#[tokio::test]
async fn another_account_can_be_chosen_despite_a_login_hint() {
    let client = TestClient::start().await;
    let picked = client.post(&format!("/google/o/oauth2/v2/auth/person?{}", query(&[])), &[("person", "ada")]).await;
    let cookie = picked.header("set-cookie").split(';').next().unwrap().to_owned();
    let ask = async |path: &str| client.send(client.request(Method::GET, path).header("cookie", &cookie)).await;
    let hinted = query(&[("login_hint", "ada@gmail.com"), ("scope", &format!("openid {DRIVE}"))]);
    let screen = ask(&format!("/google/o/oauth2/v2/auth/consent?{hinted}&person=ada")).await;
    let (before, _) = screen.body.split_once("\">Choose another account</a>").unwrap();
    let link = before.rsplit_once("href=\"").unwrap().1.replace("&amp;", "&");
    assert!(link.contains("scope=") && !link.contains("login_hint"), "{link}");
    let chooser = ask(&link).await;
    assert!(chooser.status == 200 && chooser.body.contains("Choose an account"), "{}", chooser.body);
    // With the hint, the signed-in user skips the chooser.
    let straight = ask(&format!("/google/o/oauth2/v2/auth?{hinted}")).await;
    assert!(straight.header("location").contains("/auth/consent?"), "{}", straight.body);
}

#[tokio::test]
async fn scopes_can_be_declined_one_by_one() {
    let client = TestClient::start().await;
    let scope = format!("openid email {DRIVE} {CALENDAR}");
    let wide = query(&[("scope", &scope)]);
    let screen = client.get(&format!("/google/o/oauth2/v2/auth/consent?{wide}&person=ada")).await.body;
    assert!(screen.contains(&format!(r#"type="checkbox" name="scope" value="{DRIVE}" checked"#)));
    let answer = client.consent(&wide, "ada", &[CALENDAR, "https://www.googleapis.com/auth/never.asked"]).await;
    assert!(!answer.callback()["scope"].contains(DRIVE));
    let tokens = client.exchange(&answer.code()).await.json();
    let granted: Vec<_> = tokens["scope"].as_str().unwrap().split(' ').collect();
    assert_eq!(granted, [CALENDAR, "https://www.googleapis.com/auth/userinfo.email", "openid"]);

    let drive_only = query(&[("scope", DRIVE)]);
    let nothing = client.consent(&drive_only, "grace", &[]).await;
    assert_eq!(nothing.callback()["error"], "access_denied");
    let code = client.consent(&drive_only, "ada", &[DRIVE]).await.code();
    let tokens = client.exchange(&code).await.json();
    assert_eq!((&tokens["scope"], tokens.get("id_token")), (&json!(DRIVE), None));
    let both = query(&[("scope", DRIVE), ("include_granted_scopes", "true")]);
    let code = client.consent(&both, "ada", &[DRIVE]).await.code();
    assert!(client.exchange(&code).await.json()["scope"].as_str().unwrap().contains(CALENDAR));
}
