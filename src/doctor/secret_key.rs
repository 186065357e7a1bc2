//! `SECRET_KEY`: its source, its age, and who else can read it.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

use super::finding::{Area, Findings};
use crate::config::{KeySource, SecretKeys};

/// `now` in Unix seconds.
pub(super) fn findings(keys: &SecretKeys, now: i64) -> Findings {
    let mut findings = Findings::about(Area::SecretKey);
    match keys.source() {
        KeySource::Environment => from_environment(&mut findings, keys.iter().count()),
        KeySource::NewFile(path) => {
            findings.ok("source", format!("SECRET_KEY is not set: the first start creates {}", path.display()));
        }
        KeySource::File(path) => match fs::metadata(path) {
            Ok(metadata) => {
                let age = metadata.modified().ok().map(|written| age(written, now));
                in_file(&mut findings, path, metadata.permissions().mode(), age.as_deref());
            }
            Err(_) => findings.failure(
                "source",
                format!("{} cannot be read", path.display()),
                "check the permissions of its folder",
            ),
        },
    }
    findings
}

/// In hours or days. `now` in Unix seconds.
pub(super) fn age(then: SystemTime, now: i64) -> String {
    let then = then.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let hours = now.saturating_sub(i64::try_from(then).unwrap_or(i64::MAX)).max(0) / 3600;
    match hours {
        0 => "less than an hour".to_owned(),
        1..48 => format!("{hours} h"),
        _ => format!("{} days", hours / 24),
    }
}

fn from_environment(findings: &mut Findings, count: usize) {
    match count {
        1 => findings.ok("source", "SECRET_KEY is set"),
        several => findings.hint(
            "source",
            format!("SECRET_KEY has {several} keys: the first one encrypts, the others only decrypt"),
            "90 days after you added the first one, remove the others",
        ),
    }
}

/// The threat: a reader of the key can forge cookies.
fn in_file(findings: &mut Findings, path: &Path, mode: u32, age: Option<&str>) {
    let path = path.display();
    let since = age.map(|age| format!(", {age} old")).unwrap_or_default();
    findings.ok("source", format!("{path}{since}"));
    match mode & 0o077 {
        0 => findings.ok("file_mode", format!("{:04o}", mode & 0o777)),
        _ => findings.warning(
            "file_mode",
            format!("{:04o}: other users of this machine can read or change the key", mode & 0o777),
            format!(
                "chmod 600 {path}; if others may have read it, delete it and restart: users then repeat pending sign-ins and reconnect their services"
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rstest::rstest;

    use super::*;
    use crate::doctor::Verdict;

    #[rstest]
    #[case(0o100_600, Verdict::Ok)]
    #[case(0o100_400, Verdict::Ok)]
    #[case(0o100_640, Verdict::Warning)]
    #[case(0o100_604, Verdict::Warning)]
    #[case(0o100_602, Verdict::Warning)]
    fn a_key_that_others_can_read_is_a_warning(#[case] mode: u32, #[case] verdict: Verdict) {
        let mut findings = Findings::about(Area::SecretKey);
        in_file(&mut findings, Path::new("data/secret.key"), mode, Some("3 days"));
        assert_eq!(findings.verdict("file_mode"), Some(verdict));
        assert_eq!(findings.list[0].message, "data/secret.key, 3 days old");
    }

    #[rstest]
    #[case(10, "less than an hour")]
    #[case(-10, "less than an hour")]
    #[case(7_200, "2 h")]
    #[case(86_400 * 2, "2 days")]
    #[case(86_400 * 400, "400 days")]
    fn ages_are_rounded(#[case] seconds: i64, #[case] expected: &str) {
        let then = 1_700_000_000;
        assert_eq!(age(UNIX_EPOCH + Duration::from_secs(then), i64::try_from(then).unwrap() + seconds), expected);
    }

    #[test]
    fn keys_are_counted_but_not_shown() {
        let key = "bGV0IHRoaXMgYmUgYSBrZXkgb2YgMzIgYnl0ZXMgb3IgbW9yZQ==";
        let keys = SecretKeys::parse(&format!("{key},{key}")).unwrap();
        let findings = findings(&keys, 0);
        let finding = &findings.list[0];
        assert!(finding.message.contains("2 keys") && !finding.message.contains(key));
        assert!(finding.verdict == Verdict::Hint && finding.next.as_deref().unwrap().starts_with("90 days"));
        let one = super::findings(&SecretKeys::parse(key).unwrap(), 0);
        assert_eq!(one.verdict("source"), Some(Verdict::Ok));
    }
}
