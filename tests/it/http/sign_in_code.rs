//! Sign-in by a code from an email.

use latchkey::accounts::{EmailCode, EmailKind};
use rstest::rstest;

use super::{
    account::PASSWORD,
    app::App,
    browser::{Browser, Page},
    settings_forms::LATER,
};
use crate::support::database::Engine;

const ADA: &str = "ada@example.com";
const ASK: &str = "/auth/email-code";
const CHECK: &str = "/auth/email-code/sign-in";
const WRONG: &str = "2222-2222";

/// Ada has an account with a password, elsewhere.
async fn with_ada(engine: Engine, mode: &str) -> (App, Browser) {
    let app = App::builder().engine(engine).mode(mode).start().await;
    app.sign_up(&app.browser(), ADA, PASSWORD).await;
    let browser = app.browser();
    (app, browser)
}

async fn ask(browser: &Browser, email: &str) -> Page {
    browser.submit(ASK, &[("email", email), ("password", "ignored"), ("return_to", "/settings?a=1")]).await
}

async fn check(browser: &Browser, code: &str) -> Page {
    browser.submit(CHECK, &[("code", code)]).await
}

/// The code of the only email.
async fn code(app: &App) -> EmailCode {
    match app.one_email().await.kind {
        EmailKind::SignInCode { code } => code,
        other => panic!("no code: {other:?}"),
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_code_signs_in_the_browser_that_asked_for_it(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let (app, browser) = with_ada(engine, mode).await;
    assert!(browser.get("/login").await.body.contains("formaction=\"/auth/email-code\""));
    let asked = ask(&browser, " ADA@example.com ").await;
    assert_eq!((asked.status, asked.location()), (303, "/login/code"), "{asked:?}");
    assert!(browser.get("/login/code").await.body.contains(ADA));
    let code = code(&app).await;
    assert!(!app.database.text("SELECT code_mac FROM email_codes").await.contains(code.expose()));

    let other = app.browser();
    assert_eq!(check(&other, code.expose()).await.location(), "/login/code?error=email_code_expired");
    assert_eq!(check(&browser, WRONG).await.location(), "/login/code?error=email_code_wrong");
    assert!(!other.is_signed_in().await && !browser.is_signed_in().await);
    let done = check(&browser, &code.grouped().to_lowercase().replace('-', " ")).await;
    assert_eq!((done.status, done.location()), (303, "/settings?a=1"));
    assert!(browser.is_signed_in().await);
    let dashboard = browser.get("/dashboard").await.body;
    assert!(dashboard.contains("Email code") && !dashboard.contains(">email_code<"), "{dashboard}");
    assert_eq!(app.user_of(&browser).await, app.owner_of(ADA).await);
    assert_eq!(browser.cookie("sign-in-code"), None);

    browser.post("/auth/logout", "").await;
    assert_eq!(
        check(&browser, code.expose()).await.location(),
        "/login/code?error=email_code_expired",
        "it works once"
    );
    let events = app.events().await;
    for event in ["sign_in email_code requested", "sign_in email_code wrong_code", "sign_in email_code sign_in"] {
        assert!(events.contains(event), "{event}: {events}");
    }
}

/// Mail scanners open every link, some with a browser.
#[tokio::test(flavor = "multi_thread")]
async fn the_link_only_fills_in_the_form_of_the_browser_that_asked() {
    let (app, browser) = with_ada(Engine::Sqlite, "server").await;
    ask(&browser, ADA).await;
    let code = code(&app).await;
    let link = format!("/login/code?code={}", code.expose());
    let elsewhere = app.browser().get(&link).await;
    assert!(elsewhere.body.contains("only in the browser that asked") && !elsewhere.body.contains("name=\"code\""));
    let page = browser.get(&link).await;
    assert!(page.body.contains(&format!("value=\"{}\"", code.grouped())), "{page:?}");
    assert!(!browser.is_signed_in().await, "opening it does nothing");
    assert_eq!(check(&browser, code.expose()).await.location(), "/settings?a=1");
}

#[rstest]
#[case(590, true)]
#[case(601, false)]
#[tokio::test(flavor = "multi_thread")]
async fn a_code_works_for_ten_minutes(#[case] seconds: i64, #[case] works: bool) {
    let (app, browser) = with_ada(Engine::Sqlite, "server").await;
    ask(&browser, ADA).await;
    let code = code(&app).await;
    app.advance(seconds).await;
    check(&browser, code.expose()).await;
    assert_eq!(browser.is_signed_in().await, works);
}

#[rstest]
#[case(4, true)]
#[case(5, false)]
#[tokio::test(flavor = "multi_thread")]
async fn a_code_has_five_tries(#[case] wrong: usize, #[case] works: bool) {
    let (app, browser) = with_ada(Engine::Sqlite, "server").await;
    ask(&browser, ADA).await;
    let code = code(&app).await;
    for attempt in 0..wrong {
        // What cannot be a code counts as well.
        check(&browser, if attempt == 0 { "no code" } else { WRONG }).await;
    }
    check(&browser, code.expose()).await;
    assert_eq!(browser.is_signed_in().await, works);
}

/// The same answer, cookies and rows; only the email differs, which the mailbox's owner alone reads.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn no_answer_reveals_an_account(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let (app, _) = with_ada(engine, "server").await;
    app.browser().sign_in("ada").await;
    app.all_emails().await;
    let mut answers = Vec::new();
    for (email, expected) in [(ADA, "code"), ("ada@gmail.com", "code"), ("eve@example.com", "no_account")] {
        let browser = app.browser();
        let before = app.database.count("email_codes").await;
        let asked = ask(&browser, email).await;
        let page = browser.get("/login/code").await.body.replace(email, "…");
        let page = page.split("<main").nth(1).unwrap_or_default().to_owned();
        let wrong = check(&browser, WRONG).await;
        let rows = app.database.count("email_codes").await - before;
        answers.push((asked.location().to_owned(), page, wrong.location().to_owned(), rows));
        let kind = app.one_email().await.kind;
        match expected {
            "code" => assert!(matches!(kind, EmailKind::SignInCode { .. }), "{kind:?}"),
            _ => assert!(matches!(kind, EmailKind::NoAccountToSignIn), "{kind:?}"),
        }
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
    assert_eq!(app.rows().await.0, 2, "a code creates no user");
}

/// Eve, at a provider that does not verify, may hold Ada's address: Ada must not sign in to an account that Eve keeps.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_only_a_provider_claims_gets_no_code(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (app, browser) = with_ada(engine, "server").await;
    app.database.execute("UPDATE users SET verified_email_method = 'provider_claim'").await;
    assert_eq!(ask(&browser, ADA).await.location(), "/login/code");
    assert!(matches!(app.one_email().await.kind, EmailKind::NoSignInCode { .. }));
    app.database.execute("UPDATE users SET verified_email_method = 'email_link'").await;
    ask(&browser, ADA).await;
    assert_eq!(check(&browser, code(&app).await.expose()).await.location(), "/settings?a=1", "its twin");
}

#[rstest]
#[case::disabled("UPDATE users SET disabled_at = 1", "UPDATE users SET disabled_at = NULL")]
#[case::another_address(
    "UPDATE users SET verified_email = 'other@example.com'",
    "UPDATE users SET verified_email = 'ada@example.com'"
)]
#[tokio::test(flavor = "multi_thread")]
async fn a_code_does_not_outlive(#[case] change: &str, #[case] back: &str) {
    let (app, browser) = with_ada(Engine::Sqlite, "server").await;
    ask(&browser, ADA).await;
    let first = code(&app).await;
    app.database.execute(change).await;
    assert_eq!(check(&browser, first.expose()).await.location(), "/login/code?error=email_code_expired");
    app.database.execute(back).await;
    ask(&browser, ADA).await;
    assert_eq!(check(&browser, code(&app).await.expose()).await.location(), "/settings?a=1");
}

