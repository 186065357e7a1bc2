//! Password sign-in, its rate limits, and what its answers reveal.

use argon2::{Algorithm, Argon2, Params, Version, password_hash::PasswordHasher};
use rstest::rstest;

use super::{
    account::{NEW_PASSWORD, PASSWORD, WRONG_PASSWORD, token_of},
    app::App,
    browser::navigating,
};
use crate::support::database::Engine;

const ADA: &str = "ada@example.com";
const LIMITED: [(&str, &str); 1] = [("RATE_LIMITS", "on")];

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_account_without_a_password_accepts_none(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    app.browser().sign_in("ada").await;
    for password in ["", PASSWORD, "null", "undefined"] {
        let page = app.browser().try_password("ada@gmail.com", password).await;
        assert_eq!((page.status, page.location()), (303, "/login?error=wrong_credentials"));
    }
    assert_eq!(app.rows().await, (1, 1, 1));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn sign_in_needs_the_confirmed_email(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::builder().engine(engine).mode(mode).start().await;
    let browser = app.browser();
    browser.request_sign_up(ADA, PASSWORD).await;
    assert_eq!(browser.try_password(ADA, PASSWORD).await.location(), "/login?error=wrong_credentials");
    assert_eq!(app.rows().await, (0, 0, 0));
    browser.confirm_email_link(&token_of(&app.one_email().await)).await;
    browser.sign_in_with_password(ADA, PASSWORD).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_user_gets_the_same_answer_as_a_stranger(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::builder().engine(engine).mode(mode).start().await;
    let browser = app.browser();
    app.sign_up(&browser, ADA, PASSWORD).await;
    app.database.execute("UPDATE users SET disabled_at = 1").await;
    assert!(!browser.is_signed_in().await);
    assert_eq!(browser.try_password(ADA, PASSWORD).await.location(), "/login?error=wrong_credentials");
    browser.request_reset(ADA).await;
    for message in app.emails().await {
        if let Some(token) = super::account::token_in(&message) {
            let page = browser.reset_password(&token, NEW_PASSWORD).await;
            assert_eq!(page.location(), "/reset-password?error=email_link_invalid");
        }
    }
    assert!(!browser.is_signed_in().await);
    app.database.execute("UPDATE users SET disabled_at = NULL").await;
    browser.sign_in_with_password(ADA, PASSWORD).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_planted_session_is_worthless_after_a_password_sign_in(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    let (attacker, victim) = (app.browser(), app.browser());
    app.sign_up(&app.browser(), ADA, PASSWORD).await;
    attacker.sign_in("mallory").await;
    for planted in ["AAAAAAAAAAAAAAAAAAAAAA".to_owned(), attacker.session().expect("a session")] {
        victim.set_session(&planted);
        victim.sign_in_with_password(ADA, PASSWORD).await;
        assert_ne!(victim.session().expect("a session"), planted);
        assert_eq!(app.user_of_session(&planted).await, None);
        assert_eq!(app.user_of(&victim).await, app.owner_of(ADA).await);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn only_the_exact_password_is_accepted(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    let password = "Sm\u{f6}rg\u{e5}sbord i B\u{e5}stad ";
    app.sign_up(&app.browser(), ADA, password).await;
    for wrong in [
        "Sm\u{f6}rg\u{e5}sbord i B\u{e5}stad",
        "sm\u{f6}rg\u{e5}sbord i B\u{e5}stad ",
        "Smorgasbord i Bastad ",
        &format!("{password}\0"),
        &format!("{password}{}", "x".repeat(9000)),
    ] {
        assert_eq!(app.browser().try_password(ADA, wrong).await.location(), "/login?error=wrong_credentials");
    }
    app.browser().sign_in_with_password(ADA, password).await;
    app.browser().sign_in_with_password(ADA, "Smo\u{308}rga\u{30a}sbord i Ba\u{30a}stad ").await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn failed_attempts_are_in_the_users_audit_log_only(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    app.sign_up(&app.browser(), ADA, PASSWORD).await;
    let owner = app.owner_of(ADA).await.expect("a user");
    app.browser().try_password(ADA, WRONG_PASSWORD).await;
    app.browser().try_password("nobody@example.com", WRONG_PASSWORD).await;
    // Recorded in the background.
    let refused = "SELECT count(*) FROM events WHERE outcome = 'refused'";
    for _ in 0..1000 {
        if app.database.number(refused).await > 0 {
            break;
        }
        tokio::task::yield_now().await;
    }
    let event =
        app.database.text("SELECT user_id || ' ' || provider FROM events WHERE outcome = 'wrong_password'").await;
    assert_eq!(event, format!("{owner} password"));
    assert!(!app.events().await.contains(WRONG_PASSWORD));
}

#[rstest]
#[case::nothing("")]
#[case::plain("correct horse battery staple")]
#[case::its_name("$argon2id$")]
#[case::another_kind("$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW")]
#[case::much_memory("$argon2id$v=19$m=4294967295,t=4294967295,p=16777215$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA")]
#[case::short_hash("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$aA")]
#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_hash_is_a_wrong_password(#[case] hash: &str, #[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    let browser = app.browser();
    app.sign_up(&browser, ADA, PASSWORD).await;
    let kept = app.database.text("SELECT hash FROM passwords").await;
    app.database.execute(&format!("UPDATE passwords SET hash = '{hash}'")).await;
    let stranger = app.browser();
    for password in [PASSWORD, ""] {
        assert_eq!(stranger.try_password(ADA, password).await.location(), "/login?error=wrong_credentials");
        let page = browser.submit("/auth/reauthenticate/password", &[("password", password)]).await;
        assert_eq!(page.location(), "/confirm?return_to=%2Fdashboard&error=wrong_password");
    }
    app.database.execute(&format!("UPDATE passwords SET hash = '{kept}'")).await;
    stranger.sign_in_with_password(ADA, PASSWORD).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_weak_hash_is_renewed_only_by_the_right_password(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::builder().engine(engine).mode(mode).start().await;
    app.sign_up(&app.browser(), ADA, PASSWORD).await;
    let today = app.database.text("SELECT hash FROM passwords").await;
    app.database.execute(&format!("UPDATE passwords SET hash = '{}'", weak_hash())).await;
    app.browser().try_password(ADA, WRONG_PASSWORD).await;
    assert_eq!(app.database.text("SELECT hash FROM passwords").await, weak_hash());
    app.browser().sign_in_with_password(ADA, PASSWORD).await;
    let renewed = app.database.text("SELECT hash FROM passwords").await;
    let parameters = |hash: &str| hash.split('$').nth(3).map(str::to_owned);
    assert_eq!(parameters(&renewed), parameters(&today));
    assert_ne!(renewed, today, "with a salt of its own");
    app.browser().sign_in_with_password(ADA, PASSWORD).await;
    assert_eq!(app.database.text("SELECT hash FROM passwords").await, renewed);
}

/// A hash of the same password, with 64 KiB and one pass.
fn weak_hash() -> String {
    let params = Params::new(64, 1, 1, Some(32)).expect("parameters");
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon2.hash_password_with_salt(PASSWORD.as_bytes(), &[7; 16]).expect("a hash").to_string()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn strangers_are_rate_limited_without_locking_the_owner_out(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).settings(&LIMITED).start().await;
    let (owner, stranger) = (app.browser(), app.browser());
    app.sign_up(&owner, "ada@gmail.com", PASSWORD).await;
    app.emails().await;
    owner.post("/auth/logout", "").await;
    let mut locations = Vec::new();
    for spelling in ["ada@gmail.com", "ADA@gmail.com", "Ada@GMail.Com.", " ada@gmail.com"].into_iter().cycle().take(12)
    {
        locations.push(stranger.try_password(spelling, WRONG_PASSWORD).await.location().to_owned());
    }
    assert!(locations[..10].iter().all(|location| location == "/login?error=wrong_credentials"), "{locations:?}");
    assert!(locations[10..].iter().all(|location| location == "/login?error=too_many_attempts"), "{locations:?}");
    // Not even with the right password, nor from another browser.
    for browser in [&stranger, &app.browser()] {
        assert_eq!(browser.try_password("ada@gmail.com", PASSWORD).await.location(), "/login?error=too_many_attempts");
    }
    // The account's own browser is not limited, and neither is a provider.
    owner.sign_in_with_password("ada@gmail.com", PASSWORD).await;
    let elsewhere = app.browser();
    elsewhere.sign_in("ada").await;
    assert_eq!(app.user_of(&elsewhere).await, app.owner_of("ada@gmail.com").await);
    // Another account is not affected.
    assert_eq!(
        stranger.try_password("bob@gmail.com", WRONG_PASSWORD).await.location(),
        "/login?error=wrong_credentials"
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_rate_limit_reveals_no_accounts(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).settings(&LIMITED).start().await;
    app.sign_up(&app.browser(), ADA, PASSWORD).await;
    for email in [ADA, "eve@example.com"] {
        let mut locations = Vec::new();
        for _ in 0..12 {
            locations.push(app.browser().try_password(email, WRONG_PASSWORD).await.location().to_owned());
        }
        let limited = locations.iter().filter(|location| location.ends_with("too_many_attempts")).count();
        assert_eq!(limited, 2, "{email}: {locations:?}");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_or_forged_device_cookie_bypasses_no_limit(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).settings(&LIMITED).start().await;
    let (ada, eve) = (app.browser(), app.browser());
    app.sign_up(&ada, ADA, PASSWORD).await;
    app.sign_up(&eve, "eve@example.com", NEW_PASSWORD).await;
    for _ in 0..10 {
        eve.try_password(ADA, WRONG_PASSWORD).await;
    }
    let own = eve.cookie("known").expect("a cookie");
    for forged in [own, eve.cookie("typed").unwrap_or_default(), "AAAA".into()] {
        eve.set_cookie("known", &forged);
        assert_eq!(eve.try_password(ADA, PASSWORD).await.location(), "/login?error=too_many_attempts");
    }
    ada.sign_in_with_password(ADA, PASSWORD).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn one_network_shares_a_limit_that_no_header_evades(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).settings(&LIMITED).start().await;
    let mut statuses = Vec::new();
    for number in 0..70 {
        let browser = app.browser();
        let request = browser
            .request(reqwest::Method::POST, "/auth/password/forgot")
            .header("origin", &app.origin)
            .header("sec-fetch-site", "same-origin")
            .header("x-forwarded-for", format!("203.0.113.{number}"))
            .header("forwarded", format!("for=203.0.113.{number}"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body("email=x");
        statuses.push(browser.send(navigating(request)).await.status);
    }
    assert_eq!(statuses[..60], [303; 60]);
    assert!(statuses[60..].contains(&429), "{statuses:?}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn excess_emails_are_dropped_alike_for_every_address(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).settings(&LIMITED).start().await;
    app.sign_up(&app.browser(), ADA, PASSWORD).await;
    app.emails().await;
    let mut answers = Vec::new();
    for email in [ADA, "eve@example.com"] {
        let mut pages = Vec::new();
        for spelling in [email.to_owned(), email.to_uppercase()].iter().cycle().take(8) {
            let page = app.browser().request_reset(spelling).await;
            pages.push((page.status, page.location().to_owned(), super::account::cookie_shapes(&page)));
        }
        let limited = pages.iter().filter(|(_, location, _)| location.ends_with("limited=1")).count();
        assert_eq!((pages.len(), limited, app.emails().await.len()), (8, 5, 3), "{pages:?}");
        answers.push(pages);
    }
    assert_eq!(answers[0], answers[1], "an answer says nothing about the account");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_known_browser_is_rate_limited_as_well(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).settings(&LIMITED).start().await;
    let known = app.browser();
    app.sign_up(&known, ADA, PASSWORD).await;
    let cookie = known.cookie("known").expect("a cookie");
    let mut locations = Vec::new();
    for _ in 0..11 {
        // Its device cookie on other machines, too.
        let copy = app.browser();
        copy.set_cookie("known", &cookie);
        locations.push(copy.try_password(ADA, WRONG_PASSWORD).await.location().to_owned());
    }
    assert_eq!(locations[9], "/login?error=wrong_credentials");
    assert_eq!(locations[10], "/login?error=too_many_attempts");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn sign_up_emails_do_not_block_reset_emails(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).settings(&LIMITED).start().await;
    app.sign_up(&app.browser(), ADA, PASSWORD).await;
    for _ in 0..5 {
        app.browser().request_sign_up(ADA, WRONG_PASSWORD).await;
    }
    app.emails().await;
    let ada = app.browser();
    ada.request_reset(ADA).await;
    assert_eq!(ada.reset_password(&token_of(&app.one_email().await), NEW_PASSWORD).await.location(), "/dashboard");
}
