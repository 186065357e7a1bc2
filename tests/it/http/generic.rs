//! What generic OpenID providers send and want, by configuration of the sandbox's own. Each oddity has its dangerous twin.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use rstest::rstest;
use serde_json::{Value, json};

use super::{
    app::App,
    browser::{Browser, parameter},
    refusal::assert_rejected,
};

const SECRET: (&str, &str) = ("CLIENT_SECRET", "sandbox-oidc-secret");

async fn app(variables: &[(&str, &str)], configuration: Value) -> App {
    let app = App::builder().generic(variables).start().await;
    app.control_sandbox("oidc/configure", configuration).await;
    app
}

/// Signs Ada in at the generic provider; returns where she ends.
async fn sign_in(browser: &Browser) -> String {
    let callback = browser.callback_url("ada", "/auth/work").await;
    browser.get(&callback).await.location().to_owned()
}

async fn error_of(browser: &Browser) -> String {
    parameter(&sign_in(browser).await, "error")
}

#[rstest]
#[case("rs256")]
#[case("rs384")]
#[case("rs512")]
#[case("ps256")]
#[case("ps384")]
#[case("ps512")]
#[case("es256")]
#[case("es384")]
#[case("es512")]
#[case("eddsa")]
#[case("ed25519")]
#[tokio::test(flavor = "multi_thread")]
async fn each_asymmetric_algorithm_signs_users_in(#[case] sign: &str) {
    let app = app(&[SECRET], json!({ "sign": sign })).await;
    let browser = app.browser();
    assert_eq!(sign_in(&browser).await, "/dashboard");
    assert!(browser.get("/dashboard").await.body.contains("Ada Lovelace"));
}

#[rstest]
#[case("none")]
#[case("hs256_client_secret")]
#[tokio::test(flavor = "multi_thread")]
async fn unusable_algorithm_is_refused_before_the_user_leaves(#[case] sign: &str) {
    let app = app(&[SECRET], json!({ "sign": sign })).await;
    let start = app.browser().get("/auth/work").await;
    assert_eq!(start.status, 303);
    assert!(start.location().starts_with("/login?error="), "{}", start.location());
}

#[rstest]
#[case::metadata("discovery", json!({ "revocation_endpoint": "", "end_session_endpoint": null, "claims_supported": 7,
    "scopes_supported": {}, "code_challenge_methods_supported": "S256", "token_endpoint_auth_methods_supported": null }))]
#[case::token_response("token", json!({ "refresh_token": "", "expires_in": null, "scope": ["openid", "email"],
    "error": null, "id_token_expires_in": -1 }))]
#[case::more_of_the_token_response("token", json!({ "refresh_token": null, "expires_in": "soon", "scope": null }))]
#[case::userinfo("userinfo", json!({ "address": null, "updated_at": "yesterday", "picture": [], "groups": 1 }))]
#[case::key_set("certs", json!({ "next": null, "issuer": 5 }))]
#[tokio::test(flavor = "multi_thread")]
async fn members_that_a_sign_in_does_not_need_stop_nobody(#[case] endpoint: &str, #[case] members: Value) {
    let app = app(&[SECRET], json!({ "userinfo_only": ["name"] })).await;
    let fault = json!({ "endpoint": endpoint, "fault": { "kind": "patch", "set": members } });
    app.control_sandbox("oidc/faults", fault).await;
    assert_eq!(sign_in(&app.browser()).await, "/dashboard");
}

#[rstest]
#[case::access_token("token", json!({ "access_token": "" }))]
#[case::id_token("token", json!({ "id_token": ["x"] }))]
#[case::empty_id_token("token", json!({ "id_token": "" }))]
#[case::error_beside_tokens("token", json!({ "error": "invalid_grant" }))]
#[case::keys("certs", json!({ "keys": null }))]
#[tokio::test(flavor = "multi_thread")]
async fn members_that_a_sign_in_needs_must_be_right(#[case] endpoint: &str, #[case] members: Value) {
    let app = app(&[SECRET], json!({})).await;
    let fault = json!({ "endpoint": endpoint, "fault": { "kind": "patch", "set": members }, "times": 1 });
    app.control_sandbox("oidc/faults", fault).await;
    assert!(!error_of(&app.browser()).await.is_empty());
    assert_eq!(app.rows().await, (0, 0, 0));
}

