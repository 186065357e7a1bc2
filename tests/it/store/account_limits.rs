//! What one account can have: identities, and changes that an email can undo.

use latchkey::{
    accounts::{Answer, ClientInfo, EmailAddress, Identity, PasswordHash, Purpose, Reason, UserId},
    providers::Profile,
    store::{AuditContext, ChangeError, Database, LinkData, NewApp},
    totp::TotpSecret,
};
use rstest::rstest;
use time::Duration;

use super::{ADA, email_of, eve, google, now, open_session, settle, sign_in, user_of};
use crate::support::database::{Engine, TestDatabase};

async fn link(database: &Database, user: UserId, profile: &Profile) -> Answer {
    settle(database, Purpose::Link { user }, profile, Some(user)).await.expect("settles").decision.answer
}

#[rstest]
#[tokio::test]
async fn an_account_has_a_maximum_of_identities(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    let ada = user_of(&sign_in(&database, &google("ada", ADA)).await);
    let other = |number: i64| eve(&format!("ada-{number}"), &format!("ada{number}@example.com"), false);
    for number in 1..Identity::MAX_PER_USER {
        let answer = link(&database, ada, &other(number)).await;
        assert!(matches!(answer, Answer::Link { .. }), "{number}: {answer:?}");
    }
    let refused = Answer::Refuse(Reason::TooManyIdentities);
    assert_eq!(link(&database, ada, &other(100)).await, refused);
    assert_eq!(test.count("identities").await, Identity::MAX_PER_USER);
    // Those that it has go on working.
    assert!(matches!(link(&database, ada, &other(1)).await, Answer::AlreadyLinked { .. }));
    assert_eq!(user_of(&sign_in(&database, &other(2)).await), ada);
    // Another account is not affected, and there is room again after one was removed.
    let bob = user_of(&sign_in(&database, &google("bob", "bob@gmail.com")).await);
    assert!(matches!(link(&database, bob, &other(101)).await, Answer::Link { .. }));
    test.execute("DELETE FROM identities WHERE subject = 'ada-3'").await;
    assert!(matches!(link(&database, ada, &other(100)).await, Answer::Link { .. }));
}

/// A week's undo links.
async fn insert_undo_links(test: &TestDatabase, user: UserId, number: i64) {
    let (created_at, expires_at) = (now().unix_timestamp(), (now() + Duration::days(7)).unix_timestamp());
    for number in 0..number {
        test.execute(&format!(
            "INSERT INTO email_tokens (token_hash, kind, user_id, email, data, created_at, expires_at)
             VALUES ('undo {user} {number}', 'undo', '{user}', '{ADA}', '{{}}', {created_at}, {expires_at})"
        ))
        .await;
    }
}

/// Nobody's undo link goes to make room for another one: an attacker would remove the owner's so.
#[rstest]
#[tokio::test]
async fn very_many_changes_in_a_week_are_refused(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    let ada = user_of(&sign_in(&database, &google("ada", ADA)).await);
    let session = open_session(&database, "here", ada).await;
    let hash = PasswordHash::from_row("a hash".into());
    let change = async |later: Duration| {
        let audit = AuditContext { client: ClientInfo::default(), now: now() + later };
        database.set_password(ada, &hash, session.at_version(), &audit).await
    };
    insert_undo_links(&test, ada, 99).await;
    change(Duration::ZERO).await.expect("the hundredth");
    assert!(matches!(change(Duration::ZERO).await, Err(ChangeError::TooManyChanges)));
    let (here, audit) = (session.at_version(), AuditContext { client: ClientInfo::default(), now: now() });
    let new = EmailAddress::parse("ada@new.example").unwrap();
    let email = database.begin_email_change(ada, &new, &LinkData::default(), here, &audit).await;
    assert!(matches!(email, Err(ChangeError::TooManyChanges)), "{email:?}");
    let app = || NewApp { secret: TotpSecret::from_bytes(&[7; 20]).unwrap(), step: 1 };
    let set_up = database.set_up_app(ada, app(), here, &audit).await.map(drop);
    assert!(matches!(set_up, Err(ChangeError::TooManyChanges)), "{set_up:?}");
    let other = eve("ada-2", "ada2@example.com", false);
    assert_eq!(link(&database, ada, &other).await, Answer::Refuse(Reason::TooManyIdentities));
    assert_eq!(test.number("SELECT count(*) FROM email_tokens WHERE kind = 'undo'").await, 100);
    change(Duration::days(8)).await.expect("once they have expired");
    let audit = AuditContext { now: now() + Duration::days(8), ..audit };
    database.begin_email_change(ada, &new, &LinkData::default(), here, &audit).await.expect("the counterpart");
    database.set_up_app(ada, app(), here, &audit).await.expect("the counterpart");
}

/// An address that follows its provider's sends an email that can undo it, and so does an identity that is linked without asking.
#[rstest]
#[tokio::test]
async fn after_very_many_changes_a_sign_in_changes_nothing(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    for (subject, links, follows) in [("ada", 99, true), ("bob", 100, false)] {
        let (old, new) = (format!("{subject}@gmail.com"), format!("{subject}.new@gmail.com"));
        let user = user_of(&sign_in(&database, &google(subject, &old)).await);
        insert_undo_links(&test, user, links).await;
        let moved = sign_in(&database, &google(subject, &new)).await;
        assert_eq!(user_of(&moved), user);
        assert_eq!(moved.decision.reasons.contains(&Reason::TooManyChanges), !follows);
        assert_eq!(email_of(&moved), Some(if follows { new } else { old }));
        let undo = format!("SELECT count(*) FROM email_tokens WHERE kind = 'undo' AND user_id = '{user}'");
        assert_eq!(test.number(&undo).await, 100);
    }
    assert_eq!(test.count("outbox").await, 1, "to the address that ada had");
    for (subject, links, is_linked) in [("eva", 99, true), ("dan", 100, false)] {
        let email = format!("{subject}@gmail.com");
        let user = user_of(&sign_in(&database, &eve(subject, &email, true)).await);
        test.execute(&format!("UPDATE users SET verified_email_method = 'email_link' WHERE id = '{user}'")).await;
        insert_undo_links(&test, user, links).await;
        let answer = sign_in(&database, &google(subject, &email)).await.decision.answer;
        let expected = if is_linked {
            matches!(answer, Answer::LinkWithoutAsking { .. })
        } else {
            matches!(answer, Answer::Prompt { .. })
        };
        assert!(expected, "{subject}: {answer:?}");
    }
}
