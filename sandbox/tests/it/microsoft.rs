//! Mock Microsoft: tenants, ids, unverified emails and AADSTS errors.

use std::collections::HashMap;

use latchkey_sandbox::{MICROSOFT_CLIENT_ID, MICROSOFT_CLIENT_SECRET, MICROSOFT_PERSONAL_TENANT, microsoft_tenant_of};
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Answer, TestClient, VERIFIER, part, query, with_form};

const CALLBACK: &str = "http://localhost:3000/auth/callback/microsoft";

fn authorize_query(changes: &[(&str, &str)]) -> String {
    let own = [("client_id", MICROSOFT_CLIENT_ID), ("redirect_uri", CALLBACK)];
    let own = own.iter().filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name)).copied();
    query(&own.chain(changes.iter().copied()).collect::<Vec<_>>())
}

fn response_parameters(answer: &Answer) -> HashMap<String, String> {
    assert_eq!(answer.status, 303, "{}", answer.body);
    let location = answer.header("location");
    assert!(location.starts_with(CALLBACK), "{location}");
    url::Url::parse(location).unwrap().query_pairs().into_owned().collect()
}

async fn decide(client: &TestClient, tenant: &str, changes: &[(&str, &str)], person: &str, decision: &str) -> Answer {
    let path = format!("/microsoft/{tenant}/oauth2/v2.0/authorize/consent?{}", authorize_query(changes));
    client.post(&path, &[("person", person), ("decision", decision)]).await
}

async fn redeem(client: &TestClient, tenant: &str, changes: &[(&str, &str)]) -> Answer {
    let mut form = vec![
        ("grant_type", "authorization_code"),
        ("redirect_uri", CALLBACK),
        ("client_id", MICROSOFT_CLIENT_ID),
        ("client_secret", MICROSOFT_CLIENT_SECRET),
        ("code_verifier", VERIFIER),
    ];
    form.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    form.extend(changes);
    client.post(&format!("/microsoft/{tenant}/oauth2/v2.0/token"), &form).await
}

async fn claims(client: &TestClient, person: &str) -> Value {
    let code = response_parameters(&decide(client, "common", &[], person, "allow").await).remove("code").unwrap();
    let tokens = redeem(client, "common", &[("code", &code)]).await.json();
    part(tokens["id_token"].as_str().unwrap_or_else(|| panic!("{tokens}")), 1)
}

#[tokio::test]
async fn discovery_issuer_depends_on_the_tenant() {
    let client = TestClient::start().await;
    let base = client.sandbox.microsoft_url();
    let navy = microsoft_tenant_of("navy.example");
    for (tenant, issuer) in [
        ("common", "{tenantid}"),
        ("organizations", "{tenantid}"),
        ("consumers", MICROSOFT_PERSONAL_TENANT),
        (navy.as_str(), navy.as_str()),
    ] {
        let document = client.get(&format!("/microsoft/{tenant}/v2.0/.well-known/openid-configuration")).await.json();
        assert_eq!(document["issuer"], format!("{base}/{issuer}/v2.0"));
        assert_eq!(document["token_endpoint"], format!("{base}/{tenant}/oauth2/v2.0/token"));
        let keys = client.http.get(document["jwks_uri"].as_str().unwrap()).send().await.unwrap().text().await.unwrap();
        let keys: Value = serde_json::from_str(&keys).unwrap();
        assert!(keys["keys"][0]["n"].is_string() && keys["keys"][0].get("alg").is_none());
    }
    let none = client.get("/microsoft/evil.example/v2.0/.well-known/openid-configuration").await;
    assert_eq!((none.status, none.json()["error_codes"].clone()), (400, json!([900_023])));
}

#[tokio::test]
async fn sign_in_works_from_chooser_to_refresh() {
    let client = TestClient::start().await;
    let wide = [("scope", "openid profile email offline_access"), ("prompt", "select_account")];
    let chooser = client.get(&format!("/microsoft/common/oauth2/v2.0/authorize?{}", authorize_query(&wide))).await;
    assert!(chooser.status == 200 && chooser.body.contains("Grace Hopper") && !chooser.body.contains("<script"));
    let path = format!("/microsoft/common/oauth2/v2.0/authorize/person?{}", authorize_query(&wide));
    let screen = client.post(&path, &[("person", "grace")]).await.header("location").to_owned();
    assert!(client.get(&screen).await.body.contains("See your email address"));

    let answer = response_parameters(&decide(&client, "common", &wide, "grace", "allow").await);
    assert_eq!(answer["state"], "the-state");
    assert!(answer.contains_key("session_state") && !answer.contains_key("iss"));
    let tokens = redeem(&client, "common", &[("code", &answer["code"])]).await.json();
    assert_eq!(tokens["scope"], "email openid profile");
    let claims = part(tokens["id_token"].as_str().unwrap(), 1);
    let navy = microsoft_tenant_of("navy.example");
    assert_eq!(claims["iss"], format!("{}/{navy}/v2.0", client.sandbox.microsoft_url()));
    assert_eq!((&claims["ver"], &claims["tid"], &claims["nonce"]), (&json!("2.0"), &json!(navy), &json!("the-nonce")));
    assert_eq!((&claims["email"], &claims["aud"]), (&json!("grace@navy.example"), &json!(MICROSOFT_CLIENT_ID)));
    let bearer =
        client.request(Method::GET, "/microsoft/oidc/userinfo").bearer_auth(tokens["access_token"].as_str().unwrap());
    assert_eq!(client.send(bearer).await.json()["sub"], claims["sub"]);

    let old = tokens["refresh_token"].as_str().unwrap();
    let form = [("grant_type", "refresh_token"), ("refresh_token", old), ("scope", "openid profile")];
    let next = redeem(&client, "common", &form).await.json();
    assert!(next["refresh_token"].is_string() && next["refresh_token"] != old);
    assert!(part(next["id_token"].as_str().unwrap(), 1).get("nonce").is_none());
    assert_eq!(redeem(&client, "common", &form).await.status, 200, "the old one stays good");
    let more = [("grant_type", "refresh_token"), ("refresh_token", old), ("scope", "openid Mail.Read")];
    assert_eq!(redeem(&client, "common", &more).await.json()["error_codes"], json!([65_001]));

    let code = response_parameters(&decide(&client, "common", &[], "grace", "allow").await).remove("code").unwrap();
    let online = redeem(&client, "common", &[("code", &code)]).await.json();
    assert!(online.get("refresh_token").is_none(), "without offline_access");
}

