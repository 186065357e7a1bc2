//! The attacks of "Pre-hijacked accounts" (USENIX Security 2022) and nOAuth: Eve uses Ada's email before Ada signs up,
//! and tries to keep access. LK1 to LK7.

use latchkey::accounts::{EmailKind, SignInMethod};
use rstest::rstest;
use serde_json::json;

use super::{
    account::{NEW_PASSWORD, PASSWORD, WRONG_PASSWORD, token_of},
    app::App,
    browser::Browser,
};
use crate::support::database::Engine;

const ADA: &str = "ada@gmail.com";
const EVES: &str = WRONG_PASSWORD;

/// Only Ada can open the account.
async fn ada_alone_owns_it(app: &App, ada: &Browser, eve: &Browser) {
    let owner = app.owner_of(ADA).await;
    assert!(owner.is_some());
    assert_eq!(app.user_of(ada).await, owner);
    assert_ne!(app.user_of(eve).await, owner);
    let page = app.browser().try_password(ADA, EVES).await;
    assert_eq!(page.location(), "/login?error=wrong_credentials");
    let mallory = app.browser();
    mallory.try_sign_in("mallory").await;
    assert_ne!(app.user_of(&mallory).await, owner);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn lk1_a_sign_up_with_anothers_email_shares_nothing(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).start().await;
    let (eve, ada) = (app.browser(), app.browser());
    eve.request_sign_up(ADA, EVES).await;
    let planted = token_of(&app.one_email().await);
    ada.sign_in("ada").await;
    ada_alone_owns_it(&app, &ada, &eve).await;
    // Ada finds the email later, and clicks.
    ada.open_email_link(&planted).await;
    for fields in [&[][..], &[("password", EVES)]] {
        ada.submit("/auth/email/verify", fields).await;
    }
    ada.sign_in("ada").await;
    eve.confirm_email_link(&planted).await;
    ada_alone_owns_it(&app, &ada, &eve).await;
    assert_eq!(app.database.count("passwords").await, 0);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn lk1_opening_an_unrequested_link_makes_no_account_for_eve(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::builder().engine(engine).start().await;
    let (eve, ada) = (app.browser(), app.browser());
    eve.request_sign_up(ADA, EVES).await;
    let planted = token_of(&app.one_email().await);
    ada.open_email_link(&planted).await;
    assert_eq!(ada.submit("/auth/email/verify", &[]).await.location(), "/verify-email?error=wrong_password");
    assert_eq!(app.rows().await, (0, 0, 0));
    assert_eq!(ada.reset_password(&planted, PASSWORD).await.location(), "/dashboard");
    ada_alone_owns_it(&app, &ada, &eve).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn lk2_recovery_ends_earlier_sessions(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    // Eve's provider claims Ada's email, and Eve sets a password and stays signed in.
    let app = App::builder().engine(engine).other_provider().start().await;
    app.control_other("persons/mallory", json!({ "email": ADA, "email_verified": true })).await;
    let (eve, ada) = (app.browser(), app.browser());
    app.sign_in_with_provider(&eve, "other", "mallory").await;
    assert_eq!(app.user_of(&eve).await, app.owner_of(ADA).await);
    eve.submit("/settings/password", &[("password", EVES)]).await;
    app.emails().await;

    ada.request_reset(ADA).await;
    assert_eq!(ada.reset_password(&token_of(&app.one_email().await), PASSWORD).await.location(), "/dashboard");
    assert!(!eve.is_signed_in().await);
    ada_alone_owns_it(&app, &ada, &eve).await;
    // LK3: nor does the account that Eve linked before.
    let page = app.sign_in_with_provider(&eve, "other", "mallory").await;
    assert_eq!(page.location(), "/link", "{page:?}");
    ada_alone_owns_it(&app, &ada, &eve).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn lk3_recovery_removes_earlier_links(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).other_provider().start().await;
    app.control_other("persons/mallory", json!({ "email": ADA, "email_verified": true })).await;
    let (eve, ada) = (app.browser(), app.browser());
    app.sign_in_with_provider(&eve, "other", "mallory").await;
    assert_eq!(app.link_provider(&eve, "google", "mallory").await.location(), "/settings/security?done=linked");
    eve.submit("/settings/password", &[("password", EVES)]).await;
    app.emails().await;
    ada.request_reset(ADA).await;
    ada.reset_password(&token_of(&app.one_email().await), PASSWORD).await;
    assert_eq!(app.rows().await.1, 0);
    ada_alone_owns_it(&app, &ada, &eve).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn lk4_recovery_cancels_a_pending_email_change(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).other_provider().start().await;
    app.control_other("persons/mallory", json!({ "email": ADA, "email_verified": true })).await;
    let (eve, ada) = (app.browser(), app.browser());
    app.sign_in_with_provider(&eve, "other", "mallory").await;
    eve.submit("/settings/password", &[("password", EVES)]).await;
    app.emails().await;
    eve.submit("/settings/email", &[("email", "eve@evil.example")]).await;
    let held = token_of(&app.one_email().await);
    ada.request_reset(ADA).await;
    ada.reset_password(&token_of(&app.one_email().await), PASSWORD).await;
    for browser in [&eve, &ada] {
        assert_eq!(browser.confirm_email_link(&held).await.location(), "/verify-email?error=email_link_invalid");
    }
    ada_alone_owns_it(&app, &ada, &eve).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lk4_adas_click_gives_eve_no_email() {
    let app = App::builder().start().await;
    let (eve, ada) = (app.browser(), app.browser());
    app.sign_up(&eve, "eve@evil.example", EVES).await;
    eve.submit("/settings/email", &[("email", ADA)]).await;
    let message = app.one_email().await;
    assert_eq!(message.to.as_str(), ADA);
    let token = token_of(&message);
    assert_eq!(ada.confirm_email_link(&token).await.location(), "/login?return_to=%2Fconfirm-email");
    ada.sign_in("ada").await;
    assert_eq!(ada.confirm_email_link(&token).await.location(), "/confirm-email?error=email_link_of_another_user");
    ada_alone_owns_it(&app, &ada, &eve).await;
    // Nor does Eve, who got hold of the link: Ada has the email.
    assert_eq!(eve.confirm_email_link(&token).await.location(), "/confirm-email?error=email_link_invalid");
    ada_alone_owns_it(&app, &ada, &eve).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn lk5_an_unverified_email_is_only_a_claim(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).other_provider().start().await;
    app.control_other("persons/mallory", json!({ "email": ADA, "email_verified": false })).await;
    let (eve, ada, later) = (app.browser(), app.browser(), app.browser());
    app.sign_in_with_provider(&eve, "other", "mallory").await;
    assert_eq!(app.owner_of(ADA).await, None);
    let page = eve.submit("/settings/password", &[("password", EVES)]).await;
    assert_eq!(page.location(), "/settings/password?error=email_needed");
    // A password reset for that email finds no account.
    eve.request_reset(ADA).await;
    assert_eq!(app.one_email().await.kind, EmailKind::NoAccount);

    app.sign_up(&ada, ADA, PASSWORD).await;
    ada_alone_owns_it(&app, &ada, &eve).await;
    assert!(eve.is_signed_in().await, "Eve keeps what is hers");
    assert_eq!(app.database.number("SELECT count(*) FROM users WHERE claimed_email IS NOT NULL").await, 0);
    // Google is the authority for the mailbox, so it signs in to Ada's own account.
    later.sign_in("ada").await;
    assert_eq!(app.user_of(&later).await, app.user_of(&ada).await);
    app.sign_in_with_provider(&eve, "other", "mallory").await;
    ada_alone_owns_it(&app, &ada, &eve).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn lk6_provider_accounts_are_unreachable_by_forms(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).start().await;
    let (eve, ada) = (app.browser(), app.browser());
    ada.sign_in("ada").await;
    let methods = app.methods().await;
    eve.request_sign_up(ADA, EVES).await;
    let google = vec![SignInMethod::Provider("google".into())];
    let message = app.one_email().await;
    assert_eq!((message.to.as_str(), &message.kind), (ADA, &EmailKind::AlreadyRegistered { methods: google.clone() }));
    eve.request_reset(ADA).await;
    let message = app.one_email().await;
    assert_eq!((message.to.as_str(), &message.kind), (ADA, &EmailKind::NoPassword { methods: google }));
    for (path, fields) in [
        ("/auth/email/verify", &[("password", EVES)][..]),
        ("/auth/password/reset", &[("password", EVES)]),
        ("/settings/password", &[("password", EVES), ("email", ADA)]),
        ("/auth/password/sign-in", &[("email", ADA), ("password", EVES)]),
    ] {
        eve.submit(path, fields).await;
        assert!(!eve.is_signed_in().await, "{path}");
    }
    assert_eq!(app.methods().await.lines().take(3).collect::<Vec<_>>(), methods.lines().take(3).collect::<Vec<_>>());
    ada_alone_owns_it(&app, &ada, &eve).await;
    // The owner sets one when signed in.
    assert_eq!(
        ada.submit("/settings/password", &[("password", NEW_PASSWORD)]).await.location(),
        "/settings/security?done=password_set"
    );
    app.browser().sign_in_with_password(ADA, NEW_PASSWORD).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lk7_an_email_that_a_tenant_controls_finds_no_user() {
    let app = App::builder().providers().start().await;
    let (ada, eve) = (app.browser(), app.browser());
    app.sign_up(&ada, ADA, PASSWORD).await;
    app.link_provider(&ada, "google", "ada").await;
    let methods = app.methods().await;
    app.control_sandbox("persons/mallory", json!({ "email": ADA })).await;
    for slug in ["microsoft", "facebook"] {
        let callback = eve.callback_url("mallory", &format!("/auth/{slug}")).await;
        let page = eve.get(&callback).await;
        assert_eq!(page.location(), "/dashboard", "{slug}");
        ada_alone_owns_it(&app, &ada, &eve).await;
    }
    assert!(app.methods().await.contains(methods.lines().next().expect("users").split(' ').next().expect("Ada")));
    let identities =
        format!("SELECT count(*) FROM identities WHERE user_id = '{}'", app.owner_of(ADA).await.expect("an owner"));
    assert_eq!(app.database.number(&identities).await, 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn recovery_invalidates_undo_links_in_eves_mailbox(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).other_provider().start().await;
    app.control_other("persons/mallory", json!({ "email": "eve@evil.example", "email_verified": true })).await;
    let (eve, ada) = (app.browser(), app.browser());
    app.sign_in_with_provider(&eve, "other", "mallory").await;
    eve.submit("/settings/password", &[("password", EVES)]).await;
    let undo = token_of(&app.one_email().await);
    // From now on her provider claims that she has Ada's email.
    app.control_other("persons/mallory", json!({ "email": ADA, "email_verified": true })).await;
    app.sign_in_with_provider(&eve, "other", "mallory").await;
    assert_eq!(app.user_of(&eve).await, app.owner_of(ADA).await);
    let undo_of_the_move = token_of(&app.one_email().await);

    ada.request_reset(ADA).await;
    assert_eq!(ada.reset_password(&token_of(&app.one_email().await), PASSWORD).await.location(), "/dashboard");
    for undo in [undo, undo_of_the_move] {
        assert_eq!(eve.open_email_link(&undo).await.location(), "/verify-email");
        assert_eq!(eve.submit("/auth/undo", &[]).await.location(), "/undo?error=email_link_invalid");
    }
    assert!(ada.is_signed_in().await);
    app.browser().sign_in_with_password(ADA, PASSWORD).await;
}
