//! Why a connection could not be opened, in the operator's words: what is wrong, and what to do.

use std::io::ErrorKind;

use sqlx::Error;

use crate::store::engine::checkup::place_of;
use crate::store::engine::engines::Engine;
use crate::store::error::StoreError;

/// A connection could not be opened.
#[derive(Debug, thiserror::Error)]
#[error("{place}: {}", sentence(.explanation.as_ref(), .source))]
pub(in crate::store) struct ConnectError {
    /// The engine with the file or the host.
    place: String,
    explanation: Option<Explanation>,
    source: Error,
}

fn sentence(explanation: Option<&Explanation>, source: &Error) -> String {
    match explanation {
        Some(Explanation { problem, advice }) => format!("{problem} ({source}); {advice}"),
        None => source.to_string(),
    }
}

pub(super) fn unavailable(engine: Engine, url: &str, source: Error) -> StoreError {
    let explanation = explain(engine, &source);
    StoreError::Unavailable(ConnectError { place: place_of(engine, url), explanation, source }.into())
}

impl StoreError {
    /// Of a connection that could not be opened: what to do about it.
    pub fn advice(&self) -> Option<&'static str> {
        let Self::Unavailable(cause) = self else { return None };
        cause.downcast_ref::<ConnectError>()?.explanation.map(|explanation| explanation.advice)
    }

    /// The same: what is wrong, without [`advice`](Self::advice).
    pub fn problem(&self) -> String {
        let Self::Unavailable(cause) = self else { return self.to_string() };
        match cause.downcast_ref::<ConnectError>() {
            Some(ConnectError { explanation: Some(explanation), source, .. }) => {
                format!("{} ({source})", explanation.problem)
            }
            Some(ConnectError { source, .. }) => source.to_string(),
            None => cause.to_string(),
        }
    }
}

/// What is wrong, and what to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Explanation {
    pub(super) problem: &'static str,
    pub(super) advice: &'static str,
}

const fn explained(problem: &'static str, advice: &'static str) -> Option<Explanation> {
    Some(Explanation { problem, advice })
}

/// `None` for what no operator has met yet: its own words have to do.
pub(super) fn explain(engine: Engine, error: &Error) -> Option<Explanation> {
    match error {
        Error::Io(error) => io(engine, error),
        Error::Tls(_) => explained(
            "TLS with the server failed",
            "check sslmode and sslrootcert in DATABASE_URL; sslmode=verify-full needs the certificate authority of the server",
        ),
        Error::Protocol(_) => explained(
            "what listens there is no PostgreSQL",
            "correct the host and the port in DATABASE_URL (PostgreSQL's is usually 5432)",
        ),
        Error::Database(answer) => {
            let code = answer.code().unwrap_or_default();
            match engine {
                Engine::Sqlite => sqlite(&code),
                Engine::Postgres => postgres(&code, answer.message()),
            }
        }
        _ => None,
    }
}

fn io(engine: Engine, error: &std::io::Error) -> Option<Explanation> {
    if engine == Engine::Sqlite {
        return None;
    }
    match error.kind() {
        ErrorKind::ConnectionRefused => {
            explained("nothing listens there", "start PostgreSQL, or correct the host and the port in DATABASE_URL")
        }
        ErrorKind::TimedOut => explained(
            "the host does not answer",
            "correct the host in DATABASE_URL, or let this machine through the firewall or security group before it",
        ),
        ErrorKind::NotFound => explained(
            "the folder has no socket of PostgreSQL",
            "start PostgreSQL, or correct the folder in DATABASE_URL",
        ),
        ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset => explained(
            "the connection was closed at once",
            "correct the port in DATABASE_URL; a proxy closes it as well when no server behind it works",
        ),
        // The resolver's errors have no kind of their own.
        _ if error.to_string().contains("lookup") => {
            explained("no host has this name", "correct the host in DATABASE_URL")
        }
        _ => None,
    }
}

/// By the primary result code.
fn sqlite(code: &str) -> Option<Explanation> {
    match code.parse::<u32>().ok()? & 0xff {
        26 => explained(
            "the file is no SQLite database",
            "name another file in DATABASE_URL; a new one is created where there is none",
        ),
        11 => explained("the file is damaged", "restore a backup (docs/operate.md)"),
        14 => explained(
            "the file cannot be opened",
            "create its folder, and let this user read and write both: SQLite needs files beside it",
        ),
        8 => explained("the file is read-only", "let this user write the file and its folder"),
        13 => explained("the disk is full", "make room on it"),
        _ => None,
    }
}

/// By SQLSTATE.
fn postgres(code: &str, message: &str) -> Option<Explanation> {
    match code {
        "28P01" => explained("the user or the password is wrong", "correct them in DATABASE_URL"),
        "28000" => explained(
            "the server does not let this user in from here",
            "correct the user or sslmode in DATABASE_URL, or add an entry to the server's pg_hba.conf",
        ),
        "3D000" => explained("there is no such database", "create it, or correct its name in DATABASE_URL"),
        "53300" => {
            explained("the server has no connection left", "lower DATABASE_POOL, or raise the server's max_connections")
        }
        "42501" => explained(
            "the user may not create tables",
            "make it the owner of the database, or run GRANT CREATE ON SCHEMA public TO it",
        ),
        "57P03" => explained("the server is starting or stopping", "wait until it is up"),
        "08P01" if message.contains("startup parameter") => explained(
            "PgBouncer refuses a parameter of the connection",
            "write ignore_startup_parameters = extra_float_digits into pgbouncer.ini",
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(ErrorKind::ConnectionRefused, "nothing listens there")]
    #[case(ErrorKind::TimedOut, "the host does not answer")]
    fn a_network_error_is_explained(#[case] kind: ErrorKind, #[case] problem: &str) {
        let error = Error::Io(io::Error::from(kind));
        assert_eq!(explain(Engine::Postgres, &error).unwrap().problem, problem);
        assert_eq!(explain(Engine::Sqlite, &error), None);
    }

    #[test]
    fn codes_of_both_engines_are_explained() {
        for code in ["28P01", "28000", "3D000", "53300", "42501"] {
            assert!(postgres(code, "").is_some(), "{code}");
        }
        assert_eq!(postgres("42601", ""), None);
        for code in ["26", "14", "526"] {
            assert!(sqlite(code).is_some(), "{code}");
        }
        assert_eq!(sqlite("1"), None);
    }
}