/// The mailbox is the weaker of the two: who has a password, a passkey or an app confirms changes by that.
#[rstest]
#[case::with_a_password(true)]
#[case::with_google_alone(false)]
#[tokio::test(flavor = "multi_thread")]
async fn a_code_allows_changes_only_where_there_is_nothing_stronger(#[case] has_password: bool) {
    let app = App::builder().start().await;
    let email = if has_password { ADA } else { "ada@gmail.com" };
    match has_password {
        true => app.sign_up(&app.browser(), email, PASSWORD).await,
        false => app.browser().sign_in("ada").await,
    }
    let browser = app.browser();
    ask(&browser, email).await;
    check(&browser, code(&app).await.expose()).await;
    let change = browser.submit("/settings/unlink", &[("identity", "x")]).await;
    assert_eq!(change.location().starts_with("/confirm"), has_password, "{change:?}");
    if has_password {
        assert!(!browser.get("/confirm").await.body.contains("Email me a code"));
        browser.submit("/auth/reauthenticate/password", &[("password", PASSWORD)]).await;
        let change = browser.submit("/settings/unlink", &[("identity", "x")]).await;
        assert!(!change.location().starts_with("/confirm"), "{change:?}");
    }
    let by_code = "SELECT count(*) FROM sessions WHERE signed_in_by LIKE '%email_code%'";
    assert_eq!(app.database.number(by_code).await, 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_second_step_follows(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    let owner = app.browser();
    app.sign_up(&owner, ADA, PASSWORD).await;
    let (phone, _) = owner.enrol(&app).await;
    app.emails().await;
    let browser = app.browser();
    ask(&browser, ADA).await;
    assert_eq!(check(&browser, code(&app).await.expose()).await.location(), "/second-factor");
    assert!(browser.session().is_none() && !browser.is_signed_in().await);
    assert_eq!(browser.second_step(&phone.code(&app)).await.location(), "/settings?a=1");
    assert!(browser.is_signed_in().await);
}

/// The transaction that opens the session, or begins the second step, uses the code up.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_code_works_again_after_its_sign_in_failed(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
    #[values(false, true)] has_app: bool,
) {
    let app = App::builder().engine(engine).mode(mode).start().await;
    let (owner, browser) = (app.browser(), app.browser());
    app.sign_up(&owner, ADA, PASSWORD).await;
    if has_app {
        owner.enrol(&app).await;
    }
    app.all_emails().await;
    ask(&browser, ADA).await;
    let code = code(&app).await;
    app.database.execute("ALTER TABLE events RENAME TO gone").await;
    let failed = check(&browser, code.expose()).await;
    app.database.execute("ALTER TABLE gone RENAME TO events").await;
    assert!(failed.status >= 500 && !browser.is_signed_in().await, "{failed:?}");
    assert_eq!(app.database.number("SELECT attempts FROM email_codes").await, 0, "a right code costs no try");
    let onward = if has_app { "/second-factor" } else { "/settings?a=1" };
    assert_eq!(check(&browser, code.expose()).await.location(), onward);
    assert_eq!(browser.is_signed_in().await, !has_app);
    assert_eq!(app.database.count("email_codes").await, 0, "it is used up");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_browser_is_announced() {
    let (app, browser) = with_ada(Engine::Sqlite, "server").await;
    ask(&browser, ADA).await;
    check(&browser, code(&app).await.expose()).await;
    assert!(matches!(app.all_emails().await[..], [ref email] if matches!(email.kind, EmailKind::NewDevice { .. })));
}

/// A stranger's requests use up their own share, and void no code that was sent.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn strangers_do_not_shut_the_owner_out(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).with("RATE_LIMITS", "on").start().await;
    let owner = app.browser();
    app.sign_up(&owner, ADA, PASSWORD).await;
    owner.post("/auth/logout", "").await;
    owner.sign_in_with_password(ADA, PASSWORD).await;
    owner.post("/auth/logout", "").await;
    ask(&owner, ADA).await;
    let adas = code(&app).await;
    for number in 0..5 {
        let asked = ask(&app.browser(), ADA).await;
        assert_eq!(asked.location(), if number < 3 { "/login/code" } else { "/login/code?limited=1" });
    }
    assert_eq!(app.emails().await.len(), 3, "a stranger's share");
    assert_eq!(check(&owner, adas.expose()).await.location(), "/settings?a=1");
    owner.post("/auth/logout", "").await;
    app.advance(LATER).await;
    ask(&owner, ADA).await;
    code(&app).await;
}

/// If no further email may be sent, the code of the one before still works.
#[tokio::test(flavor = "multi_thread")]
async fn asking_too_often_voids_no_code() {
    let app = App::builder().with("RATE_LIMITS", "on").start().await;
    app.sign_up(&app.browser(), ADA, PASSWORD).await;
    let browser = app.browser();
    for _ in 0..3 {
        ask(&browser, ADA).await;
    }
    let last = match app.emails().await.pop().map(|email| email.kind) {
        Some(EmailKind::SignInCode { code }) => code,
        other => panic!("no code: {other:?}"),
    };
    assert_eq!(ask(&browser, ADA).await.location(), "/login/code?limited=1");
    assert_eq!(check(&browser, last.expose()).await.location(), "/settings?a=1");
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_can_be_off() {
    let app = App::builder().with("EMAIL_CODES", "off").start().await;
    let browser = app.browser();
    assert!(!browser.get("/login").await.body.contains("Email me a code"));
    assert_eq!(browser.get("/login/code").await.status, 404);
    assert_eq!(ask(&browser, ADA).await.location(), "/login?return_to=%2Fsettings%3Fa%3D1&error=not_found");
    assert_eq!(app.emails().await, []);
}
