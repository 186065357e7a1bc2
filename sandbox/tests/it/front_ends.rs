//! The public client, the Google button and minted tokens.

use latchkey_sandbox::{FACEBOOK_CLIENT_ID, FACEBOOK_CLIENT_SECRET, GOOGLE_CLIENT_ID, GOOGLE_SPA_CLIENT_ID};
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Answer, TestClient, VERIFIER, part, query, with_form};

const PAGE: &str = "http://localhost:3020";
const BUTTON: &str = "/google/gsi/button";

/// The public client's authorization response; `changes` as in [`query`].
async fn authorize(client: &TestClient, changes: &[(&str, &str)]) -> Answer {
    let redirect_uri = format!("{PAGE}/");
    let mut fields = vec![("client_id", GOOGLE_SPA_CLIENT_ID), ("redirect_uri", redirect_uri.as_str())];
    fields.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    fields.extend_from_slice(changes);
    client.consent(&query(&fields), "ada", &[]).await
}

fn response_parameter(answer: &Answer, name: &str) -> String {
    let url = url::Url::parse(answer.header("location")).unwrap();
    url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// The token request of a page at `origin`.
async fn redeem(client: &TestClient, code: &str, origin: &str, changes: &[(&str, &str)]) -> Answer {
    let redirect_uri = format!("{PAGE}/");
    let mut form = vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", &redirect_uri),
        ("client_id", GOOGLE_SPA_CLIENT_ID),
        ("code_verifier", VERIFIER),
    ];
    form.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    form.extend_from_slice(changes);
    client.send(with_form(client.request(Method::POST, "/google/token"), &form).header("origin", origin)).await
}

#[tokio::test]
async fn page_redeems_its_code_without_a_secret() {
    let client = TestClient::start().await;
    let code = response_parameter(&authorize(&client, &[]).await, "code");
    let answer = redeem(&client, &code, PAGE, &[]).await;
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, PAGE), "{}", answer.body);
    assert_eq!((answer.header("vary"), answer.header("access-control-allow-credentials")), ("Origin", ""));
    let claims = part(answer.json()["id_token"].as_str().unwrap(), 1);
    assert_eq!((&claims["aud"], &claims["azp"]), (&json!(GOOGLE_SPA_CLIENT_ID), &json!(GOOGLE_SPA_CLIENT_ID)));
    assert_eq!(claims["nonce"], "the-nonce");

    let rejected = redeem(&client, "4/0Anone", PAGE, &[]).await;
    assert_eq!((rejected.status, rejected.header("access-control-allow-origin")), (400, PAGE), "errors are read, too");
    let elsewhere = redeem(&client, "4/0Anone", "https://evil.example", &[]).await;
    assert_eq!(elsewhere.header("access-control-allow-origin"), "");
    let preflight = client.request(Method::OPTIONS, "/google/token").header("origin", PAGE);
    let preflight = client.send(preflight.header("access-control-request-method", "POST")).await;
    assert_eq!((preflight.status, preflight.header("access-control-allow-origin")), (204, PAGE));
}

#[tokio::test]
async fn public_client_needs_pkce_and_a_loopback_redirect() {
    let client = TestClient::start().await;
    let bare = authorize(&client, &[("code_challenge", ""), ("code_challenge_method", "")]).await;
    assert_eq!(response_parameter(&bare, "error"), "invalid_request");
    assert_eq!(authorize(&client, &[("redirect_uri", "https://evil.example/")]).await.status, 400);
    let of_the_other = authorize(&client, &[("client_id", GOOGLE_CLIENT_ID)]).await;
    assert_eq!(of_the_other.status, 400, "the client with a secret is answered at its callback only");

    let wrong = async |changes: &[(&str, &str)]| {
        let code = response_parameter(&authorize(&client, &[]).await, "code");
        redeem(&client, &code, PAGE, changes).await.json()["error"].as_str().unwrap().to_owned()
    };
    assert_eq!(wrong(&[("code_verifier", "")]).await, "invalid_grant");
    assert_eq!(wrong(&[("client_secret", "sandbox-google-secret")]).await, "invalid_client");
    let of_ours = [("client_id", GOOGLE_CLIENT_ID), ("client_secret", "sandbox-google-secret")];
    assert_eq!(wrong(&of_ours).await, "invalid_grant", "a code is its client's");
    let code = response_parameter(
        &authorize(&client, &[("redirect_uri", "http://127.0.0.1:4444/anywhere?x=y")]).await,
        "code",
    );
    let answer = redeem(&client, &code, PAGE, &[("redirect_uri", "http://127.0.0.1:4444/anywhere?x=y")]).await;
    assert_eq!(answer.status, 200);
}

