//! `SIGN_UP`: who may create an account, at every door.

use latchkey::{
    accounts::{ClientInfo, EmailAddress, EmailKind, EmailToken},
    store::{AuditContext, Invited},
};
use latchkey_sandbox::GOOGLE_CLIENT_ID;
use rstest::rstest;

use super::{
    account::{NEW_PASSWORD, PASSWORD, token_of},
    app::App,
    credential::{mint_credential, post_credential},
};
use crate::support::database::Engine;

/// Hosted by Google, as `ada` of the sandbox has it.
const ADA: &str = "ada@gmail.com";
const WEEK: i64 = 7 * 24 * 3600;

async fn app(engine: Engine, sign_up: &str) -> App {
    App::builder().engine(engine).with("SIGN_UP", sign_up).with("GOOGLE_BUTTON", "on").start().await
}

/// Invites an address; returns the link's token.
async fn invite(app: &App, email: &str) -> EmailToken {
    let email = EmailAddress::parse(email).expect("an address");
    let audit = AuditContext { client: ClientInfo::operator(), now: app.now() };
    let invited = app.store.invite(&email, true, &audit).await.expect("a database");
    assert!(matches!(invited, Invited::Until(_)), "{invited:?}");
    let message = app.emails().await.pop().expect("an email");
    assert_eq!(message.to, email);
    token_of(&message)
}

/// Where each door leads that Ada tries, and the error codes of those without a page.
async fn every_door(app: &App) -> [String; 4] {
    let provider = app.browser().try_sign_in("ada").await.location().to_owned();
    let button = post_credential(&app.browser(), &mint_credential(app, "ada", GOOGLE_CLIENT_ID).await).await;
    let api = app.browser().sign_in_with_id_token(app, "ada", "token").await.outcome().1.to_owned();
    app.emails().await;
    let form = app.browser().request_sign_up(ADA, PASSWORD).await;
    assert_eq!(form.location(), "/check-inbox?for=sign_up", "the form answers the same in any case");
    let email = match app.one_email().await.kind {
        EmailKind::SignUpRefused => "refused",
        EmailKind::ConfirmSignUp { .. } => "confirm",
        EmailKind::AlreadyRegistered { .. } => "registered",
        other => panic!("{other:?}"),
    };
    [provider, button.location().to_owned(), api, email.to_owned()]
}

#[rstest]
#[case::closed("closed", "sign_up_closed")]
#[case::invited("invited", "invitation_required")]
#[case::another_domain("domains:example.com", "email_not_permitted")]
#[tokio::test(flavor = "multi_thread")]
async fn no_door_admits_a_user_whom_the_policy_does_not(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[case] sign_up: &str,
    #[case] code: &str,
) {
    let app = app(engine, sign_up).await;
    let page = format!("/login?error={code}&provider=google");
    assert_eq!(every_door(&app).await, [page.as_str(), &page, code, "refused"]);
    assert_eq!(app.rows().await, (0, 0, 0));
    assert!(app.events().await.contains("refused"));
    let shown = app.browser().get(&page).await.body;
    assert!(shown.contains("role=\"alert\"") && !shown.contains(code), "{shown}");
}

