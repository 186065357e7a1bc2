//! The attacks of "Pre-hijacked accounts" (USENIX Security 2022) and nOAuth, as tales: Eve makes something with Ada's
//! address before Ada comes, and keeps a way to it. LK1 to LK7.

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

/// What is Ada's is Ada's alone.
async fn ada_alone_owns_it(app: &App, ada: &Browser, eve: &Browser) {
    let owner = app.owner_of(ADA).await;
    assert!(owner.is_some());
    assert_eq!(app.user_of(ada).await, owner);
    assert_ne!(app.user_of(eve).await, owner);
    let page = app.browser().tries_password(ADA, EVES).await;
    assert_eq!(page.location(), "/login?error=wrong_credentials");
    let mallory = app.browser();
    mallory.sign_in_as("mallory").await;
    assert_ne!(app.user_of(&mallory).await, owner);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn lk1_who_registers_somebodys_address_shares_nothing_with_them(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::start(engine).await;
    let (eve, ada) = (app.browser(), app.browser());
    eve.asks_to_sign_up(ADA, EVES).await;
    let planted = token_of(&app.message().await);
    ada.signs_in_as("ada").await;
    ada_alone_owns_it(&app, &ada, &eve).await;
    // Ada finds the letter later, and clicks.
    ada.follows(&planted).await;
    for fields in [&[][..], &[("password", EVES)]] {
        ada.submit("/auth/email/verify", fields).await;
    }
    ada.signs_in_as("ada").await;
    eve.finishes(&planted).await;
    ada_alone_owns_it(&app, &ada, &eve).await;
    assert_eq!(app.database.count("passwords").await, 0);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn lk1_a_click_on_a_letter_that_was_not_asked_for_makes_no_account_of_eves(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::start(engine).await;
    let (eve, ada) = (app.browser(), app.browser());
    eve.asks_to_sign_up(ADA, EVES).await;
    let planted = token_of(&app.message().await);
    ada.follows(&planted).await;
    assert_eq!(ada.submit("/auth/email/verify", &[]).await.location(), "/verify-email?error=wrong_password");
    assert_eq!(app.rows().await, (0, 0, 0));
    assert_eq!(ada.resets(&planted, PASSWORD).await.location(), "/dashboard");
    ada_alone_owns_it(&app, &ada, &eve).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn lk2_a_session_from_before_ends_when_the_owner_recovers(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    // Eve's provider gives its word for Ada's address, and Eve sets a password and stays signed in.
    let app = App::start_with_other(engine).await;
    app.tell_other("persons/mallory", json!({ "email": ADA, "email_verified": true })).await;
    let (eve, ada) = (app.browser(), app.browser());
    app.goes_through(&eve, "other", "mallory").await;
    assert_eq!(app.user_of(&eve).await, app.owner_of(ADA).await);
    eve.submit("/settings/password", &[("password", EVES)]).await;
    app.emails().await;

    ada.forgets(ADA).await;
    assert_eq!(ada.resets(&token_of(&app.message().await), PASSWORD).await.location(), "/dashboard");
    assert!(!eve.is_signed_in().await);
    ada_alone_owns_it(&app, &ada, &eve).await;
    // LK3: nor does what Eve linked before open it.
    let page = app.goes_through(&eve, "other", "mallory").await;
    assert_eq!(page.location(), "/link", "{page:?}");
    ada_alone_owns_it(&app, &ada, &eve).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn lk3_what_was_linked_before_the_proof_goes(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start_with_other(engine).await;
    app.tell_other("persons/mallory", json!({ "email": ADA, "email_verified": true })).await;
    let (eve, ada) = (app.browser(), app.browser());
    app.goes_through(&eve, "other", "mallory").await;
    assert_eq!(app.links(&eve, "google", "mallory").await.location(), "/settings?done=linked");
    eve.submit("/settings/password", &[("password", EVES)]).await;
    app.emails().await;
    ada.forgets(ADA).await;
    ada.resets(&token_of(&app.message().await), PASSWORD).await;
    assert_eq!(app.rows().await.1, 0);
    ada_alone_owns_it(&app, &ada, &eve).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn lk4_a_change_of_the_address_that_was_begun_before_ends_when_the_owner_recovers(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::start_with_other(engine).await;
    app.tell_other("persons/mallory", json!({ "email": ADA, "email_verified": true })).await;
    let (eve, ada) = (app.browser(), app.browser());
    app.goes_through(&eve, "other", "mallory").await;
    eve.submit("/settings/password", &[("password", EVES)]).await;
    app.emails().await;
    eve.submit("/settings/email", &[("email", "eve@evil.example")]).await;
    let held = token_of(&app.message().await);
    ada.forgets(ADA).await;
    ada.resets(&token_of(&app.message().await), PASSWORD).await;
    for browser in [&eve, &ada] {
        assert_eq!(browser.finishes(&held).await.location(), "/verify-email?error=email_link_invalid");
    }
    ada_alone_owns_it(&app, &ada, &eve).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lk4_an_address_that_eve_asks_for_is_not_hers_by_adas_click() {
    let app = App::start(Engine::Sqlite).await;
    let (eve, ada) = (app.browser(), app.browser());
    app.signs_up(&eve, "eve@evil.example", EVES).await;
    eve.submit("/settings/email", &[("email", ADA)]).await;
    let message = app.message().await;
    assert_eq!(message.to.as_str(), ADA);
    let token = token_of(&message);
    assert_eq!(ada.finishes(&token).await.location(), "/login?return_to=%2Fconfirm-email");
    ada.signs_in_as("ada").await;
    assert_eq!(ada.finishes(&token).await.location(), "/confirm-email?error=email_link_of_another_user");
    ada_alone_owns_it(&app, &ada, &eve).await;
    // Nor later by Eve's own, who got hold of the link: Ada has the address.
    assert_eq!(eve.finishes(&token).await.location(), "/confirm-email?error=email_link_invalid");
    ada_alone_owns_it(&app, &ada, &eve).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn lk5_an_unverified_address_is_a_claim_and_no_more(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start_with_other(engine).await;
    app.tell_other("persons/mallory", json!({ "email": ADA, "email_verified": false })).await;
    let (eve, ada, later) = (app.browser(), app.browser(), app.browser());
    app.goes_through(&eve, "other", "mallory").await;
    assert_eq!(app.owner_of(ADA).await, None);
    let page = eve.submit("/settings/password", &[("password", EVES)]).await;
    assert_eq!(page.location(), "/settings/password?error=email_needed");
    // A forgotten password of that address is nobody's.
    eve.forgets(ADA).await;
    assert_eq!(app.message().await.matter, EmailKind::NoAccount);

    app.signs_up(&ada, ADA, PASSWORD).await;
    ada_alone_owns_it(&app, &ada, &eve).await;
    assert!(eve.is_signed_in().await, "Eve keeps what is hers");
    assert_eq!(app.database.number("SELECT count(*) FROM users WHERE claimed_email IS NOT NULL").await, 0);
    // Google's word for a mailbox of Google's joins Ada's own account.
    later.signs_in_as("ada").await;
    assert_eq!(app.user_of(&later).await, app.user_of(&ada).await);
    app.goes_through(&eve, "other", "mallory").await;
    ada_alone_owns_it(&app, &ada, &eve).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn lk6_who_came_by_a_provider_is_not_reached_by_any_form(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::start(engine).await;
    let (eve, ada) = (app.browser(), app.browser());
    ada.signs_in_as("ada").await;
    let methods = app.methods().await;
    eve.asks_to_sign_up(ADA, EVES).await;
    let google = vec![SignInMethod::Provider("google".into())];
    let message = app.message().await;
    assert_eq!(
        (message.to.as_str(), &message.matter),
        (ADA, &EmailKind::AlreadyRegistered { methods: google.clone() })
    );
    eve.forgets(ADA).await;
    let message = app.message().await;
    assert_eq!((message.to.as_str(), &message.matter), (ADA, &EmailKind::NoPassword { methods: google }));
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
    // The owner sets one, signed in.
    assert_eq!(
        ada.submit("/settings/password", &[("password", NEW_PASSWORD)]).await.location(),
        "/settings?done=password_set"
    );
    app.browser().signs_in_with(ADA, NEW_PASSWORD).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lk7_an_address_that_a_tenant_may_write_at_will_finds_nobody() {
    let app = App::start_with_providers(Engine::Sqlite).await;
    let (ada, eve) = (app.browser(), app.browser());
    app.signs_up(&ada, ADA, PASSWORD).await;
    app.links(&ada, "google", "ada").await;
    let methods = app.methods().await;
    app.tell_sandbox("persons/mallory", json!({ "email": ADA })).await;
    for mock in ["microsoft", "facebook"] {
        let callback = eve.callback_url("mallory", &format!("/auth/{mock}")).await;
        let page = eve.get(&callback).await;
        assert_eq!(page.location(), "/dashboard", "{mock}");
        ada_alone_owns_it(&app, &ada, &eve).await;
    }
    assert!(app.methods().await.contains(methods.lines().next().expect("users").split(' ').next().expect("Ada")));
    let identities =
        format!("SELECT count(*) FROM identities WHERE user_id = '{}'", app.owner_of(ADA).await.expect("an owner"));
    assert_eq!(app.database.number(&identities).await, 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_undo_that_went_to_eves_mailbox_is_void_when_the_owner_recovers(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::start_with_other(engine).await;
    app.tell_other("persons/mallory", json!({ "email": "eve@evil.example", "email_verified": true })).await;
    let (eve, ada) = (app.browser(), app.browser());
    app.goes_through(&eve, "other", "mallory").await;
    eve.submit("/settings/password", &[("password", EVES)]).await;
    let undo = token_of(&app.message().await);
    // From now on her provider says that she has Ada's address.
    app.tell_other("persons/mallory", json!({ "email": ADA, "email_verified": true })).await;
    app.goes_through(&eve, "other", "mallory").await;
    assert_eq!(app.user_of(&eve).await, app.owner_of(ADA).await);
    let undo_of_the_move = token_of(&app.message().await);

    ada.forgets(ADA).await;
    assert_eq!(ada.resets(&token_of(&app.message().await), PASSWORD).await.location(), "/dashboard");
    for undo in [undo, undo_of_the_move] {
        assert_eq!(eve.follows(&undo).await.location(), "/verify-email");
        assert_eq!(eve.submit("/auth/undo", &[]).await.location(), "/undo?error=email_link_invalid");
    }
    assert!(ada.is_signed_in().await);
    app.browser().signs_in_with(ADA, PASSWORD).await;
}