#[rstest]
#[case::unread(json!({ "claims": { "address": { "$raw": "{},\"address\":{}" } } }), "/dashboard")]
#[case::auth_time_null(json!({ "claims": { "auth_time": null } }), "/dashboard")]
#[case::auth_time_fraction(json!({ "claims": { "auth_time": { "$now": -5, "as": "float" } } }), "/dashboard")]
#[case::auth_time_text(json!({ "claims": { "auth_time": "yesterday" } }), "/dashboard")]
#[case::read(json!({ "claims": { "email": { "$raw": "\"ada@gmail.com\",\"email\":\"eve@gmail.com\"" } } }), "provider_invalid")]
#[case::subject(json!({ "claims": { "sub": { "$raw": "\"1\",\"sub\":\"2\"" } } }), "provider_invalid")]
#[tokio::test(flavor = "multi_thread")]
async fn repeated_and_odd_claims_count_only_where_they_are_read(#[case] patch: Value, #[case] outcome: &str) {
    let app = app(&[SECRET], json!({})).await;
    app.control_sandbox("oidc/id_token", json!({ "patch": patch })).await;
    let location = sign_in(&app.browser()).await;
    let error = parameter(&location, "error");
    assert_eq!(if error.is_empty() { location.as_str() } else { error.as_str() }, outcome);
}

