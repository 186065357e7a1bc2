//! Group B: forged, repeated and malformed authorization responses.

use std::sync::Arc;

use reqwest::Method;
use rstest::rstest;
use tokio::task::JoinSet;

use super::{
    app::App,
    browser::{navigating, parameter, with_parameter},
    raw,
    refusal::{Attempt, assert_rejected},
};
use crate::support::database::Engine;

#[tokio::test(flavor = "multi_thread")]
async fn an_attackers_response_does_not_sign_a_victim_in() {
    let app = App::builder().start().await;
    let (attacker, victim) = (app.browser(), app.browser());
    let callback = attacker.callback_url("grace", "/auth/google").await;
    assert_rejected(&app, &victim, &callback, "flow_unknown", &[]).await;
    // Nor with a pending flow of the victim's own, nor when signed in.
    victim.start_flow("/auth/google").await;
    assert_rejected(&app, &victim, &callback, "flow_unknown", &[]).await;
    victim.sign_in("ada").await;
    assert_rejected(&app, &victim, &callback, "flow_unknown", &[]).await;
    // The counterpart: it works where it was started.
    assert_eq!(attacker.get(&callback).await.location(), "/dashboard");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_victims_state_with_the_attackers_code_is_rejected() {
    let app = App::builder().start().await;
    let (attacker, victim) = (app.browser(), app.browser());
    let stolen = parameter(&attacker.callback_url("grace", "/auth/google").await, "code");
    let callback = victim.callback_url("ada", "/auth/google").await;
    // The code is sent with the victim's verifier, and the provider rejects it.
    let mixed = with_parameter(&callback, "code", Some(&stolen));
    assert_rejected(&app, &victim, &mixed, "provider_refused", &["token"]).await;
    victim.sign_in("ada").await;
}

#[rstest]
#[case::missing(None)]
#[case::empty(Some(""))]
#[case::made_up(Some("x"))]
#[case::long(Some("LONG"))]
#[case::longer_than_a_parameter_may_be(Some("LONGER"))]
#[case::nul(Some("\0"))]
#[case::markup(Some("<script>"))]
#[tokio::test]
async fn a_response_without_its_state_is_rejected(#[case] state: Option<&str>) {
    let app = App::builder().start().await;
    let browser = app.browser();
    let callback = browser.callback_url("ada", "/auth/google").await;
    let state = match state {
        Some("LONG") => Some("a".repeat(1000)),
        Some("LONGER") => Some("a".repeat(20_000)),
        other => other.map(str::to_owned),
    };
    assert_rejected(&app, &browser, &with_parameter(&callback, "state", state.as_deref()), "flow_unknown", &[]).await;
    assert_eq!(browser.get(&callback).await.location(), "/dashboard");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_that_differs_in_any_character_is_rejected() {
    let app = App::builder().start().await;
    let browser = app.browser();
    let callback = browser.callback_url("ada", "/auth/google").await;
    let state = parameter(&callback, "state");
    let mut altered =
        vec![state[..state.len() - 1].to_owned(), format!("{state}A"), format!(" {state}"), state.to_uppercase()];
    for index in [0, state.len() / 2, state.len() - 1] {
        let mut bytes = state.clone().into_bytes();
        bytes[index] = if bytes[index] == b'A' { b'B' } else { b'A' };
        altered.push(String::from_utf8(bytes).expect("ASCII"));
    }
    for state in altered {
        assert_rejected(&app, &browser, &with_parameter(&callback, "state", Some(&state)), "flow_unknown", &[]).await;
    }
    assert_eq!(browser.get(&callback).await.location(), "/dashboard");
}

#[tokio::test]
async fn a_megabyte_of_state_is_a_client_error() {
    let app = App::builder().start().await;
    for kilobytes in [50, 100, 1000] {
        let line = format!("GET /auth/callback/google?code=c&state={}", "a".repeat(kilobytes * 1024));
        let answer = raw::request(&app, &line, &[]).await;
        // 0: the connection was closed before all of it was read.
        assert!(matches!(answer.status, 0 | 303 | 414 | 431), "{kilobytes} KB: {}", answer.head);
        assert!(!answer.head.contains("location: /dashboard"));
    }
    app.browser().sign_in("ada").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn repeated_parameters_are_rejected_and_use_up_the_flow() {
    let app = App::builder().start().await;
    let browser = app.browser();
    for name in ["code", "iss", "error"] {
        let callback = browser.callback_url("ada", "/auth/google").await;
        let callback = format!("{callback}&{name}=x&{name}=y");
        assert_rejected(&app, &browser, &callback, "response_mismatch", &[]).await;
    }
    let callback = browser.callback_url("ada", "/auth/google").await;
    let twice = format!("{callback}&state={}", parameter(&callback, "state"));
    assert_rejected(&app, &browser, &twice, "flow_unknown", &[]).await;
    // Parameters that we do not read may be repeated.
    assert_eq!(browser.get(&format!("{callback}&scope=a&scope=b&x[]=1")).await.location(), "/dashboard");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_response_is_quiet_only_where_it_signed_in() {
    let app = App::builder().start().await;
    let browser = app.browser();
    let callback = browser.callback_url("ada", "/auth/google?return_to=/dashboard%3Fa").await;
    let before = browser.cookies();
    assert_eq!(browser.get(&callback).await.location(), "/dashboard?a");
    let (rows, session) = (app.rows().await, browser.session());

    // The back button: the flow's cookie is gone, the session is there.
    assert_eq!(browser.get(&callback).await.location(), "/dashboard");
    // A double click: both are there.
    before.iter().for_each(|(name, value)| browser.set_cookie(name, value));
    assert_eq!(browser.get(&callback).await.location(), "/dashboard?a");
    assert_eq!((app.rows().await, browser.session()), (rows, session));
    assert_eq!(app.requested_endpoints().await.iter().filter(|endpoint| *endpoint == "token").count(), 1);

    // Signed in as another user, signed out, or with a copied flow cookie: the flow works once.
    let (grace, anonymous, thief) = (app.browser(), app.browser(), app.browser());
    grace.sign_in("grace").await;
    thief.replace_cookies(before);
    for browser in [grace, anonymous, thief] {
        assert_rejected(&app, &browser, &callback, "flow_used", &[]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_response_that_failed_once_fails_again() {
    let app = App::builder().start().await;
    let browser = app.browser();
    browser.sign_in("grace").await;
    app.arm_once("token_500").await;
    let callback = browser.callback_url("ada", "/auth/google").await;
    // The provider is honest again at the second attempt, and is not called.
    assert_rejected(&app, &browser, &callback, "provider_unavailable", &["token"]).await;
    assert_rejected(&app, &browser, &callback, "flow_used", &[]).await;
    browser.sign_in("ada").await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn fifty_identical_responses_make_one_token_request_and_user(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::builder().engine(engine).start().await;
    let browser = Arc::new(app.browser());
    let callback = Arc::new(browser.callback_url("ada", "/auth/google").await);
    let before = browser.cookies();
    let mut deliveries = JoinSet::new();
    for _ in 0..50 {
        let (browser, callback) = (Arc::new(app.browser()), callback.clone());
        browser.replace_cookies(before.clone());
        deliveries.spawn(async move { (browser.get(&callback).await, browser.session()) });
    }
    let mut sessions = Vec::new();
    while let Some(delivered) = deliveries.join_next().await {
        let (page, session) = delivered.expect("an answer");
        match session {
            Some(session) => sessions.push((page.location().to_owned(), session)),
            None => assert_eq!((page.status, parameter(page.location(), "error")), (303, "flow_used".to_owned())),
        }
    }
    assert_eq!(sessions.len(), 1, "{sessions:?}");
    assert_eq!(sessions[0].0, "/dashboard");
    assert_eq!(app.rows().await, (1, 1, 1));
    assert_eq!(app.requested_endpoints().await.iter().filter(|endpoint| *endpoint == "token").count(), 1);
    browser.set_cookie("session", &sessions[0].1);
    assert!(browser.is_signed_in().await);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn twenty_first_sign_ins_make_one_user_with_twenty_sessions(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::builder().engine(engine).start().await;
    let mut people = JoinSet::new();
    for _ in 0..20 {
        let browser = app.browser();
        people.spawn(async move { browser.sign_in("ada").await });
    }
    while let Some(done) = people.join_next().await {
        done.expect("signs in");
    }
    assert_eq!(app.rows().await, (1, 1, 20));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flow_expires_after_ten_minutes() {
    let app = App::builder().start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    let authorize = browser.start_flow("/auth/google").await;
    app.advance(590).await;
    let callback = browser.consent(&authorize, "ada", "allow").await;
    assert_eq!(browser.get(&callback).await.location(), "/dashboard");

    let authorize = browser.start_flow("/auth/google").await;
    app.advance(590).await;
    let callback = browser.consent(&authorize, "ada", "allow").await;
    let attempt = Attempt::before(&app, &browser, &callback).await;
    app.advance(11).await;
    let page = browser.get(&callback).await;
    attempt.assert_rejected(&page, "flow_expired", &[]).await;

    // The cookie outlives the flow, so that the page can say that the flow has expired.
    let kept = browser.get("/auth/google").await.set_cookies().remove(0);
    assert!(kept.contains("; Max-Age=3600"), "{kept}");
    let callback = browser.callback_url("ada", "/auth/google").await;
    app.advance(3601).await;
    assert_eq!(parameter(browser.get(&callback).await.location(), "error"), "flow_unknown");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mixed_up_response_is_detected_by_iss() {
    let app = App::builder().start().await;
    let browser = app.browser();
    for preset in ["response_wrong_iss", "response_missing_iss"] {
        app.arm_once(preset).await;
        let callback = browser.callback_url("ada", "/auth/google").await;
        assert_rejected(&app, &browser, &callback, "response_mismatch", &[]).await;
        browser.sign_in("ada").await;
    }
    for iss in [format!("{}/", app.sandbox.google_issuer()), app.sandbox.google_issuer().to_uppercase(), String::new()]
    {
        let callback = browser.callback_url("ada", "/auth/google").await;
        assert_rejected(&app, &browser, &with_parameter(&callback, "iss", Some(&iss)), "response_mismatch", &[]).await;
    }
    browser.sign_in("ada").await;
}

#[rstest]
#[case("response_wrong_state", "flow_unknown", &[])]
#[case("response_missing_state", "flow_unknown", &[])]
#[case("response_empty_state", "flow_unknown", &[])]
#[case("response_duplicate_state", "flow_unknown", &[])]
#[case("response_duplicate_code", "response_mismatch", &[])]
#[case("response_missing_code", "response_mismatch", &[])]
#[case("response_wrong_code", "provider_refused", &["token"])]
#[tokio::test]
async fn a_malformed_response_is_rejected(#[case] preset: &str, #[case] code: &str, #[case] asked: &[&str]) {
    let app = App::builder().start().await;
    let browser = app.browser();
    app.arm_once(preset).await;
    let callback = browser.callback_url("ada", "/auth/google").await;
    assert_rejected(&app, &browser, &callback, code, asked).await;
    browser.sign_in("ada").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_odd_code_is_rejected_before_it_is_sent() {
    let app = App::builder().start().await;
    let browser = app.browser();
    for code in ["a\r\nb".to_owned(), "\u{7f}".to_owned(), "ü".to_owned(), "a".repeat(5000)] {
        let callback = browser.callback_url("ada", "/auth/google").await;
        assert_rejected(&app, &browser, &with_parameter(&callback, "code", Some(&code)), "response_mismatch", &[])
            .await;
    }
    browser.sign_in("ada").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_callback_never_leaks_its_code() {
    let app = App::builder().start().await;
    let browser = app.browser();
    let good = browser.callback_url("ada", "/auth/google").await;
    let denied = browser.start_flow("/auth/google").await;
    let denied = browser.consent(&denied, "ada", "deny").await;
    let spoilt = with_parameter(&browser.callback_url("ada", "/auth/google").await, "state", Some("x"));
    let repeated = format!("{spoilt}&state=y");
    let elsewhere = "/auth/callback/evil?code=4/0Asecret-code-of-somebody&state=s".to_owned();
    for (callback, status) in
        [(&good, 303), (&denied, 303), (&spoilt, 303), (&repeated, 303), (&good, 303), (&elsewhere, 404)]
    {
        let page = browser.get(callback).await;
        assert_eq!(page.status, status, "{callback}");
        assert!(page.header("cache-control").starts_with("no-store"), "{callback}");
        assert_eq!(page.header("referrer-policy"), "no-referrer", "{callback}");
        assert!(status == 404 || page.body.is_empty(), "{callback}: {}", page.body);
        let code = parameter(callback, "code");
        assert!(code.is_empty() || !format!("{page:?}").contains(&code), "{page:?}");
    }
}

#[tokio::test]
async fn a_callback_accepts_get_only() {
    let app = App::builder().start().await;
    let browser = app.browser();
    let callback = browser.callback_url("ada", "/auth/google").await;
    let posted = browser.post(&callback, "").await;
    assert_eq!((posted.status, app.rows().await), (405, (0, 0, 0)));
    let head = browser.send(navigating(browser.request(Method::HEAD, &callback))).await;
    assert!(head.location().is_empty() && head.set_cookies().is_empty());
    // Not even a script of our own page can fetch it.
    assert_eq!(browser.get(&callback).await.location(), "/dashboard");
}

#[tokio::test]
async fn referer_and_accept_headers_do_not_change_the_outcome() {
    let app = App::builder().start().await;
    for accept in ["text/html", "application/json", "*/*"] {
        let browser = app.browser();
        let callback = browser.callback_url("ada", "/auth/google").await;
        let request = browser.request(Method::GET, &with_parameter(&callback, "state", Some("x")));
        let request = request.header("accept", accept).header("referer", "https://evil.example/");
        let page = browser.send(request).await;
        assert_eq!((page.status, page.location()), (303, "/login?error=flow_unknown&provider=google"), "{accept}");
        assert!(page.body.is_empty());
        let request = browser.request(Method::GET, &callback).header("accept", accept);
        assert_eq!(browser.send(request).await.location(), "/dashboard", "{accept}");
    }
}
