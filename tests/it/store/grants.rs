//! Grants as rows: leases, and writes that lose against concurrent changes.

use latchkey::accounts::{Answer, ClientInfo, Identity, IdentityId, Purpose, UserId};
use latchkey::codes::access::Access;
use latchkey::oauth::Scopes;
use latchkey::store::{
    Admission, AuditContext, ChangeError, Database, DisconnectedGrant, FoundGrant, GrantEndReason, GrantStatus,
    GrantUpdate, NewGrant, OpenGrant, RevocationStatus, SettleRequest,
};
use rstest::rstest;
use secrecy::ExposeSecret;
use sqlx::{Connection, PgConnection};
use time::Duration;

use super::{ADA, Profile, SignUp, google, now, session, sign_in, user_of};
use crate::support::database::{Engine, TestDatabase};

const LEASE: std::time::Duration = std::time::Duration::from_secs(20);

fn new_grant(number: u32) -> NewGrant {
    NewGrant {
        scopes: Scopes::parse("openid a b"),
        access_token: format!("access-{number}").into(),
        access_expires_at: Some(now() + Duration::hours(1)),
        refresh_token: Some(format!("refresh-{number}").into()),
    }
}

/// Signs Ada in and gives her a grant.
async fn with_grant(database: &Database) -> Identity {
    let user = user_of(&sign_in(database, &google("ada", ADA)).await);
    let identity = database.identities(user).await.unwrap().remove(0);
    settle_with_grant(database, &identity, &google("ada", ADA), GrantUpdate::Granted(Access::Drive, &new_grant(1)))
        .await;
    identity
}

async fn settle_with_grant(database: &Database, identity: &Identity, profile: &Profile, granted: GrantUpdate<'_>) {
    let purpose = Purpose::Grant { user: identity.user, identity: identity.key.clone() };
    let settle_request = SettleRequest {
        purpose: &purpose,
        profile,
        session_user: Some(identity.user),
        session: None,
        admission: Admission { sign_up: &SignUp::Open, opened: None, now: now() },
        second_factor: latchkey::accounts::SecondFactorPolicy::Optional,
        client: &ClientInfo::default(),
        now: now(),
        waiting: None,
        granted,
    };
    let settled = database.settle(&settle_request).await.unwrap();
    assert!(matches!(settled.decision.answer, Answer::Grant { .. }), "{settled:?}");
}

async fn open(database: &Database, identity: &Identity) -> OpenGrant {
    match database.open_grant(identity).await.unwrap() {
        FoundGrant::Live(open) => *open,
        other => panic!("{other:?}"),
    }
}

#[rstest]
#[tokio::test]
async fn one_refresh_at_a_time_holds_an_expiring_lease(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let test = TestDatabase::empty(engine).await;
    let (database, other) = (test.open().await, test.open().await);
    let identity = with_grant(&database).await;
    let leases = async |database: &Database, at| database.lease_grant(identity.id, 1, LEASE, at).await.unwrap();
    assert!(leases(&database, now()).await && !leases(&other, now()).await);
    assert!(
        !leases(&other, now() + Duration::seconds(19)).await && leases(&other, now() + Duration::seconds(20)).await
    );
    database.release_grant(identity.id, 1).await.unwrap();
    assert!(leases(&database, now()).await);
    // A lease that ends too late was set by a clock that has stepped back.
    assert!(leases(&database, now() - Duration::days(1)).await);
    // Another generation has nothing to refresh.
    assert!(!database.lease_grant(identity.id, 2, LEASE, now() + Duration::days(1)).await.unwrap());
}