#[tokio::test(flavor = "multi_thread")]
async fn claims_are_merged_from_id_token_and_userinfo() {
    let app = app(&[SECRET], json!({ "userinfo_only": ["name", "email_verified"], "numeric_sub": true })).await;
    let browser = app.browser();
    assert_eq!(sign_in(&browser).await, "/dashboard");
    let page = browser.get("/dashboard").await.body;
    assert!(page.contains("Ada Lovelace") && page.contains("ada@gmail.com"), "{page}");
    assert_eq!(app.database.number("SELECT count(*) FROM users WHERE verified_email = 'ada@gmail.com'").await, 1);
    // Userinfo about another user ends the sign-in.
    let fault = json!({ "endpoint": "userinfo", "fault": { "kind": "patch", "set": { "sub": 12 } }, "times": 1 });
    app.control_sandbox("oidc/faults", fault).await;
    assert_eq!(error_of(&app.browser()).await, "provider_invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_account_is_chosen_by_a_new_login() {
    let app = app(&[SECRET], json!({ "rejected_prompts": ["select_account"] })).await;
    let browser = app.browser();
    let authorize = browser.start_flow("/auth/work?prompt=select_account").await;
    assert_eq!(parameter(&authorize, "prompt"), "login");
    let page = browser.client.get(&authorize).send().await.expect("a page");
    assert!(page.status().is_success() || page.status().is_redirection(), "{}", page.status());
    // Where the value works, it is kept.
    let at_google = browser.start_flow("/auth/google?prompt=select_account").await;
    assert_eq!(parameter(&at_google, "prompt"), "select_account");
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelled_sign_in_without_the_announced_iss_is_cancelled() {
    let app = app(&[SECRET], json!({ "iss_beside_codes_only": true })).await;
    let browser = app.browser();
    let authorize = browser.start_flow("/auth/work").await;
    let callback = browser.consent(&authorize, "ada", "deny").await;
    assert_eq!(parameter(&callback, "iss"), "");
    assert_rejected(&app, &browser, &callback, "cancelled", &[]).await;
    // Beside a code the announced `iss` is required.
    let fault =
        json!({ "endpoint": "authorization_response", "fault": { "kind": "patch", "remove": ["iss"] }, "times": 1 });
    app.control_sandbox("oidc/faults", fault).await;
    let callback = browser.callback_url("ada", "/auth/work").await;
    assert_rejected(&app, &browser, &callback, "response_mismatch", &[]).await;
    assert_eq!(sign_in(&browser).await, "/dashboard");
}

#[rstest]
#[case::facebook(json!({ "error": "access_denied", "error_code": "200", "error_reason": "user_denied" }), "cancelled")]
#[case::facebook_without_error(json!({ "error_code": "200", "error_message": "Permissions error" }), "cancelled")]
#[case::linkedin(json!({ "error": "user_cancelled_login" }), "cancelled")]
#[case::apple(json!({ "error": "user_cancelled_authorize" }), "cancelled")]
#[case::another_error(json!({ "error_code": "1349048" }), "provider_refused")]
#[tokio::test(flavor = "multi_thread")]
async fn each_word_for_a_cancelled_sign_in_is_known(#[case] response: Value, #[case] code: &str) {
    let app = app(&[SECRET], json!({})).await;
    let fault = json!({ "kind": "patch", "set": response, "remove": ["code"] });
    app.control_sandbox("oidc/faults", json!({ "endpoint": "authorization_response", "fault": fault })).await;
    let browser = app.browser();
    let callback = browser.callback_url("ada", "/auth/work").await;
    assert_rejected(&app, &browser, &callback, code, &[]).await;
}

#[rstest]
#[case::in_the_body(json!(["client_secret_basic", "client_secret_post"]), false, &[], true)]
#[case::decoded_in_the_header(json!(["client_secret_basic"]), true, &[], true)]
#[case::not_decoded_in_the_header(json!(["client_secret_basic"]), false, &[], false)]
#[case::by_the_setting(json!(["client_secret_post"]), false, &[("TOKEN_AUTH", "post")], true)]
#[case::against_the_metadata(json!(["client_secret_post"]), true, &[("TOKEN_AUTH", "basic")], false)]
#[tokio::test(flavor = "multi_thread")]
async fn secret_with_special_characters_arrives(
    #[case] methods: Value,
    #[case] decodes_basic: bool,
    #[case] more: &[(&str, &str)],
    #[case] accepted: bool,
) {
    const ODD: &str = "a+b/c=~d%2B";
    let variables: Vec<_> = [("CLIENT_SECRET", ODD)].iter().chain(more).copied().collect();
    let configuration = json!({ "client_secret": ODD, "auth_methods": methods, "decodes_basic": decodes_basic });
    let app = app(&variables, configuration).await;
    assert_eq!(sign_in(&app.browser()).await == "/dashboard", accepted);
}

#[tokio::test(flavor = "multi_thread")]
async fn public_client_is_protected_by_pkce() {
    let app = app(&[("TOKEN_AUTH", "none")], json!({ "auth_methods": ["none"] })).await;
    let browser = app.browser();
    let authorize = browser.start_flow("/auth/work").await;
    assert_eq!(parameter(&authorize, "code_challenge_method"), "S256");
    assert_eq!(sign_in(&browser).await, "/dashboard");
    app.control_sandbox("oidc/configure", json!({ "auth_methods": ["client_secret_basic"] })).await;
    assert!(!error_of(&app.browser()).await.is_empty(), "a client with a secret needs it");
}

#[tokio::test(flavor = "multi_thread")]
async fn private_key_jwt_authenticates_each_request() {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key");
    let der = STANDARD.encode(pair.to_pkcs8v1().expect("PKCS#8").as_ref());
    let pem = format!("-----BEGIN PRIVATE KEY-----\\n{der}\\n-----END PRIVATE KEY-----");
    let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
    let jwk = json!({ "kty": "EC", "crv": "P-256", "x": URL_SAFE_NO_PAD.encode(x), "y": URL_SAFE_NO_PAD.encode(y) });
    let configuration = json!({ "auth_methods": ["private_key_jwt"], "client_key": jwk });
    for audience in ["issuer", "token_endpoint"] {
        let variables =
            [("TOKEN_AUTH", "private_key_jwt"), ("PRIVATE_KEY", pem.as_str()), ("ASSERTION_AUDIENCE", audience)];
        let app = app(&variables, configuration.clone()).await;
        assert_eq!(sign_in(&app.browser()).await, "/dashboard", "{audience}");
        // Another key is not the client's.
        let mut other = configuration.clone();
        other["client_key"]["x"] = other["client_key"]["y"].clone();
        app.control_sandbox("oidc/configure", other).await;
        assert!(!error_of(&app.browser()).await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn scopes_of_a_sign_in_follow_the_setting() {
    let app = app(&[SECRET, ("SCOPES", "email groups")], json!({})).await;
    let browser = app.browser();
    let authorize = browser.start_flow("/auth/work").await;
    assert_eq!(parameter(&authorize, "scope"), "openid email groups");
    assert_eq!(sign_in(&browser).await, "/dashboard");
}

#[tokio::test(flavor = "multi_thread")]
async fn harmless_presets_stop_nobody_and_repeated_claims_do() {
    let app = App::builder().start().await;
    let harmless = app.presets("harmless").await;
    let repeated = app.presets("repeated").await;
    assert!(harmless.len() >= 6 && repeated.len() >= 3, "{harmless:?} {repeated:?}");
    for preset in &harmless {
        app.arm_once(preset).await;
        app.browser().sign_in("ada").await;
    }
    let rows = app.rows().await;
    for preset in &repeated {
        app.arm_once(preset).await;
        let browser = app.browser();
        let callback = browser.callback_url("ada", "/auth/google").await;
        let location = browser.get(&callback).await.location().to_owned();
        assert_eq!(parameter(&location, "error"), "provider_invalid", "{preset}");
    }
    assert_eq!(app.rows().await, rows);
}
