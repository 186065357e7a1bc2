//! Codes count once, tries are limited, and a half-done step ends with what ends sessions.

use futures_util::future::join_all;
use latchkey::accounts::EmailKind;
use rstest::rstest;

use super::{ADA, with_app};
use crate::{
    http::{
        account::{NEW_PASSWORD, PASSWORD},
        app::App,
    },
    support::database::Engine,
};

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_code_counts_once_within_its_window(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let (app, _, phone, _) = with_app(App::builder().engine(engine)).await;
    let (first, second) = (app.browser(), app.browser());
    first.first_step(ADA, PASSWORD).await;
    second.first_step(ADA, PASSWORD).await;
    let (early, code) = (phone.code_at(app.now().unix_timestamp() - 30), phone.code(&app));
    assert_eq!(first.second_step(&code).await.location(), "/dashboard");
    // The same, and the one before it, which were valid as well.
    for used in [code, early] {
        assert_eq!(second.second_step(&used).await.location(), "/second-factor?error=second_factor_wrong");
    }
    app.advance(30).await;
    assert_eq!(second.second_step(&phone.code(&app)).await.location(), "/dashboard");
}

#[rstest]
#[case::totp(false)]
#[case::recovery(true)]
#[tokio::test(flavor = "multi_thread")]
async fn of_many_requests_with_one_code_one_signs_in(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[case] recovery: bool,
) {
    let (app, _, phone, codes) = with_app(App::builder().engine(engine)).await;
    let browsers: Vec<_> = (0..8).map(|_| app.browser()).collect();
    for browser in &browsers {
        browser.first_step(ADA, PASSWORD).await;
    }
    let code = if recovery { codes[3].clone() } else { phone.code(&app) };
    let pages = join_all(browsers.iter().map(|browser| browser.second_step(&code))).await;
    let signed_in = pages.iter().filter(|page| page.location() == "/dashboard").count();
    assert_eq!(signed_in, 1, "{pages:?}");
    assert_eq!(app.database.count("sessions").await, 2);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_recovery_code_works_once_and_is_announced(#[values("server", "jwt")] mode: &str) {
    let (app, _, _, codes) = with_app(App::builder().mode(mode)).await;
    let browser = app.browser();
    browser.first_step(ADA, PASSWORD).await;
    assert_eq!(browser.second_step(&codes[0].to_lowercase().replace('-', " ")).await.location(), "/dashboard");
    assert!(matches!(app.one_email().await.kind, EmailKind::RecoveryCodeUsed { left: 9 }));
    assert!(app.events().await.contains("second_factor recovery_code passed"));
    let again = app.browser();
    again.first_step(ADA, PASSWORD).await;
    assert_eq!(again.second_step(&codes[0]).await.location(), "/second-factor?error=second_factor_wrong");
    assert_eq!(again.second_step(&codes[1]).await.location(), "/dashboard");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_has_five_tries(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let (app, _, phone, _) = with_app(App::builder().engine(engine)).await;
    let browser = app.browser();
    browser.first_step(ADA, PASSWORD).await;
    for _ in 0..5 {
        let wrong = browser.second_step(&phone.wrong_code(&app)).await;
        assert_eq!(wrong.location(), "/second-factor?error=second_factor_wrong");
    }
    let late = browser.second_step(&phone.code(&app)).await;
    assert_eq!(late.location(), "/login?error=second_factor_expired");
    assert_eq!(browser.get("/second-factor").await.location(), "/login?error=second_factor_expired");
    browser.first_step(ADA, PASSWORD).await;
    assert_eq!(browser.second_step(&phone.code(&app)).await.location(), "/dashboard");
}

/// New sign-ins, browsers and networks do not give more tries at one account; another account has its own.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn guesses_are_limited_per_account(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let settings = [("RATE_LIMITS", "on"), ("TRUSTED_PROXIES", "127.0.0.1/32")];
    let (app, _, phone, _) = with_app(App::builder().engine(engine).settings(&settings)).await;
    let grace = app.browser();
    app.sign_up(&grace, "grace@example.com", PASSWORD).await;
    let (hers, _) = grace.enrol(&app).await;
    let (mut refused, mut tried) = (0, 0);
    for network in 0..4 {
        let thief = app.browser();
        // A browser that the account knows: what limits passwords is not what is tested here.
        thief.set_cookie("known", &grace_known(&app).await);
        app.database.execute("DELETE FROM rate_limits WHERE bucket LIKE 'password%'").await;
        thief.first_step(ADA, PASSWORD).await;
        for _ in 0..4 {
            tried += 1;
            let form = format!("code={}", phone.wrong_code(&app));
            let request = thief
                .request(reqwest::Method::POST, "/auth/second-factor")
                .header("origin", thief.origin())
                .header("sec-fetch-site", "same-origin")
                .header("x-forwarded-for", format!("203.0.113.{network}"))
                .header("content-type", "application/x-www-form-urlencoded");
            let page = thief.send(request.body(form)).await;
            refused += i32::from(page.location().ends_with("error=too_many_codes"));
        }
    }
    // One was spent on setting the app up.
    assert_eq!(tried - refused, 9, "{refused} of {tried}");
    let browser = app.browser();
    browser.first_step("grace@example.com", PASSWORD).await;
    assert_eq!(browser.second_step(&hers.code(&app)).await.location(), "/dashboard");
}

/// The cookie of a browser in which Ada's password was right before.
async fn grace_known(app: &App) -> String {
    let browser = app.browser();
    browser.first_step(ADA, PASSWORD).await;
    browser.cookie("known").expect("a cookie")
}

/// Each ends what is half done; afterwards the whole sign-in works again.
#[rstest]
#[case::disabled("UPDATE users SET disabled_at = 1")]
#[case::app_removed("DELETE FROM totp")]
#[case::too_late("UPDATE pending_sign_ins SET expires_at = 1")]
#[tokio::test(flavor = "multi_thread")]
async fn a_half_done_step_ends_with(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[case] change: &'static str,
) {
    let (app, _, phone, _) = with_app(App::builder().engine(engine)).await;
    let browser = app.browser();
    browser.first_step(ADA, PASSWORD).await;
    app.database.execute(change).await;
    let page = browser.second_step(&phone.code(&app)).await;
    assert_eq!(page.location(), "/login?error=second_factor_expired", "{page:?}");
    assert!(!browser.is_signed_in().await);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_ends_sessions_ends_a_half_done_step(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("/settings/password", "/settings/sessions/end-others", "/settings/authenticator/remove")]
    form: &'static str,
) {
    let (app, owner, phone, _) = with_app(App::builder().engine(engine)).await;
    let thief = app.browser();
    thief.first_step(ADA, PASSWORD).await;
    let done = owner.submit(form, &[("password", NEW_PASSWORD)]).await;
    assert!(done.location().contains("done="), "{done:?}");
    let page = thief.second_step(&phone.code(&app)).await;
    assert_eq!(page.location(), "/login?error=second_factor_expired", "{form}: {page:?}");
    assert!(!thief.is_signed_in().await && owner.is_signed_in().await);
}

/// Each first step has an id of its own, and a step of one browser is not finished with the form of another.
#[tokio::test(flavor = "multi_thread")]
async fn a_planted_step_signs_nobody_in() {
    let (app, _, phone, _) = with_app(App::builder()).await;
    let eve = app.browser();
    app.sign_up(&eve, "eve@example.com", PASSWORD).await;
    eve.enrol(&app).await;
    let (attacker, victim) = (app.browser(), app.browser());
    attacker.first_step("eve@example.com", PASSWORD).await;
    victim.first_step(ADA, PASSWORD).await;
    let own = victim.cookie("second-factor").expect("a step");
    let shown = victim.get("/second-factor").await;
    let step = shown.body.split("name=\"step\"").nth(1).and_then(|rest| rest.split('"').nth(1)).expect("a field");
    victim.set_cookie("second-factor", &attacker.cookie("second-factor").expect("a step"));
    let fields = [("step", step.to_owned()), ("code", phone.code(&app))];
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    let page = victim.submit("/auth/second-factor", &fields).await;
    assert_eq!(page.location(), "/login?error=second_factor_expired");
    assert!(!victim.is_signed_in().await);
    victim.set_cookie("second-factor", &own);
    assert_eq!(victim.submit("/auth/second-factor", &fields).await.location(), "/dashboard");
    assert_eq!(app.user_of(&victim).await, app.owner_of(ADA).await);
    victim.set_cookie("second-factor", &own);
    app.advance(30).await;
    let again = victim.second_step(&phone.code(&app)).await;
    assert_eq!(again.location(), "/login?error=second_factor_expired", "it works once");
}
