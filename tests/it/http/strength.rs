//! How strongly a session is authenticated: stored with it, shown in recent activity, used for sensitive changes.

use rstest::rstest;
use serde_json::Value;

use super::{account::PASSWORD, app::App, settings_forms::LATER};
use crate::support::database::Engine;

/// The steps in a column of the only session.
async fn steps(app: &App, column: &str) -> Value {
    serde_json::from_str(&app.database.text(&format!("SELECT {column} FROM sessions")).await).expect("JSON")
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn google_tells_how_only_if_asked(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("on", "off")] asked: &str,
) {
    let app = App::builder().engine(engine).with("GOOGLE_SESSION_CLAIMS", asked).start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    let step = &steps(&app, "signed_in_by").await[0];
    assert_eq!((&step["by"]["method"], &step["by"]["provider"]), (&"provider".into(), &"google".into()));
    let claims = &step["by"]["claims"];
    let is_told = asked == "on";
    assert_eq!(claims["auth_time"].is_i64(), is_told, "{step}");
    assert_eq!(claims["amr"].as_array().map(Vec::len), Some(usize::from(is_told)), "{step}");
    let settings = browser.get("/settings/activity").await.body;
    assert_eq!(settings.contains("Google reports: password; signed in there just then"), is_told);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_session_keeps_the_steps_of_its_sign_in_and_of_its_reauthentication(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::builder().engine(engine).mode(mode).start().await;
    let browser = app.browser();
    app.sign_up(&browser, "ada@example.com", PASSWORD).await;
    assert_eq!(steps(&app, "signed_in_by").await[0]["by"]["method"], "email_link");
    assert_eq!(steps(&app, "reauthenticated_by").await, steps(&app, "signed_in_by").await);

    app.advance(LATER).await;
    let fields = [("password", PASSWORD), ("return_to", "/settings/email")];
    assert_eq!(browser.submit("/auth/reauthenticate/password", &fields).await.location(), "/settings/email");
    assert_eq!(steps(&app, "signed_in_by").await[0]["by"]["method"], "email_link", "the sign-in stays");
    let again = steps(&app, "reauthenticated_by").await;
    assert_eq!((again.as_array().map(Vec::len), &again[0]["by"]["method"]), (Some(1), &"password".into()));
    let count = "SELECT count(*) FROM events WHERE kind = 'reauthenticate' AND provider = 'password'";
    assert_eq!(app.database.number(count).await, 1);
    assert!(browser.get("/settings/activity").await.body.contains("Confirmed with a password that it was you"));
}

/// Whatever a provider puts there, the sign-in goes on.
#[tokio::test(flavor = "multi_thread")]
async fn unusable_claims_about_the_authentication_stop_nobody() {
    let app = App::builder().start().await;
    for set in [
        serde_json::json!({ "amr": "pwd", "acr": 1, "auth_time": "now" }),
        serde_json::json!({ "amr": [1, null, {}], "acr": null, "auth_time": 1e300 }),
        serde_json::json!({ "amr": ["a".repeat(3000)], "acr": "\u{202e}", "auth_time": -1 }),
    ] {
        let patch = serde_json::json!({ "patch": { "claims": set }, "times": 1 });
        app.control_sandbox("google/id_token", patch).await;
        let browser = app.browser();
        browser.sign_in("ada").await;
        browser.get("/dashboard").await;
        app.database.execute("DELETE FROM sessions").await;
    }
}
