//! Password reset: the link, its limits, and what a reset ends.

use latchkey::accounts::{EmailKind, EmailToken, SignInMethod};
use reqwest::Method;
use rstest::rstest;
use tokio::task::JoinSet;

use super::{
    account::{NEW_PASSWORD, PASSWORD, WRONG_PASSWORD, token_of},
    app::App,
    browser::navigating,
};
use crate::support::database::Engine;

const ADA: &str = "ada@example.com";
const INVALID: &str = "/reset-password?error=email_link_invalid";

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_reset_replaces_the_password_and_ends_every_session(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::builder().engine(engine).mode(mode).start().await;
    let (before, browser) = (app.browser(), app.browser());
    app.sign_up(&before, ADA, PASSWORD).await;
    let fields = [("email", ADA), ("return_to", "/settings")];
    let asked = browser.submit("/auth/password/forgot", &fields).await;
    assert_eq!(asked.location(), "/check-inbox?for=reset&return_to=%2Fsettings");
    assert!(before.is_signed_in().await, "asking changes nothing");
    app.browser().sign_in_with_password(ADA, PASSWORD).await;
    let token = token_of(&app.one_email().await);

    let followed = browser.open_email_link(&token).await;
    assert_eq!((followed.status, followed.location()), (303, "/reset-password"));
    assert_eq!(followed.header("referrer-policy"), "no-referrer");
    let page = browser.submit("/auth/password/reset", &[("password", NEW_PASSWORD)]).await;
    assert_eq!((page.status, page.location()), (303, "/settings"));
    assert_eq!(app.user_of(&browser).await, app.owner_of(ADA).await);
    assert!(!before.is_signed_in().await);
    assert_eq!(app.rows().await, (1, 0, 1));
    let message = app.one_email().await;
    assert!(matches!(message.kind, EmailKind::PasswordChanged { first: false, .. }), "{message:?}");
    assert_eq!(message.to.as_str(), ADA);

    assert_eq!(app.browser().try_password(ADA, PASSWORD).await.location(), "/login?error=wrong_credentials");
    app.browser().sign_in_with_password(ADA, NEW_PASSWORD).await;
    // The link is used up.
    assert_eq!(browser.reset_password(&token, WRONG_PASSWORD).await.location(), INVALID);
    app.browser().sign_in_with_password(ADA, NEW_PASSWORD).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_uses_of_one_link_one_succeeds(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::builder().engine(engine).mode(mode).start().await;
    app.sign_up(&app.browser(), ADA, PASSWORD).await;
    app.browser().request_reset(ADA).await;
    let token = token_of(&app.one_email().await);
    let mut all = JoinSet::new();
    for number in 0..20 {
        let browser = app.browser();
        browser.open_email_link(&token).await;
        all.spawn(async move {
            let password = format!("{NEW_PASSWORD} {number}");
            let page = browser.submit("/auth/password/reset", &[("password", &password)]).await;
            (page.status, page.location().to_owned(), password)
        });
    }
    let all = all.join_all().await;
    assert!(all.iter().all(|(status, ..)| *status == 303), "{all:?}");
    let (won, lost): (Vec<_>, Vec<_>) = all.into_iter().partition(|(_, location, _)| location == "/dashboard");
    assert_eq!(won.len(), 1, "{won:?}");
    assert!(lost.iter().all(|(_, location, _)| location == INVALID), "{lost:?}");
    app.browser().sign_in_with_password(ADA, &won[0].2).await;
    assert_eq!(app.emails().await.len(), 1);
}

/// Anybody can request a reset: the owner's link works all the same.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_strangers_request_leaves_the_owners_link_valid(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::builder().engine(engine).mode(mode).start().await;
    app.sign_up(&app.browser(), ADA, PASSWORD).await;
    app.browser().request_reset(ADA).await;
    let owners = token_of(&app.one_email().await);
    app.browser().request_reset(ADA).await;
    let other = token_of(&app.one_email().await);
    assert_eq!(app.browser().reset_password(&owners, NEW_PASSWORD).await.location(), "/dashboard");
    assert_eq!(
        app.browser().reset_password(&other, WRONG_PASSWORD).await.location(),
        INVALID,
        "one use voids the others"
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_gets_twenty_valid_links_at_most(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).start().await;
    app.sign_up(&app.browser(), ADA, PASSWORD).await;
    let stranger = app.browser();
    for _ in 0..25 {
        assert_eq!(stranger.request_reset(ADA).await.location(), "/check-inbox?for=reset");
    }
    let emails = app.emails().await;
    assert_eq!(emails.len(), 20);
    assert_eq!(app.database.number("SELECT count(*) FROM email_tokens WHERE kind = 'reset'").await, 20);
    let first = token_of(&emails[0]);
    assert_eq!(app.browser().reset_password(&first, NEW_PASSWORD).await.location(), "/dashboard");
    stranger.request_reset(ADA).await;
    assert_eq!(app.emails().await.len(), 2, "the notice of the reset, and a new link");
}

#[tokio::test(flavor = "multi_thread")]
async fn emails_of_one_network_are_bounded_whoever_they_are_to() {
    let app = App::builder().with("RATE_LIMITS", "on").start().await;
    let browser = app.browser();
    let mut landed = Vec::new();
    for number in 0..22 {
        landed.push(browser.request_reset(&format!("person{number}@example.com")).await.location().to_owned());
    }
    assert!(landed[..20].iter().all(|location| location == "/check-inbox?for=reset"), "{landed:?}");
    assert!(landed[21].ends_with("error=too_many_emails"), "{landed:?}");
    assert_eq!(app.emails().await.len(), 20);
    let known = browser.request_sign_up("person1@example.com", PASSWORD).await;
    assert!(known.location().ends_with("error=too_many_emails"), "one budget for every form: {known:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_do_not_use_up_the_owners_reset_emails() {
    let app = App::builder().with("RATE_LIMITS", "on").start().await;
    let owner = app.browser();
    app.sign_up(&owner, ADA, PASSWORD).await;
    for _ in 0..5 {
        app.browser().request_reset(ADA).await;
    }
    assert_eq!(app.emails().await.len(), 3, "a stranger's share");
    owner.request_reset(ADA).await;
    assert_eq!(app.emails().await.len(), 1, "a browser that has signed in has its own");
}

#[rstest]
#[case::a_minute_before_its_end(29 * 60, "/dashboard")]
#[case::at_its_end(30 * 60, INVALID)]
#[tokio::test(flavor = "multi_thread")]
async fn the_link_expires_after_half_an_hour(
    #[case] seconds: i64,
    #[case] location: &str,
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::builder().mode(mode).start().await;
    app.sign_up(&app.browser(), ADA, PASSWORD).await;
    app.browser().request_reset(ADA).await;
    let token = token_of(&app.one_email().await);
    app.advance(seconds).await;
    assert_eq!(app.browser().reset_password(&token, NEW_PASSWORD).await.location(), location);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_open_page_expires_with_its_link(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    app.sign_up(&app.browser(), ADA, PASSWORD).await;
    app.browser().request_reset(ADA).await;
    let token = token_of(&app.one_email().await);
    let browser = app.browser();
    app.advance(20 * 60).await;
    browser.open_email_link(&token).await;
    app.advance(11 * 60).await;
    let page = browser.submit("/auth/password/reset", &[("password", NEW_PASSWORD)]).await;
    assert_eq!(page.location(), INVALID);
    app.browser().sign_in_with_password(ADA, PASSWORD).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_altered_link_is_rejected(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    app.sign_up(&app.browser(), ADA, PASSWORD).await;
    app.browser().request_reset(ADA).await;
    let token = token_of(&app.one_email().await);
    let text = token.expose();
    let swapped = text.chars().map(|c| if c.is_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() });
    for forged in
        [text[..42].to_owned(), format!("{text}="), swapped.collect(), "A".repeat(43), "%27%20OR%201=1".into()]
    {
        let page = app.browser().reset_password(&EmailToken::new(forged), NEW_PASSWORD).await;
        assert_eq!(page.location(), INVALID);
    }
    app.browser().sign_in_with_password(ADA, PASSWORD).await;
    assert_eq!(app.browser().reset_password(&token, NEW_PASSWORD).await.location(), "/dashboard");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_password_or_email_change_cancels_a_pending_reset(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    let owner = app.browser();
    app.sign_up(&owner, ADA, PASSWORD).await;

    app.browser().request_reset(ADA).await;
    let reset = token_of(&app.one_email().await);
    owner.submit("/settings/password", &[("password", NEW_PASSWORD)]).await;
    assert_eq!(app.browser().reset_password(&reset, WRONG_PASSWORD).await.location(), INVALID);

    app.emails().await;
    app.browser().request_reset(ADA).await;
    let reset = token_of(&app.one_email().await);
    owner.submit("/settings/email", &[("email", "ada@lovelace.example")]).await;
    assert_eq!(
        owner.confirm_email_link(&token_of(&app.one_email().await)).await.location(),
        "/settings?done=email_changed"
    );
    assert_eq!(app.browser().reset_password(&reset, WRONG_PASSWORD).await.location(), INVALID);
    app.browser().sign_in_with_password("ada@lovelace.example", NEW_PASSWORD).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn signing_in_keeps_the_link_valid(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    app.sign_up(&app.browser(), ADA, PASSWORD).await;
    app.browser().request_reset(ADA).await;
    let reset = token_of(&app.one_email().await);
    app.browser().sign_in_with_password(ADA, PASSWORD).await;
    assert_eq!(app.browser().reset_password(&reset, NEW_PASSWORD).await.location(), "/dashboard");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn reset_links_and_other_links_are_not_interchangeable(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    let owner = app.browser();
    app.sign_up(&owner, ADA, PASSWORD).await;
    owner.submit("/settings/email", &[("email", "ada@lovelace.example")]).await;
    let change = token_of(&app.one_email().await);
    owner.submit("/settings/password", &[("password", NEW_PASSWORD)]).await;
    let undo = token_of(&app.one_email().await);
    app.browser().request_reset(ADA).await;
    let reset = token_of(&app.one_email().await);
    let rows = app.methods().await;
    for (token, path) in [
        (&change, "/auth/password/reset"),
        (&undo, "/auth/password/reset"),
        (&change, "/auth/email/verify"),
        (&undo, "/auth/email/verify"),
        (&reset, "/auth/email/verify"),
        (&undo, "/auth/email/change/confirm"),
        (&reset, "/auth/email/change/confirm"),
        (&change, "/auth/undo"),
        (&reset, "/auth/undo"),
    ] {
        owner.open_email_link(token).await;
        let page = owner.submit(path, &[("password", WRONG_PASSWORD)]).await;
        assert!(page.location().ends_with("?error=email_link_invalid"), "{path}: {page:?}");
    }
    assert_eq!(app.methods().await, rows);
    assert_eq!(owner.reset_password(&reset, PASSWORD).await.location(), "/dashboard");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn missing_passwords_and_accounts_are_reported_by_email_only(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::builder().engine(engine).mode(mode).start().await;
    app.sign_up(&app.browser(), "ida@gmail.com", PASSWORD).await;
    app.browser().sign_in("ada").await;
    app.emails().await;
    let mut seen = Vec::new();
    for email in ["ida@gmail.com", "ada@gmail.com", "eve@gmail.com"] {
        let before = app.all_rows().await;
        let page = app.browser().request_reset(email).await;
        let after = app.all_rows().await;
        let written: Vec<_> = before.iter().zip(&after).map(|(before, after)| (before.0, after.1 - before.1)).collect();
        seen.push((page.status, page.location().to_owned(), super::account::cookie_shapes(&page), written));
        let message = app.one_email().await;
        assert_eq!((message.to.as_str(), message.name), (email, None));
        match email {
            "ida@gmail.com" => assert!(matches!(message.kind, EmailKind::ResetPassword { .. })),
            "ada@gmail.com" => {
                assert_eq!(
                    message.kind,
                    EmailKind::NoPassword { methods: vec![SignInMethod::Provider("google".into())] }
                );
            }
            _ => assert_eq!(message.kind, EmailKind::NoAccount),
        }
    }
    seen.dedup();
    assert_eq!(seen.len(), 1, "{seen:?}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn emails_contain_only_device_and_ip_of_the_request(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    app.sign_up(&app.browser(), ADA, PASSWORD).await;
    let browser = app.browser();
    let request = browser
        .request(Method::POST, "/auth/password/forgot")
        .header("host", "evil.example")
        .header("origin", &app.origin)
        .header("sec-fetch-site", "same-origin")
        .header("x-forwarded-host", "evil.example")
        .header("x-forwarded-proto", "gopher")
        .header("x-original-url", "https://evil.example/")
        .header("forwarded", "host=evil.example;proto=gopher")
        .header("referer", "https://evil.example/")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("email={ADA}&name=evil&base_url=https://evil.example"));
    let page = browser.send(navigating(request)).await;
    assert_eq!((page.status, page.location()), (303, "/check-inbox?for=reset"));
    let message = app.one_email().await;
    let text = serde_json::to_string(&message).expect("JSON");
    assert!(!text.contains("evil") && !text.contains("gopher") && !text.contains("http"), "{text}");
    assert_eq!((message.cause.device.as_str(), message.cause.ip.as_str()), ("Firefox on Linux", "127.0.0.1"));
    // The counterpart: the link works.
    assert_eq!(browser.reset_password(&token_of(&message), NEW_PASSWORD).await.location(), "/dashboard");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_database_contains_no_reset_token(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    app.sign_up(&app.browser(), ADA, PASSWORD).await;
    app.browser().request_reset(ADA).await;
    let queued = app.database.text("SELECT string_agg(sealed, ' ') FROM outbox").await;
    let rows = app.database.text("SELECT string_agg(token_hash || data || kind, ' ') FROM email_tokens").await;
    assert!(!queued.contains(ADA));
    let token = token_of(&app.one_email().await);
    assert!(!queued.contains(token.expose()) && !rows.contains(token.expose()));
    for stolen in rows.split([' ', '{']).filter(|part| part.len() >= 43) {
        let page = app.browser().reset_password(&EmailToken::new(stolen[..43].to_owned()), NEW_PASSWORD).await;
        assert_eq!(page.location(), INVALID);
    }
    assert_eq!(app.browser().reset_password(&token, NEW_PASSWORD).await.location(), "/dashboard");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_weak_password_is_rejected_and_the_link_still_works(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    app.sign_up(&app.browser(), "ada.lovelace@example.com", PASSWORD).await;
    app.browser().request_reset("ada.lovelace@example.com").await;
    let token = token_of(&app.one_email().await);
    for (password, code) in [
        ("short", "password_short"),
        ("password123", "password_common"),
        ("ada.lovelace", "password_personal"),
        ("", "password_short"),
    ] {
        let page = app.browser().reset_password(&token, password).await;
        assert_eq!(page.location(), format!("/reset-password?error={code}"));
    }
    app.browser().sign_in_with_password("ada.lovelace@example.com", PASSWORD).await;
    assert_eq!(app.browser().reset_password(&token, NEW_PASSWORD).await.location(), "/dashboard");
}

/// Eve's provider verifies anything: she holds Ada's email before Ada has an account.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_mailbox_owner_recovers_an_email_that_was_only_claimed(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::builder().engine(engine).mode(mode).other_provider().start().await;
    let (eve, ada) = (app.browser(), app.browser());
    app.control_other("persons/mallory", serde_json::json!({ "email": ADA })).await;
    let callback = eve.callback_url("mallory", "/auth/other").await;
    assert_eq!(eve.get(&callback).await.location(), "/dashboard");
    assert_eq!(app.owner_of(ADA).await, app.user_of(&eve).await);

    ada.request_reset(ADA).await;
    let token = token_of(&app.one_email().await);
    assert_eq!(ada.reset_password(&token, NEW_PASSWORD).await.location(), "/dashboard");
    assert!(!eve.is_signed_in().await);
    app.browser().sign_in_with_password(ADA, NEW_PASSWORD).await;
    // Eve's identity no longer signs in to it.
    let owner = app.owner_of(ADA).await;
    let again = app.browser();
    let callback = again.callback_url("mallory", "/auth/other").await;
    assert_eq!(again.get(&callback).await.location(), "/link");
    assert_eq!((app.owner_of(ADA).await, app.database.count("identities").await), (owner, 0));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn reset_without_password_points_to_the_provider(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    app.browser().sign_in("ada").await;
    app.browser().request_reset("ada@gmail.com").await;
    let kind = app.one_email().await.kind;
    assert_eq!(kind, EmailKind::NoPassword { methods: vec![SignInMethod::Provider("google".into())] });

    app.database.execute("UPDATE identities SET provider = 'switched_off'").await;
    app.browser().request_reset("ada@gmail.com").await;
    assert!(matches!(app.one_email().await.kind, EmailKind::ResetPassword { .. }));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_link_opened_in_another_tab_does_not_answer_the_first(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    let (ada, eve) = (app.browser(), app.browser());
    app.sign_up(&app.browser(), ADA, PASSWORD).await;
    app.sign_up(&eve, "eve@example.com", PASSWORD).await;
    ada.request_reset(ADA).await;
    let hers = token_of(&app.one_email().await);
    eve.request_reset("eve@example.com").await;
    let planted = token_of(&app.one_email().await);

    ada.open_email_link(&hers).await;
    // An attacker makes Ada's browser open another link: the page in front of her still names her email.
    ada.open_email_link(&planted).await;
    let fields = [("username", ADA), ("password", NEW_PASSWORD)];
    assert_eq!(ada.submit("/auth/password/reset", &fields).await.location(), INVALID);
    assert!(!ada.is_signed_in().await);

    ada.open_email_link(&hers).await;
    assert_eq!(ada.submit("/auth/password/reset", &fields).await.location(), "/dashboard");
    assert_eq!(app.user_of(&ada).await, app.owner_of(ADA).await);
}
