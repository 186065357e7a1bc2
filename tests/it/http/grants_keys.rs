//! Tokens at rest are sealed to a key, a row and a column; concurrent callers share one refresh.

use std::sync::Arc;

use latchkey::{
    grants::{DriveMetadataReadonly, GrantError, Granted, Grants},
    web::AppState,
};
use rstest::rstest;
use tokio::{sync::Barrier, task::JoinSet};
use tokio_util::sync::CancellationToken;

use super::granting::{DRIVE, with_drive};
use crate::support::database::Engine;

type Taken = Result<Granted<DriveMetadataReadonly>, GrantError>;

/// The key of every test database, and two others.
const KEY: [u8; 32] = crate::support::database::KEY;
const NEW_KEY: [u8; 32] = [8; 32];
const FOREIGN_KEY: [u8; 32] = [9; 32];

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_sealed_token_opens_only_in_its_row_and_column(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let (app, _, ada) = with_drive(engine).await;
    let other = app.browser();
    other.sign_in("grace").await;
    let grace = app.google_identity(&other).await;
    assert_eq!(other.connect(&grace, "grace", "drive", &[DRIVE]).await.location(), "/drive");
    let swap_rows = "CREATE TABLE others AS SELECT identity_id, access_token, refresh_token FROM grants; \
                     UPDATE grants SET \
                     access_token = (SELECT access_token FROM others WHERE others.identity_id <> grants.identity_id), \
                     refresh_token = (SELECT refresh_token FROM others WHERE others.identity_id <> grants.identity_id); \
                     DROP TABLE others";
    let swap_columns = "UPDATE grants SET access_token = refresh_token, refresh_token = access_token";
    for swap in [swap_rows, swap_columns] {
        for identity in [&ada, &grace] {
            app.grants.take::<DriveMetadataReadonly>(identity).await.expect("as it was");
        }
        app.database.execute(swap).await;
        for identity in [&ada, &grace] {
            let taken = app.grants.take::<DriveMetadataReadonly>(identity).await;
            assert!(matches!(taken, Err(GrantError::Unreadable)), "{taken:?}");
        }
        app.database.execute(swap).await;
    }
    app.grants.take::<DriveMetadataReadonly>(&ada).await.expect("as it was");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn after_key_rotation_grants_are_resealed(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let (app, browser, identity) = with_drive(engine).await;
    let stop = CancellationToken::new();
    let takes = async |machine: &AppState| machine.grants.take::<DriveMetadataReadonly>(&identity).await;

    let without = app.other_server(&[NEW_KEY]).await;
    let taken: Taken = takes(&without).await;
    assert!(matches!(taken, Err(GrantError::Unreadable)), "{taken:?}");
    assert_eq!(without.grants.reseal(&stop).await.expect("a round"), 1, "one that no key opens");

    let both = app.other_server(&[NEW_KEY, KEY]).await;
    takes(&both).await.expect("the old key opens it");
    let sealed = "SELECT access_token || ' ' || refresh_token FROM grants";
    let before = app.database.text(sealed).await;
    assert_eq!(both.grants.reseal(&stop).await.expect("a round"), 0);
    let after = app.database.text(sealed).await;
    assert_ne!(before, after);
    assert_eq!(both.grants.reseal(&stop).await.expect("a round"), 0);
    assert_eq!(app.database.text(sealed).await, after, "nothing is left to do");

    takes(&without).await.expect("the new key alone opens it");
    let taken: Taken = takes(&app.other_server(&[FOREIGN_KEY]).await).await;
    assert!(matches!(taken, Err(GrantError::Unreadable)), "{taken:?}");
    // The session stays, and disconnecting works without the key: unreadable tokens are deleted.
    assert!(browser.is_signed_in().await);
    let taken: Taken = app.grants.take::<DriveMetadataReadonly>(&identity).await;
    assert!(matches!(taken, Err(GrantError::Unreadable)), "{taken:?}");
    assert_eq!(browser.disconnect(&identity).await.location(), "/settings/connections?done=disconnected");
    assert_eq!(app.stored_tokens().await, 0);
    assert!(app.requests_to("revoke").await.is_empty());
}

// One refresh for all.

async fn at_once(takers: Vec<Grants>, identity: &latchkey::accounts::Identity) -> Vec<Taken> {
    let barrier = Arc::new(Barrier::new(takers.len()));
    let mut all = JoinSet::new();
    for grants in takers {
        let (barrier, identity) = (barrier.clone(), identity.clone());
        all.spawn(async move {
            barrier.wait().await;
            grants.take(&identity).await
        });
    }
    all.join_all().await
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn fifty_concurrent_callers_cause_one_refresh(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let (app, _, identity) = with_drive(engine).await;
    for round in 1..=3 {
        app.advance(3600).await;
        let taken = at_once(vec![app.grants.clone(); 50], &identity).await;
        assert!(taken.iter().all(Result::is_ok), "{taken:?}");
        assert_eq!(app.renewals().await, round);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn two_servers_cause_one_refresh(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let (app, _, identity) = with_drive(engine).await;
    let second = app.other_server(&[KEY]).await;
    for round in 1..=3 {
        app.advance(3600).await;
        let takers = (0..50).map(|number| if number % 2 == 0 { &app.grants } else { &second.grants }.clone());
        let taken = at_once(takers.collect(), &identity).await;
        assert!(taken.iter().all(Result::is_ok), "{taken:?}");
        assert_eq!(app.renewals().await, round);
    }
}
