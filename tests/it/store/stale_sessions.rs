//! What a request changes, it changes as the session that authenticated it: not after that session has ended or was renewed.

use latchkey::{
    accounts::{ClientInfo, EmailAddress, EmailCode, EmailKind, PasswordHash, Purpose, UserId},
    store::{
        AuditContext, ChangeError, Database, LinkData, NewSession, OpeningCondition, SessionVersion, SignInCodeOutcome,
        StoreError, TokenHolder,
    },
};
use rstest::rstest;
use time::Duration;
use tokio::task::JoinSet;

use super::{ADA, email_of, google, now, open_session, session, settle, sign_in, user_of};
use crate::support::database::{Engine, TestDatabase};

fn audit() -> AuditContext {
    AuditContext { client: ClientInfo::default(), now: now() }
}

#[rstest]
#[case::ended("gone", 1)]
#[case::renewed("", 2)]
#[tokio::test]
async fn a_request_of_an_earlier_session_changes_nothing(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[case] id: &str,
    #[case] version: i64,
) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    let ada = user_of(&sign_in(&database, &google("ada", ADA)).await);
    let (here, other) = (open_session(&database, "here", ada).await, open_session(&database, "other", ada).await);
    let identity = database.identities(ada).await.unwrap().remove(0).id;
    let new = EmailAddress::parse("ada@new.example").unwrap();
    let lease = std::time::Duration::from_secs(60);
    let stale = SessionVersion { id: if id.is_empty() { &here.id } else { id }, version };
    let events = test.count("events").await;
    for (at, is_open) in [(stale, false), (here.at_version(), true)] {
        let disconnected = database.disconnect_grant(ada, identity, at, lease, &audit()).await.map(drop);
        for (what, outcome) in [
            ("name", database.choose_name(ada, Some("Eve"), at, &audit()).await),
            ("email", database.begin_email_change(ada, &new, &LinkData::default(), at, &audit()).await),
            ("session", database.end_session(ada, &other.id, at, &audit()).await),
            ("sessions", database.end_other_sessions(ada, at, &audit()).await),
        ] {
            match is_open {
                true => outcome.expect(what),
                false => assert!(matches!(outcome, Err(ChangeError::SignedOut)), "{what}: {outcome:?}"),
            }
        }
        if is_open {
            assert!(matches!(disconnected, Err(ChangeError::NotFound)), "no grant, but the session is asked first");
        } else {
            assert!(matches!(disconnected, Err(ChangeError::SignedOut)));
            assert_eq!((test.count("events").await, test.count("outbox").await), (events, 0));
            assert_eq!(test.count("sessions").await, 2);
        }
    }
    assert_eq!((test.count("outbox").await, test.count("sessions").await), (1, 1), "the counterpart");
}

/// The owner proves a new address while a sign-in with the provider, which has another one by now, is being decided. In either
/// order the proven one stays.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_providers_address_never_replaces_one_proven_meanwhile(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test = TestDatabase::empty(engine).await;
    let database = std::sync::Arc::new(test.open().await);
    for round in 0..20 {
        let (subject, old) = (format!("ada{round}"), format!("ada{round}@gmail.com"));
        let ada = user_of(&sign_in(&database, &google(&subject, &old)).await);
        let here = open_session(&database, &subject, ada).await;
        let proven = EmailAddress::parse(&format!("ada{round}@proven.example")).unwrap();
        let at = here.at_version();
        database.begin_email_change(ada, &proven, &LinkData::default(), at, &audit()).await.unwrap();
        let token = token(&database).await;
        let mut both = JoinSet::new();
        let (database_of_sign_in, followed) =
            (database.clone(), google(&subject, &format!("ada{round}.new@gmail.com")));
        both.spawn(async move {
            settle(&database_of_sign_in, Purpose::SignIn, &followed, None).await.expect("signs in");
        });
        let (database_of_change, session) = (database.clone(), here.clone());
        both.spawn(async move {
            let change = database_of_change.finish_email_change(ada, &token, session.at_version(), &audit()).await;
            change.expect("changes");
        });
        both.join_all().await;
        assert_eq!(email(&database, ada).await, proven.to_string(), "round {round}");
    }
    // The counterpart: without a proof, the address follows the provider's.
    sign_in(&database, &google("bob", "bob@gmail.com")).await;
    let followed = sign_in(&database, &google("bob", "bob.new@gmail.com")).await;
    assert_eq!(email_of(&followed).as_deref(), Some("bob.new@gmail.com"));
}

