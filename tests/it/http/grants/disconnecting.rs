//! Whatever ends a grant deletes its tokens and revokes them.

use latchkey::{
    accounts::EmailKind,
    codes::access::Access,
    grants::{DriveMetadataReadonly, GrantError},
    store::{GrantEndReason, GrantStatus, RevocationStatus},
};
use rstest::rstest;
use serde_json::json;

use crate::{
    http::{
        app::App,
        granting::{DRIVE, with_drive},
    },
    support::database::Engine,
};

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn disconnecting_deletes_tokens_and_revokes_them_at_google(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (app, browser, identity) = with_drive(engine).await;
    let session = browser.session();
    let fields = [("identity", &*identity.id.to_string()), ("return_to", "/drive?account=1")];
    let page = browser.submit("/grants/disconnect", &fields).await;
    assert_eq!((page.status, page.location()), (303, "/drive?account=1&done=disconnected"));
    assert_eq!((app.stored_tokens().await, app.queued_revocations().await), (0, 0));
    let asked = app.requests_to("revoke").await;
    assert_eq!(asked.len(), 1);
    assert_eq!(
        (&asked[0]["status"], &asked[0]["person"], &asked[0]["query"]),
        (&json!(200), &json!("ada"), &json!({}))
    );
    let state = app.grant_status(&identity).await;
    let done = matches!(state, GrantStatus::Disconnected { revocation: RevocationStatus::Done { .. }, .. });
    assert!(done, "{state:?}");
    let taken = app.grants.take::<DriveMetadataReadonly>(&identity).await;
    assert!(matches!(taken, Err(GrantError::NotGranted)), "{taken:?}");
    assert!(app.events().await.contains("grant google disconnected"));
    // The session stays.
    assert_eq!(browser.session(), session);
    assert!(browser.is_signed_in().await);
    assert_eq!(browser.disconnect(&identity).await.location(), "/settings/connections?error=not_found");
    assert_eq!(app.requests_to("revoke").await.len(), 1);

    assert_eq!(browser.connect(&identity, "ada", "drive", &[DRIVE]).await.location(), "/drive");
    app.grants.take::<DriveMetadataReadonly>(&identity).await.expect("granted again");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn unlinking_and_deleting_revoke_the_grant(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    for leaves in [false, true] {
        let app = App::builder().engine(engine).other_provider().start().await;
        let browser = app.browser();
        browser.sign_in("ada").await;
        let identity = app.google_identity(&browser).await;
        let start = browser.submit("/settings/link", &[("provider", "other")]).await;
        let callback = browser.consent(start.location(), "grace", "allow").await;
        assert_eq!(browser.get(&callback).await.location(), "/settings/security?done=linked");
        let page = format!("/settings/{}", if leaves { "delete" } else { "unlink?identity=" });
        let page = if leaves { page } else { format!("{page}{}", identity.id) };
        assert!(!browser.get(&page).await.shows("will be revoked"), "there is nothing yet");
        assert_eq!(browser.connect(&identity, "ada", "drive", &[DRIVE]).await.location(), "/drive");
        assert!(browser.get(&page).await.shows("Latchkey's access to Google Drive will be revoked."));
        app.emails().await;

        let page = match leaves {
            true => browser.submit("/settings/delete", &[("word", "delete")]).await,
            false => browser.submit("/settings/unlink", &[("identity", &identity.id.to_string())]).await,
        };
        assert!(page.location().contains("?done="), "{page:?}");
        let revoked = match app.one_email().await.kind {
            EmailKind::MethodRemoved { revoked_access, .. } | EmailKind::AccountDeleted { revoked_access } => {
                revoked_access
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(
            (revoked.len(), revoked[0].provider.as_str(), &*revoked[0].sees),
            (1, "google", &[Access::Drive][..])
        );
        assert_eq!((app.database.count("grants").await, app.queued_revocations().await), (0, 1));
        assert_eq!(
            app.database.number("SELECT count(*) FROM outbox WHERE kind = 'revocation' AND user_id IS NULL").await,
            1
        );
        app.revoke_due().await;
        let asked = app.requests_to("revoke").await;
        assert_eq!((asked.len(), &asked[0]["person"]), (1, &json!("ada")));
        assert_eq!(app.queued_revocations().await, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn undoing_a_link_revokes_its_grant() {
    let app = App::builder().start().await;
    let browser = app.browser();
    app.sign_up(&browser, "petra@example.org", crate::http::account::PASSWORD).await;
    app.emails().await;
    let start = browser.submit("/settings/link", &[("provider", "google")]).await;
    let callback = browser.consent(start.location(), "grace", "allow").await;
    assert_eq!(browser.get(&callback).await.location(), "/settings/security?done=linked");
    let identity = app.google_identity(&browser).await;
    assert_eq!(browser.connect(&identity, "grace", "drive", &[DRIVE]).await.location(), "/drive");

    let latchkey::accounts::EmailKind::MethodAdded { undo, .. } = app.one_email().await.kind else { panic!("no undo") };
    let mailbox = app.browser();
    mailbox.open_email_link(&undo).await;
    assert!(mailbox.submit("/auth/undo", &[]).await.location().contains("undone"));
    assert_eq!((app.database.count("grants").await, app.queued_revocations().await), (0, 1));
    app.revoke_due().await;
    assert_eq!(app.requests_to("revoke").await.len(), 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn connecting_again_cancels_a_queued_revocation(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let (app, browser, identity) = with_drive(engine).await;
    app.fail_once("revoke", json!({ "kind": "status", "status": 500 })).await;
    browser.disconnect(&identity).await;
    assert_eq!(app.queued_revocations().await, 1);
    assert_eq!(browser.connect(&identity, "ada", "drive", &[DRIVE]).await.location(), "/drive");
    assert_eq!(app.queued_revocations().await, 0);
    app.advance(3600).await;
    app.revoke_due().await;
    assert_eq!(app.requests_to("revoke").await.len(), 1);
    app.grants.take::<DriveMetadataReadonly>(&identity).await.expect("still granted");
}

#[tokio::test(flavor = "multi_thread")]
async fn connecting_as_a_new_user_cancels_a_queued_revocation() {
    let (app, browser, identity) = with_drive(Engine::Sqlite).await;
    // The account is deleted with a queued revocation; the user comes back and connects.
    browser.submit("/settings/delete", &[("word", "delete")]).await;
    assert_eq!(app.queued_revocations().await, 1);
    browser.sign_in("ada").await;
    let again = app.google_identity(&browser).await;
    assert_ne!(again.id, identity.id);
    assert_eq!(browser.connect(&again, "ada", "drive", &[DRIVE]).await.location(), "/drive");
    app.revoke_due().await;
    assert!(app.requests_to("revoke").await.is_empty());
    app.grants.take::<DriveMetadataReadonly>(&again).await.expect("granted");
    // Grace's revocation would have stayed queued.
    let grace = app.browser();
    grace.sign_in("grace").await;
    let hers = app.google_identity(&grace).await;
    assert_eq!(grace.connect(&hers, "grace", "drive", &[DRIVE]).await.location(), "/drive");
    grace.submit("/settings/delete", &[("word", "delete")]).await;
    assert_eq!(browser.connect(&again, "ada", "drive", &[DRIVE]).await.location(), "/drive");
    assert_eq!(app.queued_revocations().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_grant_can_be_disconnected() {
    let (app, browser, identity) = with_drive(Engine::Sqlite).await;
    app.arm_once("refresh_invalid_grant").await;
    app.advance(3600).await;
    let taken = app.grants.take::<DriveMetadataReadonly>(&identity).await;
    assert!(matches!(taken, Err(GrantError::Lost(GrantEndReason::Revoked))), "{taken:?}");
    assert_eq!(browser.disconnect(&identity).await.location(), "/settings/connections?done=disconnected");
    assert!(app.requests_to("revoke").await.is_empty(), "there is nothing to revoke");
    let state = app.grant_status(&identity).await;
    let done = matches!(state, GrantStatus::Disconnected { revocation: RevocationStatus::Done { .. }, .. });
    assert!(done, "{state:?}");
}
