//! Signing keys that two machines share and that change meanwhile (threats RT12, JW1 to JW5 for our own).

use latchkey::{
    accounts::UserId,
    relying_party::Clock,
    tokens::{AccessTokenError, KeyReport, TokenPair, Tokens, list_keys, rotate_keys},
};
use rstest::rstest;
use secrecy::ExposeSecret;
use serde_json::Value;
use tokio::task::JoinSet;

use super::mock::{MockProvider, ORIGIN, opening};
use crate::support::database::Engine;

const DAY: i64 = 86_400;

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn machines_that_need_a_key_at_once_make_one(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let mock = MockProvider::on(engine).await;
    assert_eq!(mock.test.count("signing_keys").await, 0, "nothing is made before somebody needs it");
    let mut tasks = JoinSet::new();
    for _ in 0..6 {
        let machine = mock.another_machine().await;
        tasks.spawn(async move { machine.jwks().await.unwrap() });
    }
    let documents = tasks.join_all().await;
    assert!(documents.iter().all(|document| document == &documents[0]));
    assert_eq!(documents[0]["keys"].as_array().unwrap().len(), 2, "one that signs and the next");
    assert_eq!(mock.test.count("signing_keys").await, 2);
}

#[rstest]
#[tokio::test]
async fn a_rotation_leaves_nobody_out(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let mock = MockProvider::on(engine).await;
    let ada = mock.person("ada").await.id;
    let other = mock.another_machine().await;
    let before = mock.sign_in(ada).await;
    verify(&other, &before).await.unwrap();

    // Twice, so that the key which signs is one that nobody has heard of.
    for _ in 0..2 {
        rotate_keys(&mock.database, mock.clock.now()).await.unwrap();
    }
    let fresh = mock.another_machine().await;
    let after = fresh.issue_pair(&opening(ada, None)).await.unwrap();
    assert_ne!(kid(&before), kid(&after));
    for machine in [&mock.tokens, &other, &fresh] {
        verify(machine, &before).await.expect("what the old key signed stays valid");
        verify(machine, &after).await.expect("an unknown key is looked for");
    }
    mock.clock.advance(61);
    assert_eq!(kid(&mock.sign_in(ada).await), kid(&after), "a minute later everybody signs with it");
}

#[rstest]
#[tokio::test]
async fn keys_follow_one_another_by_themselves(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let mock = MockProvider::on(engine).await;
    let ada = mock.person("ada").await.id;
    let first = mock.sign_in(ada).await;
    let published = kids(&mock.tokens.jwks().await.unwrap());
    mock.clock.advance(30 * DAY + 1);
    let second = mock.sign_in(ada).await;
    assert_ne!(kid(&first), kid(&second));
    assert!(published.contains(&kid(&second)), "it was published before");
    assert_eq!(kids(&mock.tokens.jwks().await.unwrap()).len(), 3);
    mock.clock.advance(3900);
    let left = kids(&mock.tokens.jwks().await.unwrap());
    assert!(left.len() == 2 && !left.contains(&kid(&first)), "{left:?}");
    assert_eq!(mock.test.count("signing_keys").await, 2);
}

#[rstest]
#[tokio::test]
async fn a_flood_of_unknown_keys_and_a_database_that_is_away_keep_nobody_out(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let mock = MockProvider::on(engine).await;
    let pair = mock.sign_in(mock.person("ada").await.id).await;
    let machine = mock.another_machine().await;
    verify(&machine, &pair).await.unwrap();
    let stranger = |number: u32| renamed(&pair, &format!("key {number}"));
    // A look that finds nothing is one look: the rest of the flood does not ask.
    let unknown = machine.verify(&stranger(0)).await;
    assert!(matches!(unknown, Err(AccessTokenError::UnknownKey)), "{unknown:?}");
    mock.test.execute("ALTER TABLE signing_keys RENAME TO away").await;
    for number in 1..1000 {
        let unknown = machine.verify(&stranger(number)).await;
        assert!(matches!(unknown, Err(AccessTokenError::UnknownKey)), "{number}: {unknown:?}");
    }
    mock.clock.advance(11);
    let unread = machine.verify(&stranger(1001)).await;
    assert!(matches!(unread, Err(AccessTokenError::Internal(_))), "a database that is away says nothing: {unread:?}");
    mock.clock.advance(100);
    verify(&machine, &pair).await.expect("keys in memory outlast it");
    mock.test.execute("ALTER TABLE away RENAME TO signing_keys").await;
}

#[rstest]
#[tokio::test]
async fn the_private_half_is_sealed_and_a_new_secret_seals_it_anew(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let mock = MockProvider::on(engine).await;
    let ada = mock.person("ada").await.id;
    let pair = mock.sign_in(ada).await;
    let [old, new] = [[7; 32], [8; 32]];
    let sealed = "SELECT private_key FROM signing_keys ORDER BY kid LIMIT 1";
    let before = mock.test.text(sealed).await;
    assert_eq!(mock.test.number("SELECT count(*) FROM signing_keys WHERE public_jwk LIKE '%\"d\"%'").await, 0);

    // The order of a rotation: first a machine with both, then the old secret is taken away.
    let both = mock.machine_with(&[new, old]).await;
    assert_eq!(kid(&both.issue_pair(&opening(ada, None)).await.unwrap()), kid(&pair));
    assert_ne!(mock.test.text(sealed).await, before, "sealed anew");
    let new_only = mock.machine_with(&[new]).await;
    assert_eq!(kid(&new_only.issue_pair(&opening(ada, None)).await.unwrap()), kid(&pair));
    assert_eq!(mock.test.count("signing_keys").await, 2);

    // A machine that has not heard of it goes on with what it has opened.
    mock.clock.advance(61);
    assert_eq!(kid(&mock.sign_in(ada).await), kid(&pair));
    assert_eq!(mock.test.count("signing_keys").await, 2);
}