#[tokio::test]
async fn everyone_has_ids_but_not_a_verified_email() {
    let client = TestClient::start().await;
    for (person, domain, email, edov) in [
        ("ada", None, json!("ada@gmail.com"), json!(true)),
        ("grace", Some("navy.example"), json!("grace@navy.example"), json!("1")),
        ("linus", Some("example.org"), json!("linus@example.org"), json!(false)),
        ("plain", None, json!("plain@gmail.com"), Value::Null),
        ("nomail", Some("navy.example"), Value::Null, Value::Null),
        ("mallory", Some("evil.example"), json!("ada@gmail.com"), Value::Null),
    ] {
        let claims = claims(&client, person).await;
        let tid = domain.map_or_else(|| MICROSOFT_PERSONAL_TENANT.to_owned(), microsoft_tenant_of);
        assert_eq!(claims["tid"], tid, "{person}");
        assert_eq!(claims.get("email").cloned().unwrap_or_default(), email, "{person}");
        assert_eq!(claims.get("xms_edov").cloned().unwrap_or_default(), edov, "{person}");
        assert!(claims["preferred_username"].is_string() && claims.get("email_verified").is_none());
        assert_eq!(claims["oid"].as_str().unwrap().len(), 36);
    }
    let before = claims(&client, "ada").await;
    client.control("persons/ada", json!({"email": "ada@new.example"})).await;
    let after = claims(&client, "ada").await;
    assert_eq!((&after["oid"], &after["tid"], &after["sub"]), (&before["oid"], &before["tid"], &before["sub"]));
    assert_eq!(after["email"], "ada@new.example");
}

#[tokio::test]
async fn tenant_rejects_users_of_other_tenants() {
    let client = TestClient::start().await;
    let navy = microsoft_tenant_of("navy.example");
    for (tenant, person, comes_in) in [
        (navy.as_str(), "grace", true),
        (navy.as_str(), "linus", false),
        (navy.as_str(), "ada", false),
        ("organizations", "linus", true),
        ("organizations", "ada", false),
        ("consumers", "ada", true),
        ("consumers", "grace", false),
        (MICROSOFT_PERSONAL_TENANT, "ada", true),
    ] {
        let answer = decide(&client, tenant, &[], person, "allow").await;
        if comes_in {
            assert!(response_parameters(&answer).contains_key("code"), "{tenant} {person}");
        } else {
            assert_eq!((answer.status, answer.header("location")), (403, ""), "{tenant} {person}");
            assert!(answer.body.contains("AADSTS50020"));
        }
    }
    let code = response_parameters(&decide(&client, "common", &[], "ada", "allow").await).remove("code").unwrap();
    let elsewhere = redeem(&client, &navy, &[("code", &code)]).await;
    assert_eq!(elsewhere.json()["error_codes"], json!([50_020]));
}

