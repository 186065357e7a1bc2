//! `/admin`: users for administrators, and nothing for anybody else.

use latchkey::accounts::EmailKind;
use reqwest::Method;
use rstest::rstest;

use super::{
    account::{PASSWORD, token_of},
    app::App,
    browser::Browser,
};
use crate::support::database::Engine;

const ADA: &str = "ada@gmail.com";
const FORMS: [&str; 5] =
    ["/admin/users/disable", "/admin/users/enable", "/admin/users/sign-out", "/admin/users/delete", "/admin/invite"];
/// After which a session has to authenticate again.
const LATER: i64 = 10 * 60;

/// A server whose administrator is Ada, with Ada and Grace signed in, and Grace's id.
async fn app(engine: Engine, mode: &str) -> (App, Browser, Browser, String) {
    let app = App::builder().engine(engine).mode(mode).with("ADMINS", ADA).start().await;
    let (ada, grace) = (app.browser(), app.browser());
    ada.sign_in("ada").await;
    grace.sign_in("grace").await;
    app.emails().await;
    let id = app.user_of(&grace).await.expect("Grace");
    (app, ada, grace, id)
}

async fn last_actor(app: &App) -> String {
    app.database.text("SELECT COALESCE(actor, '-') FROM events ORDER BY id DESC LIMIT 1").await
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_changes_a_user_at_once(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let (app, ada, grace, id) = app(engine, mode).await;
    let ada_id = app.user_of(&ada).await.expect("Ada");
    let user = format!("/admin/user?id={id}");
    let act = async |what: &str, fields: &[(&str, &str)]| {
        let fields = [&[("user", id.as_str())], fields].concat();
        ada.submit(&format!("/admin/users/{what}"), &fields).await.location().to_owned()
    };
    assert_eq!(act("sign-out", &[]).await, format!("{user}&done=user_signed_out"));
    assert!(!grace.is_signed_in().await && grace.forward_auth().await.status == 401);
    assert_eq!(last_actor(&app).await, ada_id);
    grace.sign_in("grace").await;
    assert_eq!(act("disable", &[]).await, format!("{user}&done=user_disabled"));
    assert!(!grace.is_signed_in().await && grace.forward_auth().await.status == 401);
    assert!(ada.get(&user).await.body.contains("Disabled"));
    assert_eq!(grace.try_sign_in("grace").await.location(), "/login?error=account_disabled&provider=google");
    assert_eq!(act("enable", &[]).await, format!("{user}&done=user_enabled"));
    grace.sign_in("grace").await;
    let activity = grace.get("/settings/activity").await.body;
    assert!(activity.contains("Disabled the account (by an administrator)"), "{activity}");
    assert!(!activity.contains(ADA) && activity.contains("The site's administrator"), "{activity}");

    assert_eq!(act("delete", &[("word", "no")]).await, format!("{user}&error=confirmation_missing"));
    assert!(grace.is_signed_in().await);
    assert_eq!(act("delete", &[("word", "delete")]).await, "/admin?done=user_deleted");
    assert!(!grace.is_signed_in().await && ada.is_signed_in().await);
    assert!(matches!(app.one_email().await.kind, EmailKind::AccountDeleted { .. }));
    assert_eq!(ada.get(&user).await.status, 404);
    assert_eq!(act("disable", &[]).await, format!("{user}&error=not_found"));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_finds_users_and_sees_one(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let (app, ada, _grace, id) = app(engine, "server").await;
    let list = ada.get("/admin").await.body;
    assert!(list.contains(&id) && list.contains(ADA), "{list}");
    let found = ada.get("/admin?q=ada%40gmail.com").await.body;
    assert!(found.contains(ADA) && !found.contains(&id), "{found}");
    assert!(ada.get("/admin?q=nobody%40example.com").await.body.contains("No user has this"));
    assert!(ada.get("/admin?q=%3Cscript%3E").await.body.contains("No user has this"));
    assert_eq!(ada.get(&format!("/admin?q={id}")).await.location(), format!("/admin/user?id={id}"));
    let page = ada.get(&format!("/admin/user?id={id}")).await.body;
    for shown in ["Ways to sign in", "Google: grace@navy.example", "Signed up with Google", "127.0.0.1"] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    let own = ada.get(&format!("/admin/user?id={}", app.user_of(&ada).await.expect("Ada"))).await.body;
    assert!(own.contains("your own account") && !own.contains("/admin/users/delete"), "{own}");
    for unknown in ["/admin/user", "/admin/user?id=x", "/admin/user?id=01890a5d-ac96-774b-bcce-b302099a8057"] {
        assert_eq!(ada.get(unknown).await.status, 404, "{unknown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_goes_on_page_by_page() {
    let (app, ada, _grace, _) = app(Engine::Sqlite, "server").await;
    let many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60) \
                INSERT INTO users (id, created_at) \
                SELECT '00000000-0000-7000-8000-0000000000' || substr('0' || i, -2), i FROM n";
    app.database.execute(many).await;
    let first = ada.get("/admin").await.body;
    let (_, rest) = first.split_once("/admin?after=").expect("another page");
    let next = rest.split('"').next().expect("an id");
    let second = ada.get(&format!("/admin?after={next}")).await.body;
    let rows = |page: &str| page.matches("/admin/user?id=").count();
    assert_eq!((rows(&first), rows(&second)), (50, 12));
    assert!(!second.contains("/admin?after="), "{second}");
}

/// The same answer as for a page that does not exist.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn for_anybody_else_there_is_nothing(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let (app, ada, grace, id) = app(engine, "server").await;
    let nobody = app.browser();
    let user = format!("/admin/user?id={id}");
    for browser in [&grace, &nobody] {
        let unknown = browser.get("/admin/nothing").await;
        for path in ["/admin", "/admin?q=x", user.as_str()] {
            let page = browser.get(path).await;
            assert_eq!((page.status, page.location()), (404, ""), "{path}");
            let without_nonce = |body: &str| body.split("nonce").next().map(str::to_owned);
            assert_eq!(without_nonce(&page.body), without_nonce(&unknown.body));
        }
        for form in FORMS {
            let page = browser.submit(form, &[("user", &id), ("word", "delete"), ("email", "x@y.example")]).await;
            assert_eq!((page.status, page.location()), (404, ""), "{form}");
            for method in [Method::GET, Method::PUT, Method::DELETE] {
                let request = browser.request(method.clone(), form).header("origin", &app.origin);
                assert_eq!(browser.send(request).await.status, 404, "{method} {form}");
            }
        }
    }
    assert!(
        !grace.get("/dashboard").await.body.contains("/admin") && ada.get("/dashboard").await.body.contains("/admin")
    );
    assert_eq!((app.rows().await.0, app.emails().await.len()), (2, 0));
    assert!(grace.is_signed_in().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_makes_an_administrator_only_if_its_mailbox_was_read() {
    // The other provider asserts Ada's address, which it does not host.
    let app = App::builder().other_provider().with("ADMINS", ADA).start().await;
    let email = serde_json::json!({ "email": ADA, "email_verified": true });
    app.control_other("persons/mallory", email).await;
    let mallory = app.browser();
    app.sign_in_with_provider(&mallory, "other", "mallory").await;
    assert_eq!(app.user_of(&mallory).await, app.owner_of(ADA).await);
    assert_eq!(mallory.get("/admin").await.status, 404);
    // By id, the address does not matter.
    let app = App::builder().start().await;
    let grace = app.browser();
    grace.sign_in("grace").await;
    assert_eq!(grace.get("/admin").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_must_have_authenticated_recently() {
    let (app, ada, grace, id) = app(Engine::Sqlite, "server").await;
    app.advance(LATER).await;
    assert_eq!(ada.get("/admin?q=x").await.location(), "/confirm?return_to=%2Fadmin%3Fq%3Dx");
    let page = ada.submit("/admin/users/disable", &[("user", &id)]).await;
    assert_eq!(page.location(), format!("/confirm?return_to=%2Fadmin%2Fuser%3Fid%3D{id}"));
    let page = ada.submit("/admin/invite", &[("email", "x@y.example")]).await;
    assert_eq!(page.location(), "/confirm?return_to=%2Fadmin");
    assert!(grace.is_signed_in().await && app.emails().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_another_administrator_changes_nothing() {
    let app = App::builder().with("ADMINS", "ada@gmail.com,grace@navy.example").start().await;
    let (ada, plain) = (app.browser(), app.browser());
    ada.sign_in("ada").await;
    plain.sign_in("plain").await;
    let id = app.user_of(&plain).await.expect("Plain");
    let form = format!("user={id}&form_owner=forged");
    assert_eq!(ada.post_unchanged("/admin/users/disable", &form).await.status, 409);
    assert_eq!(ada.post_unchanged("/admin/users/disable", &format!("user={id}")).await.status, 409);
    assert!(plain.is_signed_in().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_does_not_change_themselves() {
    let (app, ada, _grace, _) = app(Engine::Sqlite, "server").await;
    let id = app.user_of(&ada).await.expect("Ada");
    for form in &FORMS[..4] {
        let page = ada.submit(form, &[("user", &id), ("word", "delete")]).await;
        assert_eq!(page.location(), format!("/admin/user?id={id}&error=own_account"));
    }
    assert!(ada.is_signed_in().await);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_invites(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).with("ADMINS", ADA).with("SIGN_UP", "invited").start().await;
    let ada = app.browser();
    app.database
        .execute(
            "INSERT INTO users (id, verified_email, verified_email_method, created_at) \
             VALUES ('01890a5d-ac96-774b-bcce-b302099a8057', 'ada@gmail.com', 'authority', 1)",
        )
        .await;
    ada.sign_in("ada").await;
    app.emails().await;
    let invited = ada.submit("/admin/invite", &[("email", "new@example.com")]).await;
    assert_eq!(invited.location(), "/admin?done=invited");
    let message = app.one_email().await;
    assert_eq!((message.to.as_str(), message.cause.ip.as_str()), ("new@example.com", ""));
    assert_eq!(last_actor(&app).await, app.user_of(&ada).await.expect("Ada"));
    let new = app.browser();
    new.open_email_link(&token_of(&message)).await;
    new.submit("/auth/email/accept-invitation", &[("password", PASSWORD)]).await;
    assert!(new.is_signed_in().await);
    assert_eq!(ada.submit("/admin/invite", &[("email", "no address")]).await.location(), "/admin?error=email_invalid");
    // Who has an account already is shown.
    let known = ada.submit("/admin/invite", &[("email", "new@example.com")]).await;
    assert!(known.location().starts_with("/admin/user?id="), "{known:?}");
}
