//! The signing keys of access tokens: one signs, one is next, no expired one is left, and SECRET_KEY decrypts them all.

use secrecy::ExposeSecret;

use super::finding::{Area, Findings};
use crate::{
    config::Config,
    sealing::Sealer,
    store::{Database, StoreError, StoredKey},
    tokens::{KeyState, key_state},
};

/// Needs a database with a current schema. `None` when no sealer can be made of the secret keys.
pub(super) async fn read(config: &Config) -> Option<Result<Vec<StoredKey>, StoreError>> {
    let sealer = Sealer::new(config.secret_keys.iter(), "database").ok()?;
    let database = match Database::connect(config.database_url.expose_secret(), sealer).await {
        Ok(database) => database,
        Err(error) => return Some(Err(error)),
    };
    let keys = database.signing_keys().await;
    database.close().await;
    Some(keys)
}

/// `now` in Unix seconds.
pub(super) fn findings(keys: &Result<Vec<StoredKey>, StoreError>, now: i64) -> Findings {
    let mut findings = Findings::about(Area::SigningKeys);
    match keys {
        Err(error) => {
            findings.failure("read", error.to_string(), "check the database, then run `latchkey doctor` again")
        }
        Ok(keys) if keys.is_empty() => findings.ok("read", "none yet: the first token creates them"),
        Ok(keys) => {
            times(&mut findings, keys, now);
            sealed(&mut findings, keys);
        }
    }
    findings
}

/// A running server fixes all of this within a minute.
fn times(findings: &mut Findings, keys: &[StoredKey], now: i64) {
    let in_state = |state| keys.iter().filter(move |key| key_state(&key.times, now) == state);
    let usable = |state| in_state(state).filter(|key| key.private_key.is_some()).max_by_key(|key| key.times.signs_from);
    let days = |until: i64| (until - now) / 86_400;
    match usable(KeyState::Signs) {
        Some(key) => findings.ok("signs", format!("{}, for {} more days", key.kid, days(key.times.signs_until))),
        None => findings.warning(
            "signs",
            "no key signs: the next token creates one that was not published in advance",
            "start a server in token mode; services may reject new tokens until they refresh their copy of our JWK set",
        ),
    }
    match usable(KeyState::Next) {
        Some(key) => findings.ok("next", format!("{}, in {} days", key.kid, days(key.times.signs_from))),
        None => findings.warning(
            "next",
            "no next key: when the signing key expires, its successor will not have been published",
            "start a server in token mode, or run `latchkey keys rotate`",
        ),
    }
    match in_state(KeyState::Expired).count() {
        0 => findings.ok("past", format!("{} retired but still accepted", in_state(KeyState::Past).count())),
        count => findings.hint(
            "past",
            format!("{count} expired and not deleted yet"),
            "nothing to do: a server in token mode deletes them",
        ),
    }
}

fn sealed(findings: &mut Findings, keys: &[StoredKey]) {
    let unreadable = keys.iter().filter(|key| key.private_key.is_none()).count();
    let old = keys.iter().filter(|key| key.private_key.is_some() && !key.sealed_with_newest_key).count();
    if unreadable > 0 {
        findings.warning(
            "sealed",
            format!(
                "{unreadable} of {} cannot be decrypted with SECRET_KEY: they verify tokens but cannot sign",
                keys.len()
            ),
            "append the key that encrypted them to SECRET_KEY; if it is lost, nothing to do: new ones are created",
        );
    } else if old > 0 {
        findings.hint(
            "sealed",
            format!("{old} of {} are encrypted with an older key of SECRET_KEY", keys.len()),
            "keep that key until a server in token mode has run for a minute with the new one: it re-encrypts them",
        );
    } else {
        findings.ok("sealed", "all encrypted with the first key of SECRET_KEY");
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use secrecy::SecretSlice;

    use super::*;
    use crate::{doctor::Verdict, store::KeyTimes};

    const NOW: i64 = 1_800_000_000;
    const DAY: i64 = 86_400;

    fn key(signs_from: i64, signs_until: i64) -> StoredKey {
        StoredKey {
            kid: format!("key of {signs_from}"),
            private_key: Some(SecretSlice::from(vec![1])),
            sealed_with_newest_key: true,
            public_jwk: "{}".to_owned(),
            times: KeyTimes {
                created_at: NOW - 90 * DAY,
                signs_from: NOW + signs_from,
                signs_until: NOW + signs_until,
                expires_at: NOW + signs_until + 3900,
            },
        }
    }

    fn healthy() -> Vec<StoredKey> {
        vec![key(-31 * DAY, -60), key(-60, 30 * DAY), key(30 * DAY, 60 * DAY)]
    }

    fn verdict(keys: Vec<StoredKey>, check: &str) -> Verdict {
        let findings = findings(&Ok(keys), NOW);
        findings.verdict(check).unwrap_or_else(|| panic!("{findings:?}"))
    }

    #[rstest]
    fn a_complete_set_is_ok(#[values("signs", "next", "past", "sealed")] check: &str) {
        assert_eq!(verdict(healthy(), check), Verdict::Ok);
    }

    #[rstest]
    #[case::no_signer("signs", |keys: &mut Vec<StoredKey>| drop(keys.remove(1)), Verdict::Warning)]
    #[case::no_next("next", |keys: &mut Vec<StoredKey>| drop(keys.pop()), Verdict::Warning)]
    #[case::expired("past", |keys: &mut Vec<StoredKey>| keys[0].times.expires_at = NOW, Verdict::Hint)]
    #[case::unreadable("sealed", |keys: &mut Vec<StoredKey>| keys[0].private_key = None, Verdict::Warning)]
    #[case::unreadable_signer("signs", |keys: &mut Vec<StoredKey>| keys[1].private_key = None, Verdict::Warning)]
    #[case::old("sealed", |keys: &mut Vec<StoredKey>| keys[0].sealed_with_newest_key = false, Verdict::Hint)]
    fn an_incomplete_set_is_reported(
        #[case] check: &str,
        #[case] break_it: fn(&mut Vec<StoredKey>),
        #[case] expected: Verdict,
    ) {
        let mut keys = healthy();
        break_it(&mut keys);
        assert_eq!(verdict(keys, check), expected);
    }

    #[test]
    fn no_keys_are_ok_and_unreadable_rows_fail() {
        assert_eq!(verdict(Vec::new(), "read"), Verdict::Ok);
        let corrupt = Err(StoreError::Corrupt("signing_keys".to_owned()));
        assert_eq!(findings(&corrupt, NOW).verdict("read"), Some(Verdict::Failure));
    }
}