/// A password is changed while the old one is being compared: the change ends the sessions that it finds, and the old password
/// opens none after it.
#[rstest]
#[tokio::test]
async fn a_password_that_was_changed_meanwhile_opens_no_session(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    let ada = user_of(&sign_in(&database, &google("ada", ADA)).await);
    let here = open_session(&database, "here", ada).await;
    let hash = PasswordHash::from_row("$argon2id$".to_owned());
    database.set_password(ada, &hash, here.at_version(), &audit()).await.unwrap();
    let by_password = |seconds| NewSession {
        condition: OpeningCondition::PasswordSetAt(now() + Duration::seconds(seconds)),
        ..session(ada)
    };
    for old in [by_password(-1), by_password(1)] {
        let cookie = database.replace_session(Some("here"), "cookie", &old).await;
        assert!(matches!(cookie, Err(StoreError::PasswordChanged)), "{cookie:?}");
        let tokens = database.open_token_session(Some(&here.id), &old, TokenHolder::Browser).await;
        assert!(matches!(tokens, Err(StoreError::PasswordChanged)));
    }
    assert!(database.load_session("here", now()).await.unwrap().is_some(), "the earlier session stays");
    let recorded =
        async || test.number("SELECT count(*) FROM events WHERE kind = 'sign_in' AND provider = 'password'").await;
    assert_eq!((test.count("sessions").await, recorded().await), (1, 0));
    assert!(database.replace_session(Some("here"), "cookie", &by_password(0)).await.unwrap(), "the counterpart");
    database.open_token_session(None, &by_password(0), TokenHolder::Browser).await.unwrap();
    assert_eq!((test.count("sessions").await, recorded().await), (2, 2));
}

/// Typed twice at once, a code is right both times.
#[rstest]
#[tokio::test]
async fn a_code_from_an_email_opens_one_session(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    let ada = user_of(&sign_in(&database, &google("ada", ADA)).await);
    test.execute("UPDATE users SET verified_email_method = 'email_link'").await;
    let email = EmailAddress::parse(ADA).unwrap();
    let typed_right = async || {
        database.begin_sign_in_code(&email, "browser", &audit()).await.unwrap();
        let code = sign_in_code(&database).await;
        match database.check_sign_in_code("browser", Some(&code), &audit()).await.unwrap() {
            SignInCodeOutcome::Right { code, .. } => {
                NewSession { condition: OpeningCondition::EmailCode(code), ..session(ada) }
            }
            other => panic!("{other:?}"),
        }
    };
    let replaced = typed_right().await;
    let right = typed_right().await;
    let by_replaced = database.replace_session(None, "first", &replaced).await;
    assert!(matches!(by_replaced, Err(StoreError::EmailCodeUsed)), "{by_replaced:?}");
    assert!(database.replace_session(None, "first", &right).await.unwrap());
    let again = database.replace_session(None, "second", &right).await;
    assert!(matches!(again, Err(StoreError::EmailCodeUsed)), "{again:?}");
    let tokens = database.open_token_session(None, &right, TokenHolder::Browser).await;
    assert!(matches!(tokens, Err(StoreError::EmailCodeUsed)));
    let second_step = database.begin_second_step(ada, "pending", right.condition.email_code(), &audit()).await;
    assert!(matches!(second_step, Err(StoreError::EmailCodeUsed)), "{second_step:?}");
    assert_eq!((test.count("sessions").await, test.count("pending_sign_ins").await), (1, 0));
}

/// The sign-in is recorded in the transaction that opens its session.
#[rstest]
#[tokio::test]
async fn a_sign_in_by_password_that_cannot_be_recorded_opens_no_session(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    let ada = user_of(&sign_in(&database, &google("ada", ADA)).await);
    let here = open_session(&database, "here", ada).await;
    let hash = PasswordHash::from_row("$argon2id$".to_owned());
    database.set_password(ada, &hash, here.at_version(), &audit()).await.unwrap();
    let by_password = NewSession { condition: OpeningCondition::PasswordSetAt(now()), ..session(ada) };
    test.execute("ALTER TABLE events RENAME TO gone").await;
    assert!(database.replace_session(Some("here"), "cookie", &by_password).await.is_err());
    assert!(database.open_token_session(None, &by_password, TokenHolder::Browser).await.is_err());
    test.execute("ALTER TABLE gone RENAME TO events").await;
    assert_eq!(test.count("sessions").await, 1);
    assert!(database.load_session("here", now()).await.unwrap().is_some(), "the earlier session stays");
    assert!(database.replace_session(Some("here"), "cookie", &by_password).await.unwrap());
}

/// Of the email that waits in the queue.
async fn sign_in_code(database: &Database) -> EmailCode {
    let emails = database.take_due_emails(now(), std::time::Duration::from_secs(60), 10).await.unwrap();
    let code = emails.iter().find_map(|email| match &email.message.kind {
        EmailKind::SignInCode { code } => Some(code.clone()),
        _ => None,
    });
    for email in emails {
        database.email_delivered(email.id).await.unwrap();
    }
    code.expect("a code")
}

/// Of the confirmation that waits in the queue.
async fn token(database: &Database) -> latchkey::accounts::EmailToken {
    let emails = database.take_due_emails(now(), std::time::Duration::from_secs(60), 10).await.unwrap();
    let token = emails.iter().find_map(|email| match &email.message.kind {
        EmailKind::ConfirmEmailChange { token } => Some(token.clone()),
        _ => None,
    });
    for email in emails {
        database.email_delivered(email.id).await.unwrap();
    }
    token.expect("a confirmation")
}

async fn email(database: &Database, user: UserId) -> String {
    database.user(user).await.unwrap().unwrap().verified_email.unwrap().email().to_string()
}
