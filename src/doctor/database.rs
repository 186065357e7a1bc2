//! Whether the database answers, and whether its schema is current.

use std::{fs, os::unix::fs::PermissionsExt};

use super::{
    finding::{Area, Findings},
    secret_key::age,
};
use crate::store::{DatabaseCheckup, Migrations, Pooling, Reach, StoreError};

/// `in_development`: a missing database is only a hint. `now` in Unix seconds.
pub(super) fn findings(checkup: Result<DatabaseCheckup, StoreError>, in_development: bool, now: i64) -> Findings {
    let mut findings = Findings::about(Area::Database);
    match checkup {
        Err(error) => findings.failure("reached", error.to_string(), "correct DATABASE_URL"),
        Ok(checkup) => reached(&mut findings, &checkup, in_development, now),
    }
    findings
}

fn reached(findings: &mut Findings, checkup: &DatabaseCheckup, in_development: bool, now: i64) {
    let place = &checkup.place;
    match &checkup.reach {
        Reach::NoFile if in_development => findings.hint(
            "reached",
            format!("{place}: does not exist yet"),
            "nothing to do: the first start creates it",
        ),
        Reach::NoFile => findings.warning(
            "reached",
            format!("{place}: does not exist yet; the first start creates it"),
            "if you expect data there, check DATABASE_URL and the working directory",
        ),
        Reach::Unreachable(error) => findings.failure(
            "reached",
            format!("{place}: {}", error.problem()),
            error
                .advice()
                .unwrap_or("check that the database is running, and the host, name, user and password in DATABASE_URL"),
        ),
        Reach::Reached { migrations: found, pooling } => {
            findings.ok("reached", place);
            pooler(findings, *pooling);
            file(findings, checkup, now);
            if let Some(found) = found {
                migrations(findings, found);
            }
        }
    }
}

fn pooler(findings: &mut Findings, pooling: Pooling) {
    const ADVICE: &str = "give Latchkey a pool with pool_mode = session, or connect it to PostgreSQL directly";
    match pooling {
        Pooling::OwnSession => {}
        Pooling::SharedSessions { keeps_statements: false } => findings.failure(
            "pooler",
            "a pooler in transaction mode mixes up prepared statements: this version will not start, as every sign-in \
             would fail",
            ADVICE,
        ),
        Pooling::SplitReads => findings.warning(
            "pooler",
            "a pgpool-II that sends reads to standbys: users look signed out right after a sign-in when a standby is a \
             moment behind",
            "set load_balance_mode = off there, or connect Latchkey to the primary",
        ),
        Pooling::SharedSessions { keeps_statements: true } => findings.warning(
            "pooler",
            "a pooler in transaction mode: time-outs that Latchkey sets for its sessions reach other clients of the pooler",
            ADVICE,
        ),
    }
}

fn file(findings: &mut Findings, checkup: &DatabaseCheckup, now: i64) {
    let Some((path, metadata)) = checkup.file.as_ref().and_then(|path| Some((path, fs::metadata(path).ok()?))) else {
        return;
    };
    let since = metadata.created().ok().map(|made| format!(", {} old", age(made, now))).unwrap_or_default();
    let message = format!("{} KB{since}", metadata.len().div_ceil(1024));
    let mode = metadata.permissions().mode() & 0o777;
    match mode & 0o007 {
        0 => findings.ok("file", message),
        _ => findings.hint(
            "file",
            format!("{message}, mode {mode:04o}: every user of this machine can read your users' emails and names"),
            format!("chmod 600 {}, unless its folder is private", path.display()),
        ),
    }
}

