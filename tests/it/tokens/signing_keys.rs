//! Signing keys that two servers share and rotate (threats RT12, JW1 to JW5).

use latchkey::{
    accounts::UserId,
    relying_party::Clock,
    tokens::{AccessTokenError, KeyReport, TokenPair, Tokens, TokensError, Urgency, list_keys, rotate_keys},
};
use rstest::rstest;
use secrecy::ExposeSecret;
use serde_json::Value;
use tokio::task::JoinSet;

use super::server::{ORIGIN, Server, opening};
use crate::support::database::{Engine, KEY};

const DAY: i64 = 86_400;

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_servers_create_one_key(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let server = Server::on(engine).await;
    assert_eq!(server.test.count("signing_keys").await, 0, "nothing is made before somebody needs it");
    let mut tasks = JoinSet::new();
    for _ in 0..6 {
        let machine = server.other_server().await;
        tasks.spawn(async move { machine.jwks().await.unwrap() });
    }
    let documents = tasks.join_all().await;
    assert!(documents.iter().all(|document| document == &documents[0]));
    assert_eq!(documents[0]["keys"].as_array().unwrap().len(), 2, "one that signs and the next");
    assert_eq!(server.test.count("signing_keys").await, 2);
}

#[rstest]
#[tokio::test]
async fn a_rotation_rejects_no_valid_token(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let server = Server::on(engine).await;
    let ada = server.user("ada").await.id;
    let other = server.other_server().await;
    let before = server.sign_in(ada).await;
    verify(&other, &before).await.unwrap();

    // Twice, so that the signing key is one that no other server knows.
    for _ in 0..2 {
        rotate_keys(&server.database, server.clock.now(), Urgency::Immediate).await.unwrap();
    }
    let fresh = server.other_server().await;
    let after = fresh.issue_pair(&opening(ada, None)).await.unwrap();
    assert_ne!(kid(&before), kid(&after));
    for machine in [&server.tokens, &other, &fresh] {
        verify(machine, &before).await.expect("what the old key signed stays valid");
        verify(machine, &after).await.expect("an unknown key is looked for");
    }
    server.clock.advance(61);
    assert_eq!(kid(&server.sign_in(ada).await), kid(&after), "a minute later everybody signs with it");
}

#[rstest]
#[tokio::test]
async fn keys_rotate_by_themselves(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let server = Server::on(engine).await;
    let ada = server.user("ada").await.id;
    let first = server.sign_in(ada).await;
    let published = kids(&server.tokens.jwks().await.unwrap());
    server.clock.advance(30 * DAY + 1);
    let second = server.sign_in(ada).await;
    assert_ne!(kid(&first), kid(&second));
    assert!(published.contains(&kid(&second)), "it was published before");
    assert_eq!(kids(&server.tokens.jwks().await.unwrap()).len(), 3);
    server.clock.advance(3900);
    let left = kids(&server.tokens.jwks().await.unwrap());
    assert!(left.len() == 2 && !left.contains(&kid(&first)), "{left:?}");
    assert_eq!(server.test.count("signing_keys").await, 2);
}

#[rstest]
#[tokio::test]
async fn unknown_key_ids_and_outages_reject_no_valid_token(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let server = Server::on(engine).await;
    let pair = server.sign_in(server.user("ada").await.id).await;
    let machine = server.other_server().await;
    verify(&machine, &pair).await.unwrap();
    let stranger = |number: u32| renamed(&pair, &format!("key {number}"));
    // One query finds nothing: the rest of the flood does not query again.
    let unknown = machine.verify(&stranger(0)).await;
    assert!(matches!(unknown, Err(AccessTokenError::UnknownKey)), "{unknown:?}");
    server.test.execute("ALTER TABLE signing_keys RENAME TO away").await;
    for number in 1..1000 {
        let unknown = machine.verify(&stranger(number)).await;
        assert!(matches!(unknown, Err(AccessTokenError::UnknownKey)), "{number}: {unknown:?}");
    }
    server.clock.advance(11);
    let unread = machine.verify(&stranger(1001)).await;
    assert!(matches!(unread, Err(AccessTokenError::Internal(_))), "a database that is away says nothing: {unread:?}");
    server.clock.advance(100);
    verify(&machine, &pair).await.expect("keys in memory outlast it");
    server.test.execute("ALTER TABLE away RENAME TO signing_keys").await;
}

