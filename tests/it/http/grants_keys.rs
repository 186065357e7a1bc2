//! Tokens at rest: the key, the row and the column that they are sealed for.

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

/// The key of every test's database, and two others.
const KEY: [u8; 32] = [7; 32];
const NEW_KEY: [u8; 32] = [8; 32];
const FOREIGN_KEY: [u8; 32] = [9; 32];

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_sealed_token_opens_in_its_own_row_and_column_only(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (app, _, ada) = with_drive(engine).await;
    let other = app.browser();
    other.signs_in_as("grace").await;
    let grace = app.google_identity(&other).await;
    assert_eq!(other.connects(&grace, "grace", "drive", &[DRIVE]).await.location(), "/drive");
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
async fn after_a_change_of_the_key_grants_are_sealed_anew_and_the_old_key_may_go(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (app, browser, identity) = with_drive(engine).await;
    let stop = CancellationToken::new();
    let takes = async |machine: &AppState| machine.grants.take::<DriveMetadataReadonly>(&identity).await;

    let without = app.machine(&[NEW_KEY]).await;
    let taken: Taken = takes(&without).await;
    assert!(matches!(taken, Err(GrantError::Unreadable)), "{taken:?}");
    assert_eq!(without.grants.reseal(&stop).await.expect("a round"), 1, "one that no key opens");

    let both = app.machine(&[NEW_KEY, KEY]).await;
    takes(&both).await.expect("the old key opens it");
    let sealed = "SELECT access_token || ' ' || refresh_token FROM grants";
    let before = app.database.text(sealed).await;
    assert_eq!(both.grants.reseal(&stop).await.expect("a round"), 0);
    let after = app.database.text(sealed).await;
    assert_ne!(before, after);
    assert_eq!(both.grants.reseal(&stop).await.expect("a round"), 0);
    assert_eq!(app.database.text(sealed).await, after, "nothing is left to do");

    takes(&without).await.expect("the new key alone opens it");
    let taken: Taken = takes(&app.machine(&[FOREIGN_KEY]).await).await;
    assert!(matches!(taken, Err(GrantError::Unreadable)), "{taken:?}");
    // The sign-in is not concerned, and disconnecting works without the key: what cannot be read is deleted.
    assert!(browser.is_signed_in().await);
    let taken: Taken = app.grants.take::<DriveMetadataReadonly>(&identity).await;
    assert!(matches!(taken, Err(GrantError::Unreadable)), "{taken:?}");
    assert_eq!(browser.disconnects(&identity).await.location(), "/settings?done=disconnected");
    assert_eq!(app.kept_tokens().await, 0);
    assert!(app.requests_to("revoke").await.is_empty());
}

// Renewing once for all.

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
async fn fifty_who_need_a_new_token_at_once_cost_one_renewal(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
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
async fn two_machines_that_need_a_new_token_at_once_cost_one_renewal(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (app, _, identity) = with_drive(engine).await;
    let second = app.machine(&[KEY]).await;
    for round in 1..=3 {
        app.advance(3600).await;
        let takers = (0..50).map(|number| if number % 2 == 0 { &app.grants } else { &second.grants }.clone());
        let taken = at_once(takers.collect(), &identity).await;
        assert!(taken.iter().all(Result::is_ok), "{taken:?}");
        assert_eq!(app.renewals().await, round);
    }
}