#[rstest]
#[tokio::test]
async fn a_concurrent_change_is_not_overwritten(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    let identity = with_grant(&database).await;
    assert!(database.renew_grant(&identity, 1, &new_grant(2), now()).await.unwrap());
    assert!(!database.renew_grant(&identity, 1, &new_grant(3), now()).await.unwrap());
    assert!(!database.lose_grant(&identity, 1, GrantEndReason::Revoked, true, now()).await.unwrap());
    database.narrow_grant(identity.id, 1, &Scopes::default()).await.unwrap();
    let after = open(&database, &identity).await;
    assert_eq!((after.access_token.expose_secret(), after.generation), ("access-2", 2));
    assert!(after.scopes.contains("a"));

    // Without a new refresh token the old one stays.
    let renewed = NewGrant { refresh_token: None, ..new_grant(4) };
    assert!(database.renew_grant(&identity, 2, &renewed, now()).await.unwrap());
    let after = open(&database, &identity).await;
    assert_eq!(after.access_token.expose_secret(), "access-4");
    assert_eq!(after.refresh_token.unwrap().expose_secret(), "refresh-2");

    assert!(database.lose_grant(&identity, 3, GrantEndReason::Revoked, false, now()).await.unwrap());
    assert_eq!(test.count("outbox").await, 0);
    let late = NewGrant { refresh_token: None, ..new_grant(5) };
    assert!(!database.renew_grant(&identity, 4, &late, now()).await.unwrap(), "what has ended does not come back");
    assert_eq!(test.number("SELECT count(access_token) + count(refresh_token) FROM grants").await, 0);
    assert_eq!(test.count("outbox").await, 0);
    let state = database.grants(identity.user).await.unwrap().remove(0).state;
    assert_eq!(state, GrantStatus::Lost(GrantEndReason::Revoked));
}

#[rstest]
#[tokio::test]
async fn an_update_without_tokens_keeps_the_earlier_grant(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    let identity = with_grant(&database).await;
    settle_with_grant(&database, &identity, &google("ada", ADA), GrantUpdate::Declined(Access::Drive, None)).await;
    assert_eq!(open(&database, &identity).await.access_token.expose_secret(), "access-1");
    let declined = "SELECT count(*) FROM events WHERE kind = 'grant' AND outcome = 'scope_declined'";
    assert_eq!(test.number(declined).await, 1);
    settle_with_grant(
        &database,
        &identity,
        &google("ada", ADA),
        GrantUpdate::Declined(Access::Drive, Some(&new_grant(2))),
    )
    .await;
    assert_eq!(open(&database, &identity).await.access_token.expose_secret(), "access-2");
    assert_eq!((test.count("grants").await, test.number(declined).await), (1, 2));
}

#[rstest]
#[tokio::test]
async fn another_users_grant_is_not_found(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    let identity = with_grant(&database).await;
    let grace = user_of(&sign_in(&database, &google("grace", "grace@gmail.com")).await);
    let claimed = Identity { user: grace, ..identity.clone() };
    assert!(matches!(database.open_grant(&claimed).await.unwrap(), FoundGrant::None));
    assert!(database.grants(grace).await.unwrap().is_empty());
    let audit = AuditContext { client: ClientInfo::default(), now: now() };
    assert!(disconnect(&database, grace, identity.id, &audit).await.is_none());
    assert!(disconnect(&database, identity.user, identity.id, &audit).await.is_some());
}

#[tokio::test]
async fn a_revocation_is_anonymous_and_leased_to_its_request() {
    let test = TestDatabase::empty(Engine::Sqlite).await;
    let database = test.open().await;
    let identity = with_grant(&database).await;
    let audit = AuditContext { client: ClientInfo::default(), now: now() };
    let ended = disconnect(&database, identity.user, identity.id, &audit).await.unwrap();
    let revocation = ended.revocation.unwrap().revocation;
    assert_eq!((revocation.token.expose_secret(), revocation.refresh), ("refresh-1", true));
    assert_eq!((revocation.provider.as_str(), revocation.issuer.as_str()), ("google", identity.key.issuer()));
    assert!(!format!("{revocation:?}").contains("refresh-1"));
    let row = test.text("SELECT about || sealed || COALESCE(user_id, '') FROM outbox").await;
    assert!(!row.contains("refresh-1") && !row.contains(identity.key.subject()), "{row}");
    assert!(database.take_due_revocations(now(), LEASE, 10).await.unwrap().is_empty());
    let due = database.take_due_revocations(now() + Duration::seconds(20), LEASE, 10).await.unwrap();
    assert_eq!(due.len(), 1);
    database.revoked(&due[0], now()).await.unwrap();
    assert_eq!(test.count("outbox").await, 0);
}