#[rstest]
#[tokio::test]
async fn who_has_another_secret_signs_with_keys_of_their_own_and_believes_the_others(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let mock = MockProvider::on(engine).await;
    let ada = mock.person("ada").await.id;
    let pair = mock.sign_in(ada).await;
    let stranger = mock.machine_with(&[[9; 32]]).await;
    verify(&stranger, &pair).await.unwrap();
    let theirs = stranger.issue_pair(&opening(ada, None)).await.unwrap();
    assert_ne!(kid(&theirs), kid(&pair));
    mock.verify(&theirs).await.unwrap();
    assert_eq!(mock.test.count("signing_keys").await, 4);
}

#[tokio::test]
async fn keys_that_can_be_read_and_not_changed_still_sign() {
    let mock = MockProvider::on(Engine::Sqlite).await;
    let ada = mock.person("ada").await.id;
    let first = mock.sign_in(ada).await;
    mock.test
        .execute("CREATE TRIGGER full BEFORE INSERT ON signing_keys BEGIN SELECT RAISE(ABORT, 'disk full'); END")
        .await;
    mock.clock.advance(31 * DAY);
    assert_ne!(kid(&mock.sign_in(ada).await), kid(&first), "the next one takes over");
    mock.test.execute("DROP TRIGGER full").await;
    mock.clock.advance(61);
    assert_eq!(kids(&mock.tokens.jwks().await.unwrap()).len(), 2);
}

#[rstest]
#[tokio::test]
async fn an_access_token_ends_and_one_for_others_is_not_ours(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let mock = MockProvider::on(engine).await;
    let ada = mock.person("ada").await.id;
    let pair = mock.sign_in(ada).await;
    let api = Tokens::new(mock.database.clone(), ORIGIN, Some("https://api.example"), mock.clock.clone());
    let elsewhere = Tokens::new(mock.database.clone(), "https://other.example", Some(ORIGIN), mock.clock.clone());
    assert!(matches!(verify(&api, &pair).await, Err(AccessTokenError::Claim("aud"))));
    assert!(matches!(verify(&elsewhere, &pair).await, Err(AccessTokenError::Claim("iss"))));
    mock.verify(&pair).await.unwrap();
    mock.clock.advance(301);
    assert!(matches!(mock.verify(&pair).await, Err(AccessTokenError::Expired)), "the cache knows it, too");
}

#[rstest]
#[tokio::test]
async fn the_report_tells_which_key_does_what(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let mock = MockProvider::on(engine).await;
    let now = Clock::default().now();
    let none = list_keys(&mock.database, now).await.unwrap();
    assert!(none.to_string().starts_with("There are no signing keys yet"));
    assert_eq!(states(&none.to_json()), Vec::<String>::new());
    let made = rotate_keys(&mock.database, now).await.unwrap();
    assert_eq!(states(&made.to_json()), ["signs", "next"]);
    let rotated = rotate_keys(&mock.database, now + 5).await.unwrap();
    assert_eq!(states(&rotated.to_json()), ["past", "signs", "next"]);
    let listed = list_keys(&mock.database, now + 5).await.unwrap();
    let told = |report: &KeyReport| serde_json::from_str::<Value>(&report.to_json()).unwrap();
    assert_eq!(told(&listed)["keys"], told(&rotated)["keys"]);
    assert_eq!(listed.to_string().lines().count(), 3, "{listed}");
    let report: Value = serde_json::from_str(&listed.to_json()).unwrap();
    assert_eq!((&report["schema"], &report["keys"][1]["opens"]), (&1.into(), &true.into()));
    assert!(!listed.to_json().contains("private") && !listed.to_json().contains("\"d\""));
}

#[rstest]
#[case::at_once(0, true)]
#[case::nearly_five_minutes_later(299, true)]
#[case::five_minutes_later(300, false)]
#[tokio::test]
async fn who_rotates_before_others_can_know_the_next_key_is_warned(#[case] after: i64, #[case] warned: bool) {
    let mock = MockProvider::on(Engine::Sqlite).await;
    let now = Clock::default().now();
    let first = rotate_keys(&mock.database, now).await.unwrap();
    assert!(!first.to_json().contains("warning"), "nobody has an older one: {first}");
    let report = rotate_keys(&mock.database, now + after).await.unwrap();
    assert_eq!(report.to_string().contains("less than five minutes ago"), warned, "{report}");
    assert_eq!(report.to_json().contains("\"warning\""), warned);
    let listed = list_keys(&mock.database, now + after).await.unwrap();
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

/// The token with another key's name in its header.
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
