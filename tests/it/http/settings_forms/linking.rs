//! Link and unlink providers.

use latchkey::accounts::EmailKind;
use rstest::rstest;

use super::{ADA, ada};
use crate::{
    http::{account::PASSWORD, app::App, browser::parameter},
    support::database::Engine,
};

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_provider_is_linked_and_unlinked(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let (app, browser) = ada(App::builder().engine(engine).mode(mode)).await;
    let other = app.browser();
    other.sign_in_with_password(ADA, PASSWORD).await;
    let session = browser.session();
    assert_eq!(app.link_provider(&browser, "google", "grace").await.location(), "/settings/security?done=linked");
    assert_ne!(browser.session(), session, "under a new id");
    let message = app.one_email().await;
    assert_eq!(message.to.as_str(), ADA);
    assert!(matches!(message.kind, EmailKind::MethodAdded { .. }));
    let user = app.user_of(&browser).await.expect("a user");
    let grace = app.browser();
    grace.sign_in("grace").await;
    assert_eq!(app.user_of(&grace).await.as_ref(), Some(&user));
    assert_eq!(
        app.link_provider(&browser, "google", "grace").await.location(),
        "/settings/security?done=already_linked"
    );
    // A second identity of the same provider.
    assert_eq!(app.link_provider(&browser, "google", "plain").await.location(), "/settings/security?done=linked");
    app.emails().await;
    assert_eq!(app.rows().await.1, 2);

    let subject = "SELECT id FROM identities WHERE email = 'grace@navy.example'";
    let identity = app.database.text(subject).await;
    let session = browser.session();
    let page = browser.submit("/settings/unlink", &[("identity", &identity)]).await;
    assert_eq!(page.location(), "/settings/security?done=unlinked");
    assert_ne!(browser.session(), session);
    assert_eq!(app.rows().await, (1, 1, 1), "the other sessions end");
    assert!(browser.is_signed_in().await && !grace.is_signed_in().await && !other.is_signed_in().await);
    assert!(matches!(app.one_email().await.kind, EmailKind::MethodRemoved { .. }));
    let page = browser.submit("/settings/unlink", &[("identity", &identity)]).await;
    assert_eq!(parameter(page.location(), "error"), "not_found");
    grace.sign_in("grace").await;
    assert_ne!(app.user_of(&grace).await, Some(user), "another user");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_link_finished_by_another_user_is_rejected(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    let (eve, victim) = (app.browser(), app.browser());
    eve.sign_in("mallory").await;
    victim.sign_in("ada").await;
    for victim in [&victim, &app.browser()] {
        let methods = app.methods().await;
        // Eve sends the victim to the provider, who consents with an account that is not linked here.
        let start = eve.submit("/settings/link", &[("provider", "google")]).await;
        let callback = victim.consent(start.location(), "grace", "allow").await;
        let page = victim.get(&callback).await;
        assert!(page.location().starts_with("/login?error=flow_unknown"), "{page:?}");
        // Even with Eve's cookie, another user or a signed-out browser finishes it.
        let start = eve.submit("/settings/link", &[("provider", "google")]).await;
        let callback = victim.consent(start.location(), "grace", "allow").await;
        for (name, value) in eve.flows() {
            victim.set_cookie(&name, &value);
        }
        let page = victim.get(&callback).await;
        assert!(page.location().contains("error="), "{page:?}");
        assert_eq!(app.methods().await, methods);
    }
    // A link that was started signed in, and finished after signing in as another user.
    let start = eve.submit("/settings/link", &[("provider", "google")]).await;
    let callback = eve.consent(start.location(), "grace", "allow").await;
    eve.sign_in("plain").await;
    let methods = app.methods().await;
    assert!(eve.get(&callback).await.location().contains("error="));
    assert_eq!(app.methods().await, methods);
    // The counterpart.
    assert_eq!(app.link_provider(&eve, "google", "grace").await.location(), "/settings/security?done=linked");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn linking_starts_by_post_only(#[values("server", "jwt")] mode: &str) {
    let (app, browser) = ada(App::builder().mode(mode)).await;
    for start in ["/auth/google?link=1", "/auth/google?purpose=link", "/auth/google?user=x&link=true"] {
        let callback = browser.callback_url("grace", start).await;
        browser.get(&callback).await;
        // It was a sign-in of another user.
        assert_ne!(app.user_of(&browser).await, app.owner_of(ADA).await);
        browser.sign_in_with_password(ADA, PASSWORD).await;
    }
    let ada = app.owner_of(ADA).await.expect("a user");
    let linked = format!("SELECT count(*) FROM identities WHERE user_id = '{ada}'");
    assert_eq!(app.database.number(&linked).await, 0);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn another_users_identity_is_not_moved(#[values("server", "jwt")] mode: &str) {
    let (app, browser) = ada(App::builder().mode(mode)).await;
    app.browser().sign_in("grace").await;
    let methods = app.methods().await;
    let page = app.link_provider(&browser, "google", "grace").await;
    assert_eq!(parameter(page.location(), "error"), "linked_elsewhere", "{page:?}");
    assert!(page.location().starts_with("/settings/security?"));
    assert_eq!(app.methods().await, methods);
    assert_eq!(app.emails().await, []);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn concurrent_unlinks_leave_one_sign_in_method(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::builder().engine(engine).mode(mode).start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    app.link_provider(&browser, "google", "grace").await;
    app.emails().await;
    let ids = app.database.text("SELECT string_agg(id, ' ') FROM identities").await;
    let mut all = tokio::task::JoinSet::new();
    for id in ids.split(' ').cycle().take(10).map(str::to_owned) {
        let twin = app.browser();
        twin.replace_cookies(browser.cookies());
        all.spawn(async move {
            let page = twin.submit("/settings/unlink", &[("identity", &id)]).await;
            (page.status, page.location().to_owned())
        });
    }
    let all = all.join_all().await;
    assert!(all.iter().all(|(status, _)| *status == 303), "{all:?}");
    assert_eq!(app.rows().await.1, 1, "{all:?}");
    assert_eq!(all.iter().filter(|(_, location)| location == "/settings/security?done=unlinked").count(), 1, "{all:?}");
    let left = app.database.text("SELECT id FROM identities").await;
    let who = if app.database.text("SELECT email FROM identities").await.starts_with("ada") { "ada" } else { "grace" };
    browser.sign_in(who).await;
    let page = browser.submit("/settings/unlink", &[("identity", &left)]).await;
    assert_eq!(parameter(page.location(), "error"), "last_sign_in_method");
    assert_eq!(app.rows().await.1, 1);
    // With a password it is not the last.
    browser.submit("/settings/password", &[("password", PASSWORD)]).await;
    assert_eq!(
        browser.submit("/settings/unlink", &[("identity", &left)]).await.location(),
        "/settings/security?done=unlinked"
    );
}