/// The clocks of two servers always differ.
#[rstest]
#[tokio::test]
async fn a_slow_clock_takes_no_lease_away(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let test = TestDatabase::empty(engine).await;
    let (ahead, behind) = (test.open().await, test.open().await);
    let identity = with_grant(&ahead).await;
    assert!(ahead.lease_grant(identity.id, 1, LEASE, now()).await.unwrap());
    for seconds in [1, 10, 30] {
        let then = now() - Duration::seconds(seconds);
        assert!(!behind.lease_grant(identity.id, 1, LEASE, then).await.unwrap(), "{seconds} seconds behind");
    }
    assert!(behind.lease_grant(identity.id, 1, LEASE, now() + Duration::seconds(20)).await.unwrap());
}

/// The provider rotates the refresh token while the user disconnects: the queued revocation has the old one, which is
/// spent.
#[rstest]
#[tokio::test]
async fn a_refresh_token_that_arrives_too_late_is_revoked(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    let identity = with_grant(&database).await;
    let audit = AuditContext { client: ClientInfo::default(), now: now() };
    let ended = disconnect(&database, identity.user, identity.id, &audit).await.unwrap();
    database.revoked(&ended.revocation.unwrap(), now()).await.unwrap();
    // An access token is revoked with its refresh token.
    let only_access = NewGrant { refresh_token: None, ..new_grant(2) };
    assert!(!database.renew_grant(&identity, 1, &only_access, now()).await.unwrap());
    assert_eq!(test.count("outbox").await, 0);
    assert!(!database.renew_grant(&identity, 1, &new_grant(3), now()).await.unwrap());
    let due = database.take_due_revocations(now(), LEASE, 10).await.unwrap();
    assert_eq!((due.len(), due[0].revocation.token.expose_secret()), (1, "refresh-3"));

    // Not when the account was connected again: the provider would revoke that as well.
    settle_with_grant(&database, &identity, &google("ada", ADA), GrantUpdate::Granted(Access::Drive, &new_grant(4)))
        .await;
    assert!(!database.renew_grant(&identity, 1, &new_grant(5), now()).await.unwrap());
    assert_eq!(test.count("outbox").await, 0);
    assert_eq!(open(&database, &identity).await.access_token.expose_secret(), "access-4");
}

/// PostgreSQL only, since SQLite has one writer at a time. An insert of such a row waits in the middle of a transaction
/// until it is released.
struct Held<'a> {
    test: &'a TestDatabase,
    holder: PgConnection,
}

impl<'a> Held<'a> {
    async fn block_inserts(test: &'a TestDatabase, table: &str, when: &str) -> Self {
        test.execute(&format!(
            "CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS \
             'BEGIN PERFORM pg_advisory_xact_lock(7); RETURN NEW; END'; \
             CREATE TRIGGER hold BEFORE INSERT ON {table} FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION hold()"
        ))
        .await;
        let mut holder = PgConnection::connect(&test.url).await.unwrap();
        sqlx::query("SELECT pg_advisory_lock(7)").execute(&mut holder).await.unwrap();
        Self { test, holder }
    }

    /// Waits until this many transactions wait for a lock.
    async fn wait_for(test: &TestDatabase, waiting: i64) {
        let now_waiting = "SELECT count(*) FROM pg_stat_activity \
            WHERE datname = current_database() AND wait_event_type = 'Lock'";
        while test.number(now_waiting).await < waiting {}
    }

    /// Releases the insert once a second transaction waits for it.
    async fn release(mut self) {
        Self::wait_for(self.test, 2).await;
        sqlx::query("SELECT pg_advisory_unlock(7)").execute(&mut self.holder).await.unwrap();
    }
}

