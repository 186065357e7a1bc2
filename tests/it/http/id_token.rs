//! Group D: forged id_tokens, through the whole flow.

use serde_json::{Value, json};

use super::{app::App, refusal::assert_rejected};

/// The sandbox's id_token presets that a relying party must accept.
const LAWFUL: [&str; 15] = [
    "array_aud",
    "multi_aud",
    "just_expired",
    "missing_kid",
    "missing_at_hash",
    "email_verified_string_true",
    "email_verified_string_false",
    "email_verified_number",
    "email_verified_false",
    "email_verified_missing",
    "email_missing",
    "email_malformed",
    "email_array",
    "hostile_name",
    "huge_name",
];

/// The forged ones whose unknown key may just be new.
const NAME_ANOTHER_KEY: [&str; 2] = ["unknown_kid", "traversal_kid"];

#[tokio::test(flavor = "multi_thread")]
async fn every_forged_id_token_is_rejected() {
    let app = App::builder().start().await;
    let browser = app.browser();
    browser.sign_in("grace").await;
    let presets = app.presets("id_token").await;
    assert!(LAWFUL.iter().chain(&NAME_ANOTHER_KEY).all(|name| presets.iter().any(|preset| preset == name)));
    for preset in presets.iter().filter(|preset| !LAWFUL.contains(&preset.as_str())) {
        eprintln!("{preset}");
        let asked: &[&str] = if NAME_ANOTHER_KEY.contains(&preset.as_str()) {
            // After the cool-down, the keys are fetched once more, and nothing else.
            app.advance(31).await;
            &["token", "certs"]
        } else {
            &["token"]
        };
        app.arm_once(preset).await;
        let callback = browser.callback_url("ada", "/auth/google").await;
        assert_rejected(&app, &browser, &callback, "provider_invalid", asked).await;
    }
    assert_eq!(app.database.count("users").await, 1);
    browser.sign_in("ada").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_unusual_but_valid_id_token_is_accepted() {
    let app = App::builder().start().await;
    for preset in LAWFUL {
        app.arm_once(preset).await;
        let browser = app.browser();
        browser.sign_in("ada").await;
        let page = browser.get("/dashboard").await;
        assert_eq!(page.status, 200, "{preset}");
        assert!(!page.body.contains("<script>alert(1)") && !page.body.contains("javascript:alert"), "{preset}");
    }
    assert_eq!(app.database.count("users").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_email_is_verified_only_by_the_boolean_true() {
    for (preset, verified) in [
        ("array_aud", true),
        ("email_verified_string_true", false),
        ("email_verified_string_false", false),
        ("email_verified_number", false),
        ("email_verified_false", false),
        ("email_verified_missing", false),
        ("email_missing", false),
        ("email_malformed", false),
        ("email_array", false),
    ] {
        let app = App::builder().start().await;
        app.arm_once(preset).await;
        app.browser().sign_in("ada").await;
        let reauthenticated = app.database.number("SELECT count(*) FROM users WHERE verified_email IS NOT NULL").await;
        assert_eq!(reauthenticated == 1, verified, "{preset}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn clocks_may_differ_by_one_minute() {
    let app = App::builder().start().await;
    let browser = app.browser();
    browser.sign_in("grace").await;
    // Five seconds of slack for the test itself.
    for (claim, near, far) in [("exp", -55, -66), ("iat", 55, 66), ("nbf", 55, 66)] {
        let patch = |offset: i64| json!({ "patch": { "claims": { claim: { "$now": offset } } }, "times": 1 });
        app.control_sandbox("google/id_token", patch(far)).await;
        let callback = browser.callback_url("grace", "/auth/google").await;
        assert_rejected(&app, &browser, &callback, "provider_invalid", &["token"]).await;
        app.control_sandbox("google/id_token", patch(near)).await;
        browser.sign_in("grace").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn claims_of_a_wrong_type_are_rejected() {
    let app = App::builder().start().await;
    let browser = app.browser();
    browser.sign_in("grace").await;
    let wrong = [json!(true), json!([1]), json!({}), json!(null), json!(""), json!("now"), json!({ "$raw": "1e400" })];
    for claim in ["exp", "iat", "nbf"] {
        // `null` is the same as absent, and `nbf` may be.
        for value in wrong.iter().filter(|value| claim != "nbf" || !value.is_null()) {
            assert_claims_rejected(&app, &browser, json!({ claim: value })).await;
        }
    }
    for claims in [
        json!({ "aud": { "sandbox-google": true } }),
        json!({ "aud": null }),
        json!({ "aud": ["sandbox-google", 7] }),
        json!({ "azp": ["sandbox-google"] }),
        json!({ "at_hash": 7 }),
        json!({ "sub": null }),
        json!({ "sub": ["1"] }),
        json!({ "iss": null }),
        json!({ "nonce": true }),
    ] {
        assert_claims_rejected(&app, &browser, claims).await;
    }
    browser.sign_in("ada").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_kinds_of_tokens_are_no_id_tokens() {
    let app = App::builder().start().await;
    let browser = app.browser();
    browser.sign_in("grace").await;
    assert_claims_rejected(
        &app,
        &browser,
        json!({ "events": { "http://schemas.openid.net/event/backchannel-logout": {} } }),
    )
    .await;
    for (token, code) in [
        // An empty one is none, and no token has spaces.
        ("", "provider_response"),
        ("not a token", "provider_response"),
        ("a.b.c", "provider_invalid"),
        ("e30.e30.", "provider_invalid"),
        ("eyJhbGciOiJub25lIn0.e30.", "provider_invalid"),
    ] {
        app.fail_once("token", json!({ "kind": "patch", "set": { "id_token": token } })).await;
        let callback = browser.callback_url("ada", "/auth/google").await;
        assert_rejected(&app, &browser, &callback, code, &["token"]).await;
    }
    browser.sign_in("ada").await;
}

async fn assert_claims_rejected(app: &App, browser: &super::browser::Browser, claims: Value) {
    eprintln!("{claims}");
    app.control_sandbox("google/id_token", json!({ "patch": { "claims": claims }, "times": 1 })).await;
    let callback = browser.callback_url("ada", "/auth/google").await;
    assert_rejected(app, browser, &callback, "provider_invalid", &["token"]).await;
}
