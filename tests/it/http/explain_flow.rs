//! `latchkey explain-flow` beside a running server: by the id of any request of a flow, and of whatever was refused.

use std::process::{Command, Output};

use serde_json::json;

use super::{
    account::{PASSWORD, WRONG_PASSWORD},
    app::{App, KEY},
    browser::Page,
};

const ADA: &str = "ada@example.com";

async fn explain(app: &App, id: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_latchkey"));
    command.args(["explain-flow", id]).current_dir(std::env::temp_dir()).env_clear();
    let address = app.origin.trim_start_matches("http://").replace("localhost", "127.0.0.1");
    command.envs([("LISTEN_ADDR", address.as_str()), ("SECRET_KEY", KEY)]);
    tokio::task::spawn_blocking(move || command.output().expect("it runs")).await.expect("it ends")
}

/// What the command prints of the flow that the request of this answer belongs to.
async fn explained(app: &App, page: &Page) -> String {
    let output = explain(app, page.header("x-request-id")).await;
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    String::from_utf8(output.stdout).expect("a text")
}

#[tokio::test(flavor = "multi_thread")]
async fn each_request_of_a_sign_in_leads_to_the_whole() {
    let app = App::builder().start().await;
    let browser = app.browser();
    let start = browser.get("/auth/google").await;
    let callback = browser.consent(start.location(), "ada", "allow").await;
    let end = browser.get(&callback).await;
    let text = explained(&app, &start).await;
    assert_eq!(explained(&app, &end).await, text);
    let requests = [&start, &end].map(|page| format!("(request {})", page.header("x-request-id")));
    for expected in requests.iter().map(String::as_str).chain([
        "Sign-in with Google: Succeeded\n",
        "GET /auth/google",
        "Linking decision: create",
        "A session begins",
        "src/accounts/decide.rs",
    ]) {
        assert!(text.contains(expected), "{expected}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_id_of_a_refused_request_says_why() {
    let app = App::builder().start().await;
    let browser = app.browser();
    app.sign_up(&browser, ADA, PASSWORD).await;
    let another = app.browser();
    let refresh = json!({ "refresh_token": "x" });
    let second_step = json!({ "second_factor_token": "x", "code": "000000" });
    let refused = [
        (another.try_password(ADA, WRONG_PASSWORD).await, "Stopped at: Password"),
        (another.submit("/auth/email-code/sign-in", &[("code", "2222-2222")]).await, "Stopped at: Code from the email"),
        (another.submit("/auth/second-factor", &[("code", "000000")]).await, "Ended: second_factor_expired"),
        (another.post_json("/api/auth/refresh", &refresh).await.page, "Stopped at: Refresh token"),
        (another.post_json("/api/auth", &second_step).await.page, "Ended: second_factor_expired"),
        (browser.submit("/settings/unlink", &[("identity", "x")]).await, "Ended: not_found"),
    ];
    for (page, expected) in &refused {
        let text = explained(&app, page).await;
        assert!(text.contains(expected) && text.contains("Refused\n"), "{expected}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_id_and_a_page_without_a_flow_are_not_found() {
    let app = App::builder().start().await;
    let page = app.browser().get("/login").await;
    for id in ["unknown", page.header("x-request-id")] {
        let output = explain(&app, id).await;
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("has no record"), "{output:?}");
    }
}
