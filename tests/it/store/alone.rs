//! Who may believe that whatever ends a session passes here.

use latchkey::{accounts::UserId, store::Database};
use rstest::rstest;
use time::OffsetDateTime;

use super::{Engine, TestDatabase, sealer};

/// Whether a token's word is taken that was issued so many seconds from now.
fn believes(database: &Database, seconds: i64) -> bool {
    let issued_at = OffsetDateTime::now_utc().unix_timestamp() + seconds;
    database.is_not_revoked("a session", UserId::new(OffsetDateTime::UNIX_EPOCH, [1; 10]), issued_at)
}

#[rstest]
#[case(Engine::Sqlite, true)]
#[case(Engine::Postgres, false)]
#[tokio::test]
async fn a_server_that_claims_a_file_is_alone_and_who_does_not_ask_never_is(
    #[case] engine: Engine,
    #[case] alone: bool,
) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    assert!(!believes(&database, 10));
    assert_eq!((database.claim_alone(), database.claim_alone()), (alone, alone));
    assert_eq!(believes(&database, 10), alone);
    assert!(!believes(&database, -5), "of what was before nothing is known");
}

#[tokio::test]
async fn a_second_process_asks_the_database_until_the_first_has_ended() {
    let test = TestDatabase::empty(Engine::Sqlite).await;
    let (first, second) = (test.open().await, test.open().await);
    assert!(first.claim_alone());
    assert!(!second.claim_alone() && !believes(&second, 10));
    assert!(believes(&first, 10), "which the first one cannot notice");
    drop(first);
    assert!(second.claim_alone());
    assert!(believes(&second, 10) && !believes(&second, -5), "what was before its claim may have been ended");
}

#[tokio::test]
async fn one_file_has_one_lock_by_whatever_link_it_is_reached() {
    let test = TestDatabase::empty(Engine::Sqlite).await;
    let first = test.open().await;
    assert!(first.claim_alone());
    let file = test.url.strip_prefix("sqlite://").expect("a file");
    std::os::unix::fs::symlink(file, format!("{file}.link")).expect("a link");
    let second = Database::connect(&format!("{}.link", test.url), sealer()).await.expect("connects");
    assert!(!second.claim_alone());
}

#[tokio::test]
async fn where_the_lock_cannot_be_made_the_database_is_asked() {
    let test = TestDatabase::empty(Engine::Sqlite).await;
    let database = test.open().await;
    let lock = format!("{}.lock", test.url.strip_prefix("sqlite://").expect("a file"));
    std::fs::create_dir(&lock).expect("a folder in its place");
    assert!(!database.claim_alone() && !believes(&database, 10));
    std::fs::remove_dir(&lock).expect("removed");
    assert!(database.claim_alone() && believes(&database, 10), "the twin");
}