#[tokio::test]
async fn errors_have_aadsts_numbers() {
    let client = TestClient::start().await;
    let cancelled = response_parameters(&decide(&client, "common", &[], "ada", "deny").await);
    assert_eq!((cancelled["error"].as_str(), cancelled["error_subcode"].as_str()), ("access_denied", "cancel"));
    assert!(cancelled["error_description"].starts_with("AADSTS65004: ") && cancelled["state"] == "the-state");

    let page = async |changes: &[(&str, &str)]| {
        client.get(&format!("/microsoft/common/oauth2/v2.0/authorize?{}", authorize_query(changes))).await
    };
    for (change, number) in [(("client_id", "x"), "700016"), (("redirect_uri", "https://evil.example/"), "50011")] {
        let answer = page(&[change]).await;
        assert!(answer.status == 400 && answer.body.contains(number), "{}", answer.body);
    }
    for (change, error, number) in [
        (("response_type", "token"), "unsupported_response_type", "700054"),
        (("scope", "openid phone"), "invalid_scope", "70011"),
        (("prompt", "none consent"), "invalid_request", "90023"),
        (("prompt", "none"), "login_required", "50058"),
    ] {
        let answer = response_parameters(&page(&[change]).await);
        assert_eq!(answer["error"], error);
        assert!(answer["error_description"].starts_with(&format!("AADSTS{number}: ")), "{answer:?}");
    }

    let attempt = async |change: (&str, &str)| {
        let code = response_parameters(&decide(&client, "common", &[], "ada", "allow").await).remove("code").unwrap();
        let answer = redeem(&client, "common", &[("code", &code), change]).await;
        let second = redeem(&client, "common", &[("code", &code)]).await.status;
        let body = answer.json();
        (answer.status, body["error"].as_str().unwrap_or_default().to_owned(), body["error_codes"][0].clone(), second)
    };
    assert_eq!(attempt(("client_secret", "x")).await, (401, "invalid_client".into(), json!(7_000_215), 200));
    assert_eq!(attempt(("code_verifier", "x")).await, (400, "invalid_grant".into(), json!(501_481), 400));
    assert_eq!(
        attempt(("redirect_uri", "http://localhost/")).await,
        (400, "invalid_grant".into(), json!(500_112), 400)
    );
    assert_eq!(attempt(("grant_type", "x")).await, (400, "unsupported_grant_type".into(), json!(70_003), 200));
    assert_eq!(attempt(("nothing", "x")).await.3, 400, "a code is good once");
    let code = response_parameters(&decide(&client, "common", &[], "ada", "allow").await).remove("code").unwrap();
    client.control("clock", json!({"offset_seconds": 61})).await;
    assert_eq!(redeem(&client, "common", &[("code", &code)]).await.json()["error_codes"], json!([70_008]));
}

#[tokio::test]
async fn prompt_controls_the_interaction() {
    let client = TestClient::start().await;
    let first = decide(&client, "common", &[], "ada", "allow").await;
    let cookie = first.header("set-cookie").split(';').next().unwrap().to_owned();
    let ask = async |tenant: &str, changes: &[(&str, &str)]| {
        let path = format!("/microsoft/{tenant}/oauth2/v2.0/authorize?{}", authorize_query(changes));
        client.send(client.request(Method::GET, &path).header("cookie", &cookie)).await
    };
    let hint = ("login_hint", "ada@gmail.com");
    assert!(response_parameters(&ask("common", &[("prompt", "none")]).await).contains_key("code"));
    assert!(response_parameters(&ask("common", &[hint]).await).contains_key("code"));
    assert!(ask("common", &[hint, ("prompt", "consent")]).await.header("location").contains("/authorize/consent?"));
    for prompt in ["login", "select_account"] {
        assert_eq!(ask("common", &[hint, ("prompt", prompt)]).await.status, 200, "{prompt}");
    }
    assert_eq!(
        response_parameters(&ask("organizations", &[("prompt", "none")]).await)["error"],
        "interaction_required"
    );
    let more = [("prompt", "none"), ("scope", "openid User.Read")];
    assert_eq!(response_parameters(&ask("common", &more).await)["error"], "consent_required");
}

#[tokio::test]
async fn control_api_works_as_for_google() {
    let client = TestClient::start().await;
    let path = format!("/microsoft/common/oauth2/v2.0/authorize?{}", authorize_query(&[]));
    client.control("microsoft/auto_consent", json!({"person": "linus", "times": 1})).await;
    let code = response_parameters(&client.get(&path).await).remove("code").unwrap();
    client.control("microsoft/presets", json!({"preset": "slash_iss", "times": 1})).await;
    let tokens = redeem(&client, "common", &[("code", &code)]).await.json();
    assert!(part(tokens["id_token"].as_str().unwrap(), 1)["iss"].as_str().unwrap().ends_with("/v2.0/"));
    assert_eq!(client.requests("token").await[0]["provider"], "microsoft");

    client.control("microsoft/presets", json!({"preset": "certs_500"})).await;
    assert_eq!(client.get("/microsoft/common/discovery/v2.0/keys").await.status, 500);
    assert_eq!(client.get("/google/certs").await.status, 200, "the others are not touched");
    let form = [("provider", "microsoft"), ("command", "presets"), ("preset", "token_503"), ("times", "1")];
    assert_eq!(client.post("/control/form", &form).await.status, 303);
    assert_eq!(redeem(&client, "common", &[("code", "x")]).await.status, 503);
    client.control("microsoft/presets", json!({"preset": "response_wrong_state", "times": 1})).await;
    let by_form = decide(&client, "common", &[("response_mode", "form_post")], "ada", "allow").await;
    assert!(by_form.status == 200 && by_form.body.contains(r#"name="state" value="not-the-state""#));
    let fresh = with_form(client.request(Method::POST, "/control/form"), &[("command", "behave")]);
    assert_eq!(client.send(fresh).await.status, 303);
    assert_eq!(client.get("/microsoft/common/discovery/v2.0/keys").await.status, 200);
}
