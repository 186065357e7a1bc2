//! The keys that access tokens are signed with: one signs, one is next, none has outlived itself, and all of them open.

use secrecy::ExposeSecret;

use super::finding::{Area, Findings};
use crate::{
    config::Config,
    sealing::Sealer,
    store::{Database, StoreError, StoredKey},
    tokens::{KeyState, key_state},
};

/// Reads the keys of a database whose schema is ours. `None` where the settings do not get that far.
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
            findings.failure("read", error.to_string(), "check the database, and run `latchkey doctor` again")
        }
        Ok(keys) if keys.is_empty() => findings.ok("read", "none yet: the first token makes them"),
        Ok(keys) => {
            times(&mut findings, keys, now);
            sealed(&mut findings, keys);
        }
    }
    findings
}

/// A server at work sees to all of this each minute.
fn times(findings: &mut Findings, keys: &[StoredKey], now: i64) {
    let in_state = |state| keys.iter().filter(move |key| key_state(&key.times, now) == state);
    let able = |state| in_state(state).filter(|key| key.private_key.is_some()).max_by_key(|key| key.times.signs_from);
    let days = |until: i64| (until - now) / 86_400;
    match able(KeyState::Signs) {
        Some(key) => findings.ok("signs", format!("{}, for {} days more", key.kid, days(key.times.signs_until))),
        None => findings.warning(
            "signs",
            "no key signs: the next token makes one, which nobody has heard of",
            "start a server in token mode; others who verify our tokens may refuse them for as long as they keep our set",
        ),
    }
    match able(KeyState::Next) {
        Some(key) => findings.ok("next", format!("{}, in {} days", key.kid, days(key.times.signs_from))),
        None => findings.warning(
            "next",
            "no key is next: when the one that signs ends, nobody has heard of its successor",
            "start a server in token mode, or run `latchkey keys rotate`",
        ),
    }
    match in_state(KeyState::Expired).count() {
        0 => findings.ok("past", format!("{} believed and signing no more", in_state(KeyState::Past).count())),
        count => findings.hint(
            "past",
            format!("{count} past their time: nobody believes them, and nobody has taken them away"),
            "nothing: a server in token mode takes them away",
        ),
    }
}

fn sealed(findings: &mut Findings, keys: &[StoredKey]) {
    let closed = keys.iter().filter(|key| key.private_key.is_none()).count();
    let old = keys.iter().filter(|key| key.private_key.is_some() && !key.sealed_anew).count();
    if closed > 0 {
        findings.warning(
            "sealed",
            format!("{closed} of {} do not open with SECRET_KEY: they verify, and sign nothing", keys.len()),
            "put the key that sealed them at the end of SECRET_KEY; if it is lost, nothing: others are made",
        );
    } else if old > 0 {
        findings.hint(
            "sealed",
            format!("{old} of {} are sealed with an older SECRET_KEY", keys.len()),
            "keep that key until a server in token mode has run for a minute with the new one: it seals them anew",
        );
    } else {
        findings.ok("sealed", "all with the first SECRET_KEY");
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
            sealed_anew: true,
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
    fn keys_in_order_are_fine(#[values("signs", "next", "past", "sealed")] check: &str) {
        assert_eq!(verdict(healthy(), check), Verdict::Ok);
    }

    #[rstest]
    #[case::nobody_signs("signs", |keys: &mut Vec<StoredKey>| drop(keys.remove(1)), Verdict::Warning)]
    #[case::nobody_is_next("next", |keys: &mut Vec<StoredKey>| drop(keys.pop()), Verdict::Warning)]
    #[case::past("past", |keys: &mut Vec<StoredKey>| keys[0].times.expires_at = NOW, Verdict::Hint)]
    #[case::closed("sealed", |keys: &mut Vec<StoredKey>| keys[0].private_key = None, Verdict::Warning)]
    #[case::the_signer_is_closed("signs", |keys: &mut Vec<StoredKey>| keys[1].private_key = None, Verdict::Warning)]
    #[case::old("sealed", |keys: &mut Vec<StoredKey>| keys[0].sealed_anew = false, Verdict::Hint)]
    fn what_is_out_of_order_is_told(
        #[case] check: &str,
        #[case] spoil: fn(&mut Vec<StoredKey>),
        #[case] expected: Verdict,
    ) {
        let mut keys = healthy();
        spoil(&mut keys);
        assert_eq!(verdict(keys, check), expected);
    }

    #[test]
    fn no_keys_are_no_trouble_and_unread_ones_are() {
        assert_eq!(verdict(Vec::new(), "read"), Verdict::Ok);
        let unread = Err(StoreError::Corrupt("signing_keys".to_owned()));
        assert_eq!(findings(&unread, NOW).verdict("read"), Some(Verdict::Failure));
    }
}