#[tokio::test]
async fn a_grant_for_a_deleted_identity_is_revoked() {
    let test = TestDatabase::empty(Engine::Postgres).await;
    let (database, other) = (test.open().await, test.open().await);
    let eve = user_of(&sign_in(&database, &google("eve", "eve@gmail.com")).await);
    let identity = database.identities(eve).await.unwrap().remove(0);
    // She once claimed Ada's email, and has a password.
    test.execute(&format!(
        "UPDATE users SET claimed_email = '{ADA}' WHERE id = '{eve}'; \
         INSERT INTO passwords (user_id, hash, set_at) VALUES ('{eve}', 'x', 0)"
    ))
    .await;
    let held = Held::block_inserts(&test, "grants", "true").await;
    let ((), settled, ()) = tokio::join!(
        async {
            settle_with_grant(
                &database,
                &identity,
                &google("eve", "eve@gmail.com"),
                GrantUpdate::Granted(Access::Drive, &new_grant(1)),
            )
            .await
        },
        async {
            Held::wait_for(&test, 1).await;
            sign_in(&other, &google("ada", ADA)).await
        },
        held.release(),
    );
    assert_ne!(user_of(&settled), eve);
    assert!(database.identities(eve).await.unwrap().is_empty());
    let due = other.take_due_revocations(now(), LEASE, 10).await.unwrap();
    assert_eq!((test.count("grants").await, due.len()), (0, 1));
    assert_eq!(due[0].revocation.token.expose_secret(), "refresh-1");
}

#[tokio::test]
async fn a_late_loss_does_not_end_a_new_grant() {
    let test = TestDatabase::empty(Engine::Postgres).await;
    let (database, other) = (test.open().await, test.open().await);
    let identity = with_grant(&database).await;
    let held = Held::block_inserts(&test, "events", "NEW.outcome = 'revoked'").await;
    let (lost, (), ()) = tokio::join!(
        database.lose_grant(&identity, 1, GrantEndReason::Revoked, true, now()),
        async {
            Held::wait_for(&test, 1).await;
            settle_with_grant(
                &other,
                &identity,
                &google("ada", ADA),
                GrantUpdate::Granted(Access::Drive, &new_grant(2)),
            )
            .await;
        },
        held.release(),
    );
    assert!(lost.unwrap());
    assert_eq!(open(&database, &identity).await.access_token.expose_secret(), "access-2");
    assert_eq!(test.count("outbox").await, 0, "what was just given is to be revoked");
}

/// A revocation counts as confirmed only by the provider.
#[rstest]
#[tokio::test]
async fn a_lost_grant_is_not_reported_as_revoked(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let audit = AuditContext { client: ClientInfo::default(), now: now() + Duration::hours(1) };
    for (because, revoke, expected) in [
        // The provider was not called, and may still list us.
        (GrantEndReason::Expired, false, RevocationStatus::Failed),
        // It was called, and has not answered.
        (GrantEndReason::Revoked, true, RevocationStatus::Pending { attempts: 0 }),
        // It confirmed it.
        (GrantEndReason::Revoked, false, RevocationStatus::Done { at: now() }),
    ] {
        let test = TestDatabase::empty(engine).await;
        let database = test.open().await;
        let identity = with_grant(&database).await;
        assert!(database.lose_grant(&identity, 1, because, revoke, now()).await.unwrap());
        assert!(disconnect(&database, identity.user, identity.id, &audit).await.is_some());
        let standing = database.grants(identity.user).await.unwrap().remove(0).state;
        let GrantStatus::Disconnected { revocation, .. } = standing else { panic!("{standing:?}") };
        assert_eq!(revocation, expected, "{because:?}");
        assert!(disconnect(&database, identity.user, identity.id, &audit).await.is_none());
    }
}

/// `None` when there is nothing to disconnect.
async fn disconnect(
    database: &Database,
    user: UserId,
    identity: IdentityId,
    audit: &AuditContext,
) -> Option<DisconnectedGrant> {
    let hash = user.to_string();
    database.create_session(&hash, &session(user)).await.unwrap();
    let here = database.load_session(&hash, now()).await.unwrap().expect("a session").session;
    match database.disconnect_grant(user, identity, here.at_version(), LEASE, audit).await {
        Ok(ended) => Some(ended),
        Err(ChangeError::NotFound) => None,
        Err(error) => panic!("{error}"),
    }
}