fn migrations(findings: &mut Findings, found: &Migrations) {
    if let Some(version) = found.half_done {
        findings.failure(
            "migrations",
            format!("migration {version} was started but not finished"),
            "restore the backup from before it, or finish it by hand and mark it in _sqlx_migrations",
        );
    } else if !found.unknown.is_empty() {
        findings.failure(
            "migrations",
            format!(
                "applied by a newer version and unknown to this one, which will not start: {}",
                numbers(&found.unknown)
            ),
            "run the newer version, or restore the backup from before it",
        );
    } else if !found.changed.is_empty() {
        findings.failure(
            "migrations",
            format!("applied with different contents; this version will not start: {}", numbers(&found.changed)),
            "run the build that applied them; a released migration is never edited",
        );
    } else if found.pending.is_empty() && !found.additive.is_empty() {
        let newer = numbers(&found.additive);
        findings.hint(
            "migrations",
            format!("a newer version has added to the schema ({newer}); this version works with it"),
            "nothing to do, if you are going back; otherwise install the newer version",
        );
    } else if found.pending.is_empty() {
        findings.ok("migrations", format!("up to date, {} applied", found.applied.len()));
    } else {
        findings.warning(
            "migrations",
            format!("not applied yet: {}", numbers(&found.pending)),
            "run `latchkey migrate`; the next start also applies them",
        );
    }
}

fn numbers(versions: &[i64]) -> String {
    versions.iter().map(i64::to_string).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::doctor::Verdict;

    fn found(migrations: Migrations) -> Findings {
        let reach = Reach::Reached { migrations: Some(migrations), pooling: Pooling::OwnSession };
        findings(Ok(DatabaseCheckup { place: "PostgreSQL at db".to_owned(), file: None, reach }), false, 0)
    }

    #[rstest]
    #[case::current(Migrations { applied: vec![1, 2], ..Migrations::default() }, Verdict::Ok)]
    #[case::pending(Migrations { applied: vec![1], pending: vec![2], ..Migrations::default() }, Verdict::Warning)]
    #[case::newer(Migrations { applied: vec![1], unknown: vec![2], ..Migrations::default() }, Verdict::Failure)]
    #[case::added_to(Migrations { applied: vec![1], additive: vec![2], ..Migrations::default() }, Verdict::Hint)]
    #[case::changed(Migrations { changed: vec![1], pending: vec![2], ..Migrations::default() }, Verdict::Failure)]
    #[case::half_done(Migrations { half_done: Some(1), pending: vec![2], ..Migrations::default() }, Verdict::Failure)]
    fn migrations_that_prevent_the_start_are_failures(#[case] migrations: Migrations, #[case] verdict: Verdict) {
        assert_eq!(migrations.blocks_start(), verdict == Verdict::Failure);
        assert_eq!(found(migrations).verdict("migrations"), Some(verdict));
    }

    #[rstest]
    #[case(true, Verdict::Hint)]
    #[case(false, Verdict::Warning)]
    fn a_missing_file_is_a_warning_in_production(#[case] in_development: bool, #[case] verdict: Verdict) {
        let checkup = DatabaseCheckup { place: "SQLite, x.db".to_owned(), file: None, reach: Reach::NoFile };
        assert_eq!(findings(Ok(checkup), in_development, 0).verdict("reached"), Some(verdict));
    }

    #[rstest]
    #[case(Pooling::OwnSession, None)]
    #[case(Pooling::SharedSessions { keeps_statements: false }, Some(Verdict::Failure))]
    #[case(Pooling::SharedSessions { keeps_statements: true }, Some(Verdict::Warning))]
    #[case(Pooling::SplitReads, Some(Verdict::Warning))]
    fn an_unsuitable_pooler_is_named(#[case] pooling: Pooling, #[case] verdict: Option<Verdict>) {
        let reach = Reach::Reached { migrations: None, pooling };
        let checkup = DatabaseCheckup { place: "PostgreSQL at db".to_owned(), file: None, reach };
        assert_eq!(findings(Ok(checkup), false, 0).verdict("pooler"), verdict);
    }

    #[test]
    fn an_unusable_url_is_a_failure() {
        let checkup = Err(StoreError::Url("DATABASE_URL is not a URL"));
        assert_eq!(findings(checkup, true, 0).verdict("reached"), Some(Verdict::Failure));
    }
}
