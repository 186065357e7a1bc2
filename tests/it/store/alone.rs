//! Detecting that one process alone uses a database.

use latchkey::{accounts::UserId, store::Database};
use rstest::rstest;
use time::OffsetDateTime;

use crate::support::database::{Engine, TestDatabase, sealer};

/// Whether a token issued this many seconds from now is trusted without a query.
fn trusts_tokens(database: &Database, seconds: i64) -> bool {
    let issued_at = OffsetDateTime::now_utc().unix_timestamp() + seconds;
    database.is_not_revoked("a session", UserId::new(OffsetDateTime::UNIX_EPOCH, [1; 10]), issued_at)
}

#[rstest]
#[case(Engine::Sqlite, true)]
#[case(Engine::Postgres, false)]
#[tokio::test]
async fn a_process_is_alone_only_after_claiming_the_file(#[case] engine: Engine, #[case] alone: bool) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    assert!(!trusts_tokens(&database, 10));
    assert_eq!((database.claim_alone(), database.claim_alone()), (alone, alone));
    assert_eq!(trusts_tokens(&database, 10), alone);
    assert!(!trusts_tokens(&database, -5), "of what was before nothing is known");
}

#[tokio::test]
async fn with_a_second_process_the_database_decides_until_the_first_ends() {
    let test = TestDatabase::empty(Engine::Sqlite).await;
    let (first, second) = (test.open().await, test.open().await);
    assert!(first.claim_alone());
    assert!(!second.claim_alone() && !trusts_tokens(&second, 10));
    assert!(trusts_tokens(&first, 10), "the second one has ended no session");
    let nobody = UserId::new(OffsetDateTime::UNIX_EPOCH, [2; 10]);
    second.delete_user_sessions(nobody, None).await.expect("a database");
    assert!(!trusts_tokens(&first, 10) && !trusts_tokens(&first, 300), "it announced itself");
    first.delete_user_sessions(nobody, None).await.expect("a database");
    assert!(trusts_tokens(&first, 400), "tokens that are issued later are none of its sessions'");
    drop(first);
    assert!(second.claim_alone());
    assert!(
        trusts_tokens(&second, 400) && !trusts_tokens(&second, -5),
        "what was before its claim may have been ended"
    );
}

#[tokio::test]
async fn a_file_has_one_lock_through_any_link() {
    let test = TestDatabase::empty(Engine::Sqlite).await;
    let first = test.open().await;
    assert!(first.claim_alone());
    let file = test.url.strip_prefix("sqlite://").expect("a file");
    std::os::unix::fs::symlink(file, format!("{file}.link")).expect("a link");
    let second = Database::connect(&format!("{}.link", test.url), sealer()).await.expect("connects");
    assert!(!second.claim_alone());
}

#[tokio::test]
async fn without_a_lock_the_database_decides() {
    let test = TestDatabase::empty(Engine::Sqlite).await;
    let database = test.open().await;
    let lock = format!("{}.lock", test.url.strip_prefix("sqlite://").expect("a file"));
    std::fs::create_dir(&lock).expect("a folder in its place");
    assert!(!database.claim_alone() && !trusts_tokens(&database, 10));
    std::fs::remove_dir(&lock).expect("removed");
    assert!(database.claim_alone() && trusts_tokens(&database, 10), "the counterpart");
}