#[rstest]
#[tokio::test]
async fn the_private_key_is_sealed_and_resealed_after_rotation(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let server = Server::on(engine).await;
    let ada = server.user("ada").await.id;
    let pair = server.sign_in(ada).await;
    let [old, new] = [KEY, [8; 32]];
    let sealed = "SELECT private_key FROM signing_keys ORDER BY kid LIMIT 1";
    let before = server.test.text(sealed).await;
    assert_eq!(server.test.number("SELECT count(*) FROM signing_keys WHERE public_jwk LIKE '%\"d\"%'").await, 0);

    // The order of a rotation: first a server with both, then without the old secret.
    let both = server.server_with_keys(&[new, old]).await;
    assert_eq!(kid(&both.issue_pair(&opening(ada, None)).await.unwrap()), kid(&pair));
    assert_ne!(server.test.text(sealed).await, before, "sealed anew");
    let new_only = server.server_with_keys(&[new]).await;
    assert_eq!(kid(&new_only.issue_pair(&opening(ada, None)).await.unwrap()), kid(&pair));
    assert_eq!(server.test.count("signing_keys").await, 2);

    // A server that does not know of it continues with the keys that it has opened.
    server.clock.advance(61);
    assert_eq!(kid(&server.sign_in(ada).await), kid(&pair));
    assert_eq!(server.test.count("signing_keys").await, 2);
}

#[rstest]
#[tokio::test]
async fn a_server_with_another_secret_signs_with_its_own_keys(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let server = Server::on(engine).await;
    let ada = server.user("ada").await.id;
    let pair = server.sign_in(ada).await;
    let stranger = server.server_with_keys(&[[9; 32]]).await;
    verify(&stranger, &pair).await.unwrap();
    let theirs = stranger.issue_pair(&opening(ada, None)).await.unwrap();
    assert_ne!(kid(&theirs), kid(&pair));
    server.verify(&theirs).await.unwrap();
    assert_eq!(server.test.count("signing_keys").await, 4);
}

#[tokio::test]
async fn a_read_only_database_still_signs() {
    let server = Server::on(Engine::Sqlite).await;
    let ada = server.user("ada").await.id;
    let first = server.sign_in(ada).await;
    server
        .test
        .execute("CREATE TRIGGER full BEFORE INSERT ON signing_keys BEGIN SELECT RAISE(ABORT, 'disk full'); END")
        .await;
    server.clock.advance(31 * DAY);
    assert_ne!(kid(&server.sign_in(ada).await), kid(&first), "the next one takes over");
    server.test.execute("DROP TRIGGER full").await;
    server.clock.advance(61);
    assert_eq!(kids(&server.tokens.jwks().await.unwrap()).len(), 2);
}

#[rstest]
#[tokio::test]
async fn expired_and_foreign_access_tokens_are_rejected(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let server = Server::on(engine).await;
    let ada = server.user("ada").await.id;
    let pair = server.sign_in(ada).await;
    let api = Tokens::new(server.database.clone(), ORIGIN, Some("https://api.example"), server.clock.clone());
    let elsewhere = Tokens::new(server.database.clone(), "https://other.example", Some(ORIGIN), server.clock.clone());
    assert!(matches!(verify(&api, &pair).await, Err(AccessTokenError::Claim("aud"))));
    assert!(matches!(verify(&elsewhere, &pair).await, Err(AccessTokenError::Claim("iss"))));
    server.verify(&pair).await.unwrap();
    server.clock.advance(301);
    assert!(matches!(server.verify(&pair).await, Err(AccessTokenError::Expired)), "the cache knows it, too");
}