#[rstest]
#[case::open("open")]
#[case::own_domain("domains:example.com,gmail.com")]
#[tokio::test(flavor = "multi_thread")]
async fn a_user_whom_the_policy_admits_signs_up_at_every_door(#[case] sign_up: &str) {
    let doors = app(Engine::Sqlite, sign_up).await;
    assert_eq!(every_door(&doors).await, ["/dashboard", "/dashboard", "", "registered"]);
    assert_eq!(doors.rows().await.0, 1);
    let form = app(Engine::Sqlite, sign_up).await;
    form.sign_up(&form.browser(), ADA, PASSWORD).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn existing_users_get_in_whatever_the_policy(
    #[values("closed", "invited", "domains:example.com")] sign_up: &str,
) {
    let app = app(Engine::Sqlite, sign_up).await;
    invite_and_accept(&app).await;
    assert_eq!(every_door(&app).await, ["/dashboard", "/dashboard", "", "registered"]);
    assert_eq!(app.rows().await.0, 1);
}

/// Ada's account, made as if the policy had been another one then.
async fn invite_and_accept(app: &App) {
    let owner = "INSERT INTO users (id, verified_email, verified_email_method, created_at) \
                 VALUES ('01890a5d-ac96-774b-bcce-b302099a8057', 'ada@gmail.com', 'email_link', 1)";
    app.database.execute(owner).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_invited_user_chooses_a_password(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = app(engine, "invited").await;
    let token = invite(&app, "ada@example.com").await;
    let browser = app.browser();
    assert_eq!(browser.open_email_link(&token).await.location(), "/invitation");
    let page = browser.get("/invitation").await.body;
    assert!(page.contains("ada@example.com") && page.contains("Continue with Google"), "{page}");
    let short = browser.submit("/auth/email/accept-invitation", &[("password", "x")]).await;
    assert_eq!(short.location(), "/invitation?error=password_short");
    let done = browser.submit("/auth/email/accept-invitation", &[("password", NEW_PASSWORD)]).await;
    assert_eq!((done.status, done.location()), (303, "/dashboard"));
    assert!(browser.is_signed_in().await && app.owner_of("ada@example.com").await.is_some());
    // The link works once.
    let again = app.browser();
    again.open_email_link(&token).await;
    let again = again.submit("/auth/email/accept-invitation", &[("password", NEW_PASSWORD)]).await;
    assert_eq!(again.location(), "/invitation?error=email_link_invalid");
    assert_eq!(app.rows().await.0, 1);
    assert_eq!(app.database.text("SELECT actor FROM events WHERE kind = 'invitation'").await, "operator");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invited_user_needs_no_link_where_the_provider_hosts_the_address() {
    let app = app(Engine::Sqlite, "invited").await;
    invite(&app, ADA).await;
    app.browser().sign_in("ada").await;
    assert_eq!(app.database.number("SELECT count(*) FROM email_tokens WHERE kind = 'invitation'").await, 0, "used up");
    // It was Ada's.
    assert_eq!(app.browser().try_sign_in("plain").await.location(), "/login?error=invitation_required&provider=google");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_providers_word_is_enough_once_the_link_was_opened(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::builder().engine(engine).other_provider().with("SIGN_UP", "invited").start().await;
    let email = serde_json::json!({ "email": "mallory@example.com", "email_verified": true });
    app.control_other("persons/mallory", email).await;
    let token = invite(&app, "mallory@example.com").await;
    let other = invite(&app, "grace@example.com").await;
    let refused = "/login?error=invitation_required&provider=other";
    let browser = app.browser();
    assert_eq!(app.sign_in_with_provider(&browser, "other", "mallory").await.location(), refused);
    browser.open_email_link(&other).await;
    assert_eq!(app.sign_in_with_provider(&browser, "other", "mallory").await.location(), refused, "of another mailbox");
    browser.open_email_link(&token).await;
    assert_eq!(app.sign_in_with_provider(&browser, "other", "mallory").await.location(), "/dashboard");
    assert!(app.owner_of("mallory@example.com").await.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_expires_and_is_replaced() {
    let app = app(Engine::Sqlite, "invited").await;
    let first = invite(&app, "ada@example.com").await;
    let second = invite(&app, "ada@example.com").await;
    let browser = app.browser();
    assert_eq!(browser.open_email_link(&first).await.location(), "/verify-email", "which says that it has expired");
    assert_eq!(browser.open_email_link(&second).await.location(), "/invitation");
    app.advance(WEEK).await;
    let late = browser.submit("/auth/email/accept-invitation", &[("password", NEW_PASSWORD)]).await;
    assert_eq!(late.location(), "/invitation?error=email_link_invalid");
    assert_eq!(app.rows().await.0, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_up_that_the_policy_no_longer_admits_ends_at_its_link() {
    let app = app(Engine::Sqlite, "invited").await;
    invite(&app, "ada@example.com").await;
    let browser = app.browser();
    browser.request_sign_up("ada@example.com", PASSWORD).await;
    let token = token_of(&app.one_email().await);
    app.database.execute("DELETE FROM email_tokens WHERE kind = 'invitation'").await;
    assert_eq!(browser.confirm_email_link(&token).await.location(), "/login?error=sign_up_not_permitted");
    assert_eq!(app.rows().await, (0, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sign_up_page_says_who_may() {
    for (sign_up, text) in [
        ("closed", "New accounts aren't being created here"),
        ("invited", "You need an invitation"),
        ("domains:a.example,b.example", "a.example or b.example"),
    ] {
        let page = app(Engine::Sqlite, sign_up).await.browser().get("/signup").await.body;
        assert!(page.contains(text), "{page}");
        assert_eq!(page.contains("/auth/password/sign-up"), sign_up != "closed");
    }
}
