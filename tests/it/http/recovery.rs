//! A forgotten password: the link, what it is worth, and what ends with it.

use latchkey::accounts::{EmailKind, EmailToken, SignInMethod};
use reqwest::Method;
use rstest::rstest;
use tokio::task::JoinSet;

use super::{
    account::{NEW_PASSWORD, PASSWORD, WRONG_PASSWORD, token_of},
    app::{App, Stage},
    browser::navigating,
};
use crate::support::database::Engine;

const ADA: &str = "ada@example.com";
const INVALID: &str = "/reset-password?error=email_link_invalid";

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_password_is_replaced_and_every_session_ends(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::start(Stage::of(engine, mode)).await;
    let (before, browser) = (app.browser(), app.browser());
    app.signs_up(&before, ADA, PASSWORD).await;
    let fields = [("email", ADA), ("return_to", "/settings")];
    let asked = browser.submit("/auth/password/forgot", &fields).await;
    assert_eq!(asked.location(), "/check-inbox?for=reset&return_to=%2Fsettings");
    assert!(before.is_signed_in().await, "asking changes nothing");
    app.browser().signs_in_with(ADA, PASSWORD).await;
    let token = token_of(&app.message().await);

    let followed = browser.follows(&token).await;
    assert_eq!((followed.status, followed.location()), (303, "/reset-password"));
    assert_eq!(followed.header("referrer-policy"), "no-referrer");
    let page = browser.submit("/auth/password/reset", &[("password", NEW_PASSWORD)]).await;
    assert_eq!((page.status, page.location()), (303, "/settings"));
    assert_eq!(app.user_of(&browser).await, app.owner_of(ADA).await);
    assert!(!before.is_signed_in().await);
    assert_eq!(app.rows().await, (1, 0, 1));
    let message = app.message().await;
    assert!(matches!(message.matter, EmailKind::PasswordChanged { first: false, .. }), "{message:?}");
    assert_eq!(message.to.as_str(), ADA);

    assert_eq!(app.browser().tries_password(ADA, PASSWORD).await.location(), "/login?error=wrong_credentials");
    app.browser().signs_in_with(ADA, NEW_PASSWORD).await;
    // The link is used up.
    assert_eq!(browser.resets(&token, WRONG_PASSWORD).await.location(), INVALID);
    app.browser().signs_in_with(ADA, NEW_PASSWORD).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_who_use_one_link_at_once_one_wins(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::start(Stage::of(engine, mode)).await;
    app.signs_up(&app.browser(), ADA, PASSWORD).await;
    app.browser().forgets(ADA).await;
    let token = token_of(&app.message().await);
    let mut all = JoinSet::new();
    for number in 0..20 {
        let browser = app.browser();
        browser.follows(&token).await;
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
    app.browser().signs_in_with(ADA, &won[0].2).await;
    assert_eq!(app.emails().await.len(), 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_newer_letter_makes_the_older_one_void(#[values("server", "jwt")] mode: &str) {
    let app = App::start(Stage::of(Engine::Sqlite, mode)).await;
    app.signs_up(&app.browser(), ADA, PASSWORD).await;
    app.browser().forgets(ADA).await;
    let older = token_of(&app.message().await);
    app.browser().forgets(ADA).await;
    let newer = token_of(&app.message().await);
    assert_eq!(app.browser().resets(&older, WRONG_PASSWORD).await.location(), INVALID);
    assert_eq!(app.browser().resets(&newer, NEW_PASSWORD).await.location(), "/dashboard");
}

#[rstest]
#[case::a_minute_before_its_end(29 * 60, "/dashboard")]
#[case::at_its_end(30 * 60, INVALID)]
#[tokio::test(flavor = "multi_thread")]
async fn the_link_lives_half_an_hour(
    #[case] seconds: i64,
    #[case] location: &str,
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::start(Stage::of(Engine::Sqlite, mode)).await;
    app.signs_up(&app.browser(), ADA, PASSWORD).await;
    app.browser().forgets(ADA).await;
    let token = token_of(&app.message().await);
    app.advance(seconds).await;
    assert_eq!(app.browser().resets(&token, NEW_PASSWORD).await.location(), location);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_page_that_was_left_open_lives_no_longer_than_the_link(#[values("server", "jwt")] mode: &str) {
    let app = App::start(Stage::of(Engine::Sqlite, mode)).await;
    app.signs_up(&app.browser(), ADA, PASSWORD).await;
    app.browser().forgets(ADA).await;
    let token = token_of(&app.message().await);
    let browser = app.browser();
    app.advance(20 * 60).await;
    browser.follows(&token).await;
    app.advance(11 * 60).await;
    let page = browser.submit("/auth/password/reset", &[("password", NEW_PASSWORD)]).await;
    assert_eq!(page.location(), INVALID);
    app.browser().signs_in_with(ADA, PASSWORD).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_is_altered_opens_nothing(#[values("server", "jwt")] mode: &str) {
    let app = App::start(Stage::of(Engine::Sqlite, mode)).await;
    app.signs_up(&app.browser(), ADA, PASSWORD).await;
    app.browser().forgets(ADA).await;
    let token = token_of(&app.message().await);
    let text = token.expose();
    let swapped = text.chars().map(|c| if c.is_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() });
    for forged in
        [text[..42].to_owned(), format!("{text}="), swapped.collect(), "A".repeat(43), "%27%20OR%201=1".into()]
    {
        let page = app.browser().resets(&EmailToken::new(forged), NEW_PASSWORD).await;
        assert_eq!(page.location(), INVALID);
    }
    app.browser().signs_in_with(ADA, PASSWORD).await;
    assert_eq!(app.browser().resets(&token, NEW_PASSWORD).await.location(), "/dashboard");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_pending_reset_ends_when_the_password_or_the_address_changes_meanwhile(
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::start(Stage::of(Engine::Sqlite, mode)).await;
    let owner = app.browser();
    app.signs_up(&owner, ADA, PASSWORD).await;

    app.browser().forgets(ADA).await;
    let reset = token_of(&app.message().await);
    owner.submit("/settings/password", &[("password", NEW_PASSWORD)]).await;
    assert_eq!(app.browser().resets(&reset, WRONG_PASSWORD).await.location(), INVALID);

    app.emails().await;
    app.browser().forgets(ADA).await;
    let reset = token_of(&app.message().await);
    owner.submit("/settings/email", &[("email", "ada@lovelace.example")]).await;
    assert_eq!(owner.finishes(&token_of(&app.message().await)).await.location(), "/settings?done=email_changed");
    assert_eq!(app.browser().resets(&reset, WRONG_PASSWORD).await.location(), INVALID);
    app.browser().signs_in_with("ada@lovelace.example", NEW_PASSWORD).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn signing_in_meanwhile_leaves_the_link_and_changing_the_mind_is_free(#[values("server", "jwt")] mode: &str) {
    let app = App::start(Stage::of(Engine::Sqlite, mode)).await;
    app.signs_up(&app.browser(), ADA, PASSWORD).await;
    app.browser().forgets(ADA).await;
    let reset = token_of(&app.message().await);
    app.browser().signs_in_with(ADA, PASSWORD).await;
    assert_eq!(app.browser().resets(&reset, NEW_PASSWORD).await.location(), "/dashboard");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn links_of_other_kinds_reset_nothing_and_a_reset_does_nothing_else(#[values("server", "jwt")] mode: &str) {
    let app = App::start(Stage::of(Engine::Sqlite, mode)).await;
    let owner = app.browser();
    app.signs_up(&owner, ADA, PASSWORD).await;
    owner.submit("/settings/email", &[("email", "ada@lovelace.example")]).await;
    let change = token_of(&app.message().await);
    owner.submit("/settings/password", &[("password", NEW_PASSWORD)]).await;
    let undo = token_of(&app.message().await);
    app.browser().forgets(ADA).await;
    let reset = token_of(&app.message().await);
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
        owner.follows(token).await;
        let page = owner.submit(path, &[("password", WRONG_PASSWORD)]).await;
        assert!(page.location().ends_with("?error=email_link_invalid"), "{path}: {page:?}");
    }
    assert_eq!(app.methods().await, rows);
    assert_eq!(owner.resets(&reset, PASSWORD).await.location(), "/dashboard");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn who_has_no_password_and_who_has_no_account_is_told_so_by_letter_alone(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::start(Stage::of(engine, mode)).await;
    app.signs_up(&app.browser(), "ida@gmail.com", PASSWORD).await;
    app.browser().signs_in_as("ada").await;
    app.emails().await;
    let mut seen = Vec::new();
    for email in ["ida@gmail.com", "ada@gmail.com", "eve@gmail.com"] {
        let before = app.all_rows().await;
        let page = app.browser().forgets(email).await;
        let after = app.all_rows().await;
        let written: Vec<_> = before.iter().zip(&after).map(|(before, after)| (before.0, after.1 - before.1)).collect();
        seen.push((page.status, page.location().to_owned(), super::account::kinds_of_cookies(&page), written));
        let message = app.message().await;
        assert_eq!((message.to.as_str(), message.name), (email, None));
        match email {
            "ida@gmail.com" => assert!(matches!(message.matter, EmailKind::ResetPassword { .. })),
            "ada@gmail.com" => {
                assert_eq!(
                    message.matter,
                    EmailKind::NoPassword { methods: vec![SignInMethod::Provider("google".into())] }
                );
            }
            _ => assert_eq!(message.matter, EmailKind::NoAccount),
        }
    }
    seen.dedup();
    assert_eq!(seen.len(), 1, "{seen:?}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_the_request_but_device_and_address_gets_into_a_letter(#[values("server", "jwt")] mode: &str) {
    let app = App::start(Stage::of(Engine::Sqlite, mode)).await;
    app.signs_up(&app.browser(), ADA, PASSWORD).await;
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
    let message = app.message().await;
    let text = serde_json::to_string(&message).expect("JSON");
    assert!(!text.contains("evil") && !text.contains("gopher") && !text.contains("http"), "{text}");
    assert_eq!((message.cause.device.as_str(), message.cause.ip.as_str()), ("Firefox on Linux", "127.0.0.1"));
    // The twin: the link works.
    assert_eq!(browser.resets(&token_of(&message), NEW_PASSWORD).await.location(), "/dashboard");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn who_reads_the_database_finds_no_token(#[values("server", "jwt")] mode: &str) {
    let app = App::start(Stage::of(Engine::Sqlite, mode)).await;
    app.signs_up(&app.browser(), ADA, PASSWORD).await;
    app.browser().forgets(ADA).await;
    let queued = app.database.text("SELECT string_agg(sealed, ' ') FROM outbox").await;
    let rows = app.database.text("SELECT string_agg(token_hash || data || kind, ' ') FROM email_tokens").await;
    assert!(!queued.contains(ADA));
    let token = token_of(&app.message().await);
    assert!(!queued.contains(token.expose()) && !rows.contains(token.expose()));
    for stolen in rows.split([' ', '{']).filter(|part| part.len() >= 43) {
        let page = app.browser().resets(&EmailToken::new(stolen[..43].to_owned()), NEW_PASSWORD).await;
        assert_eq!(page.location(), INVALID);
    }
    assert_eq!(app.browser().resets(&token, NEW_PASSWORD).await.location(), "/dashboard");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_weak_password_is_refused_and_the_link_still_works(#[values("server", "jwt")] mode: &str) {
    let app = App::start(Stage::of(Engine::Sqlite, mode)).await;
    app.signs_up(&app.browser(), "ada.lovelace@example.com", PASSWORD).await;
    app.browser().forgets("ada.lovelace@example.com").await;
    let token = token_of(&app.message().await);
    for (password, code) in [
        ("short", "password_short"),
        ("password123", "password_common"),
        ("ada.lovelace", "password_personal"),
        ("", "password_short"),
    ] {
        let page = app.browser().resets(&token, password).await;
        assert_eq!(page.location(), format!("/reset-password?error={code}"));
    }
    app.browser().signs_in_with("ada.lovelace@example.com", PASSWORD).await;
    assert_eq!(app.browser().resets(&token, NEW_PASSWORD).await.location(), "/dashboard");
}

/// Eve is at a provider that vouches for anything: she holds Ada's address before Ada was ever here.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn who_reads_the_mailbox_gets_an_address_back_that_was_only_a_providers_word(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::start_with_other(Stage::of(engine, mode)).await;
    let (eve, ada) = (app.browser(), app.browser());
    app.tell_other("persons/mallory", serde_json::json!({ "email": ADA })).await;
    let callback = eve.callback_url("mallory", "/auth/other").await;
    assert_eq!(eve.get(&callback).await.location(), "/dashboard");
    assert_eq!(app.owner_of(ADA).await, app.user_of(&eve).await);

    ada.forgets(ADA).await;
    let token = token_of(&app.message().await);
    assert_eq!(ada.resets(&token, NEW_PASSWORD).await.location(), "/dashboard");
    assert!(!eve.is_signed_in().await);
    app.browser().signs_in_with(ADA, NEW_PASSWORD).await;
    // Eve's identity is no way into it any more.
    let owner = app.owner_of(ADA).await;
    let again = app.browser();
    let callback = again.callback_url("mallory", "/auth/other").await;
    assert_eq!(again.get(&callback).await.location(), "/link");
    assert_eq!((app.owner_of(ADA).await, app.database.count("identities").await), (owner, 0));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn who_came_by_the_provider_that_runs_the_mailbox_is_led_there_and_who_cannot_any_more_is_not(
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::start(Stage::of(Engine::Sqlite, mode)).await;
    app.browser().signs_in_as("ada").await;
    app.browser().forgets("ada@gmail.com").await;
    let told = app.message().await.matter;
    assert_eq!(told, EmailKind::NoPassword { methods: vec![SignInMethod::Provider("google".into())] });

    app.database.execute("UPDATE identities SET provider = 'switched_off'").await;
    app.browser().forgets("ada@gmail.com").await;
    assert!(matches!(app.message().await.matter, EmailKind::ResetPassword { .. }));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_was_followed_in_another_tab_does_not_answer_the_page_of_the_first(
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::start(Stage::of(Engine::Sqlite, mode)).await;
    let (ada, eve) = (app.browser(), app.browser());
    app.signs_up(&app.browser(), ADA, PASSWORD).await;
    app.signs_up(&eve, "eve@example.com", PASSWORD).await;
    ada.forgets(ADA).await;
    let hers = token_of(&app.message().await);
    eve.forgets("eve@example.com").await;
    let planted = token_of(&app.message().await);

    ada.follows(&hers).await;
    // Somebody has Ada's browser open another link: the page in front of her still names her address.
    ada.follows(&planted).await;
    let fields = [("username", ADA), ("password", NEW_PASSWORD)];
    assert_eq!(ada.submit("/auth/password/reset", &fields).await.location(), INVALID);
    assert!(!ada.is_signed_in().await);

    ada.follows(&hers).await;
    assert_eq!(ada.submit("/auth/password/reset", &fields).await.location(), "/dashboard");
    assert_eq!(app.user_of(&ada).await, app.owner_of(ADA).await);
}
