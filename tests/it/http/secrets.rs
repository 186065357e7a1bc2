//! Codes, states, tokens and secrets appear in no log, page or audit event.

use latchkey_sandbox::GOOGLE_CLIENT_SECRET;
use serde_json::json;

use super::{app::App, browser::parameter, log};

#[tokio::test(flavor = "multi_thread")]
async fn logs_audit_log_and_pages_contain_no_secret() {
    let app = App::builder().other_provider().start().await;
    let (browser, from) = (app.browser(), log::length());
    let mut secrets = vec![GOOGLE_CLIENT_SECRET.to_owned(), "bGV0IHRoaXMg".to_owned()];
    let mut seen = String::new();
    for (provider, preset) in
        [("google", None), ("other", None), ("google", Some("wrong_nonce")), ("google", Some("token_invalid_grant"))]
    {
        if let Some(preset) = preset {
            app.arm_once(preset).await;
        }
        // The request to userinfo contains the access token.
        app.control_other("google/id_token", json!({ "patch": { "remove": ["name"] }, "times": 1 })).await;
        let authorize = browser.start_flow(&format!("/auth/{provider}")).await;
        for name in ["state", "nonce", "code_challenge"] {
            secrets.push(parameter(&authorize, name));
        }
        secrets.extend(browser.flows().into_iter().map(|(_, value)| value));
        let callback = browser.consent(&authorize, "nomail", "allow").await;
        secrets.push(parameter(&callback, "code"));
        let page = browser.get(&callback).await;
        secrets.extend(browser.session());
        seen.push_str(page.location());
        for path in ["/dashboard", "/login", "/nothing"] {
            seen.push_str(&browser.get(path).await.body);
        }
    }
    browser.post("/auth/logout", "").await;
    browser.get(&format!("/login?code={}", secrets[2])).await;

    let log = log::since(from);
    assert!(
        log.contains("SessionCreated") && log.contains("Refused") && log.contains("/auth/callback/google"),
        "{log}"
    );
    let events = app.events().await;
    for secret in secrets {
        assert!(secret.len() > 8, "{secret:?} is too short to look for");
        assert!(!log.contains(&secret), "{secret} is in the log");
        assert!(!events.contains(&secret), "{secret} is in the audit trail");
        assert!(!seen.contains(&secret), "{secret} is on a page");
    }
    for token in ["eyJ", "Bearer ", "code_verifier", "ya29."] {
        assert!(!log.contains(token), "{token} is in the log");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_shows_the_steps_of_a_flow() {
    let app = App::builder().start().await;
    let from = log::length();
    app.browser().sign_in("ada").await;
    let log = log::since(from);
    for step in ["Started", "ResponseValidated", "TokensReceived", "ClaimChecked", "Decided", "SessionCreated"] {
        assert!(log.contains(step), "{step}: {log}");
    }
    assert!(!log.contains("ada@gmail.com") && !log.contains("Lovelace"), "people stay out of the log");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_log_says_who_signed_in_how_and_why() {
    let app = App::builder().start().await;
    app.browser().sign_in("ada").await;
    app.browser().sign_in("ada").await;
    let events = app.events().await;
    let parts = [
        "sign_in google",
        "identity_unknown",
        "email_verified_by_authority",
        "identity_known",
        "new_device",
        "Firefox",
    ];
    for part in parts {
        assert!(events.contains(part), "{part}: {events}");
    }
    let concerned = app.database.number("SELECT count(*) FROM events WHERE user_id IN (SELECT id FROM users)").await;
    assert_eq!(concerned, 3);
}