#[rstest]
#[tokio::test]
async fn the_report_states_the_role_of_each_key(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let server = Server::on(engine).await;
    let now = Clock::default().now();
    let none = list_keys(&server.database, now).await.unwrap();
    assert!(none.to_string().starts_with("There are no signing keys yet"));
    assert_eq!(states(&none.to_json()), Vec::<String>::new());
    let made = rotate_keys(&server.database, now, Urgency::Regular).await.unwrap();
    assert_eq!(states(&made.to_json()), ["signs", "next"]);
    let rotated = rotate_keys(&server.database, now + 5, Urgency::Immediate).await.unwrap();
    assert_eq!(states(&rotated.to_json()), ["past", "signs", "next"]);
    let listed = list_keys(&server.database, now + 5).await.unwrap();
    let parsed = |report: &KeyReport| serde_json::from_str::<Value>(&report.to_json()).unwrap();
    assert_eq!(parsed(&listed)["keys"], parsed(&rotated)["keys"]);
    assert_eq!(listed.to_string().lines().count(), 3, "{listed}");
    let report: Value = serde_json::from_str(&listed.to_json()).unwrap();
    assert_eq!((&report["schema"], &report["keys"][1]["opens"]), (&1.into(), &true.into()));
    assert!(!listed.to_json().contains("private") && !listed.to_json().contains("\"d\""));
}

#[rstest]
#[case::at_once(0, true)]
#[case::nearly_fifteen_minutes_later(899, true)]
#[case::fifteen_minutes_later(900, false)]
#[tokio::test]
async fn an_early_rotation_is_refused_unless_urgent(
    #[case] after: i64,
    #[case] is_early: bool,
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let server = Server::on(engine).await;
    let now = Clock::default().now();
    let first = rotate_keys(&server.database, now, Urgency::Regular).await.unwrap();
    assert!(!first.to_json().contains("warning"), "no verifier has an older set: {first}");
    let regular = rotate_keys(&server.database, now + after, Urgency::Regular).await;
    assert_eq!(regular.is_err(), is_early, "{regular:?}");
    if is_early {
        let error = regular.unwrap_err();
        assert!(matches!(&error, TokensError::NextKeyTooRecent { .. }), "{error}");
        let listed = list_keys(&server.database, now).await.unwrap();
        assert_eq!(listed.to_json(), first.to_json(), "nothing was changed");
        let urgent = rotate_keys(&server.database, now + after, Urgency::Immediate).await.unwrap();
        assert!(urgent.to_string().contains("less than fifteen minutes ago"), "{urgent}");
        assert!(urgent.to_json().contains("\"warning\""));
    } else {
        assert!(!regular.unwrap().to_json().contains("warning"));
    }
    let listed = list_keys(&server.database, now + after).await.unwrap();
    assert!(!listed.to_json().contains("warning"), "looking is no rotation");
}

async fn verify(tokens: &Tokens, pair: &TokenPair) -> Result<UserId, AccessTokenError> {
    tokens.verify(pair.access_token.expose_secret()).await.map(|claims| claims.user())
}

fn header(pair: &TokenPair) -> Value {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let header = pair.access_token.expose_secret().split('.').next().unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap()
}

fn kid(pair: &TokenPair) -> String {
    header(pair)["kid"].as_str().unwrap().to_owned()
}

/// The token with another key id in its header.
fn renamed(pair: &TokenPair, kid: &str) -> String {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let mut header = header(pair);
    header["kid"] = kid.into();
    let rest = pair.access_token.expose_secret().split_once('.').unwrap().1;
    format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header.to_string()))
}

fn kids(document: &Value) -> Vec<String> {
    document["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

fn states(report: &str) -> Vec<String> {
    let report: Value = serde_json::from_str(report).unwrap();
    report["keys"].as_array().unwrap().iter().map(|key| key["state"].as_str().unwrap().to_owned()).collect()
}