/// The fields that the button's form posts, and the CSRF cookie.
async fn press_button(client: &TestClient, client_id: &str) -> (Value, Option<String>) {
    let query = serde_urlencoded::to_string([
        ("client_id", client_id),
        ("login_uri", "http://localhost:3000/auth/google/credential"),
        ("nonce", "n"),
    ]);
    let path = format!("{BUTTON}/person?{}", query.unwrap());
    let answer = client.post(&path, &[("person", "ada")]).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(answer.body.contains(r#"action="http://localhost:3000/auth/google/credential""#));
    assert!(answer.header("content-security-policy").contains("form-action 'self' http://localhost:3000"));
    let fields = answer.body.split(r#"<input type="hidden" name=""#).skip(1).map(|rest| {
        let (name, rest) = rest.split_once(r#"" value=""#).unwrap();
        (name.to_owned(), Value::from(rest.split_once('"').unwrap().0))
    });
    let cookies = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
    let cookie = cookies.filter_map(|cookie| cookie.strip_prefix("g_csrf_token=")).next().unwrap();
    assert!(cookie.contains("; Path=/;") && !cookie.contains("Domain"));
    let value = cookie.split(';').next().unwrap().to_owned();
    (Value::Object(fields.collect()), (!cookie.contains("Max-Age=0")).then_some(value))
}

#[tokio::test]
async fn button_posts_a_credential_and_csrf_token() {
    let client = TestClient::start().await;
    let chooser = client.get(&format!("{BUTTON}?client_id={GOOGLE_CLIENT_ID}&login_uri={PAGE}/in")).await;
    assert!(chooser.status == 200 && chooser.body.contains("Ada Lovelace"));
    for client_id in [GOOGLE_CLIENT_ID, GOOGLE_SPA_CLIENT_ID] {
        let (form, cookie) = press_button(&client, client_id).await;
        assert_eq!(form["g_csrf_token"].as_str(), cookie.as_deref());
        assert!(cookie.unwrap().len() >= 32 && form.get("g_csrf_cookie").is_none());
        let claims = part(form["credential"].as_str().unwrap(), 1);
        assert_eq!((&claims["aud"], &claims["nonce"]), (&json!(client_id), &json!("n")));
        assert!(claims.get("at_hash").is_none() && claims["email"] == "ada@gmail.com");
    }
    for wrong in
        ["client_id=other&login_uri=http://localhost/", "client_id=sandbox-google&login_uri=https://evil.example/"]
    {
        assert!(client.get(&format!("{BUTTON}?{wrong}")).await.status >= 400, "{wrong}");
    }
}

#[tokio::test]
async fn button_misbehaves_as_configured() {
    let client = TestClient::start().await;
    for (preset, form_has, cookie_has) in
        [("gsi_csrf_other", true, true), ("gsi_csrf_absent", false, true), ("gsi_csrf_no_cookie", true, false)]
    {
        client.control("google/presets", json!({ "preset": preset, "times": 1 })).await;
        let (form, cookie) = press_button(&client, GOOGLE_CLIENT_ID).await;
        let token = form.get("g_csrf_token").and_then(Value::as_str);
        assert_eq!((token.is_some(), cookie.is_some()), (form_has, cookie_has), "{preset}");
        assert_ne!(token, cookie.as_deref(), "{preset}");
    }
    client.control("google/presets", json!({ "preset": "gsi_csrf_empty", "times": 1 })).await;
    let (form, cookie) = press_button(&client, GOOGLE_CLIENT_ID).await;
    assert_eq!((form["g_csrf_token"].as_str(), cookie.as_deref()), (Some(""), Some("")));
    client.control("google/presets", json!({ "preset": "wrong_aud", "times": 1 })).await;
    let (form, _) = press_button(&client, GOOGLE_CLIENT_ID).await;
    assert_eq!(part(form["credential"].as_str().unwrap(), 1)["aud"], "another-client");
}

#[tokio::test]
async fn tokens_are_minted_for_any_client() {
    let client = TestClient::start().await;
    let order = json!({"kind": "access_token", "person": "ada", "client_id": "theirs", "scopes": ["openid", "email"]});
    let access = client.control("google/mint", order).await["access_token"].as_str().unwrap().to_owned();
    let info = client.post("/google/tokeninfo", &[("access_token", &access)]).await.json();
    assert_eq!((&info["aud"], &info["azp"]), (&json!("theirs"), &json!("theirs")));
    let userinfo = client.send(client.request(Method::GET, "/google/userinfo").bearer_auth(&access)).await;
    assert_eq!(userinfo.json()["email"], "ada@gmail.com", "userinfo does not mind");

    let robot = client.control("google/mint", json!({"kind": "service_account"})).await["access_token"].clone();
    let info = client.post("/google/tokeninfo", &[("access_token", robot.as_str().unwrap())]).await.json();
    assert!(info["email"].as_str().unwrap().ends_with(".iam.gserviceaccount.com") && info["aud"] == info["sub"]);

    let order = json!({"kind": "id_token", "person": "ada", "client_id": "theirs", "nonce": "n"});
    let id_token = client.control("google/mint", order.clone()).await["id_token"].as_str().unwrap().to_owned();
    assert_eq!((&part(&id_token, 1)["aud"], &part(&id_token, 1)["nonce"]), (&json!("theirs"), &json!("n")));
    let rejected = client.request(Method::POST, "/control/github/mint").header("content-type", "application/json");
    assert_eq!(client.send(rejected.body(order.to_string())).await.status, 400, "GitHub has no id_tokens");
}

#[tokio::test]
async fn facebook_debugs_its_own_apps_tokens_from_a_form() {
    let client = TestClient::start().await;
    let token =
        client.control("facebook/mint", json!({"kind": "access_token", "person": "ada"})).await["access_token"].clone();
    let debug = async |method: &str, token: &str| {
        let form = [("method", method), ("input_token", token)];
        let request = with_form(client.request(Method::POST, "/facebook-graph/v24.0/debug_token"), &form);
        let app = format!("{FACEBOOK_CLIENT_ID}|{FACEBOOK_CLIENT_SECRET}");
        client.send(request.bearer_auth(app)).await
    };
    let info = debug("GET", token.as_str().unwrap()).await;
    assert_eq!(info.json()["data"]["app_id"], FACEBOOK_CLIENT_ID, "{}", info.body);
    assert_eq!(debug("POST", token.as_str().unwrap()).await.json()["error"]["code"], 100);
    let order = json!({"kind": "access_token", "person": "ada", "client_id": "theirs"});
    let theirs = client.control("facebook/mint", order).await["access_token"].clone();
    let rejected = debug("GET", theirs.as_str().unwrap()).await;
    assert_eq!((rejected.status, &rejected.json()["error"]["code"]), (400, &json!(100)));
}
