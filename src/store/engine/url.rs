//! `DATABASE_URL`, read with care: what the driver would misread, ignore or write into the log is an error of ours.

use sqlx::any::AnyConnectOptions;
use url::Url;

use crate::store::engine::engines::{self, Engine};
use crate::store::error::StoreError;

/// The parameters that the driver knows.
const KNOWN: [&str; 17] = [
    "sslmode",
    "ssl-mode",
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
    "statement-cache-capacity",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
];
const SSL_MODES: [&str; 6] = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"];

const SEVERAL_HOSTS: &str = "DATABASE_URL names several hosts, and Latchkey connects to one: put an address before them \
                             that leads to the primary (HAProxy, a virtual IP address, your cloud's writer endpoint)";
const SPECIAL_CHARACTERS: &str = "DATABASE_URL: the user or the password has a character that a URL needs for itself; \
                                  write % as %25, / as %2F, ? as %3F, # as %23, @ as %40, [ as %5B, ] as %5D and a space \
                                  as %20";
const NO_URL: &str = "DATABASE_URL is not a URL; write postgres://user:password@host:5432/name, or \
                      sqlite://data/latchkey.db";
const EMPTY_HOST: &str = "DATABASE_URL has a user without a host; write the host after the @, or for a socket \
                          postgres:///name?host=/run/postgresql&user=me";
const SSL_MODE: &str = "DATABASE_URL: sslmode must be disable, allow, prefer, require, verify-ca or verify-full";
const PORT: &str = "DATABASE_URL: the port must be a number from 1 to 65535";
const STATEMENT_CACHE: &str = "DATABASE_URL: statement-cache-capacity must be a number above 0; with 0, each query would \
                               leave a prepared statement in the server's memory. Behind PgBouncer, use its session mode \
                               instead";

/// What the driver gets. Parameters that it does not know are left out, as it would log them with their values; a warning
/// names them.
///
/// # Errors
/// [`StoreError::Url`], without any part of the URL.
pub(super) fn options(engine: Engine, url: &str) -> Result<AnyConnectOptions, StoreError> {
    let url = match engine {
        Engine::Sqlite => engines::creating(url).parse::<Url>().map_err(|_| StoreError::Url(NO_URL))?,
        Engine::Postgres => postgres(url).map_err(StoreError::Url)?,
    };
    url.as_str().parse().map_err(|_| StoreError::Url(NO_URL))
}

fn postgres(text: &str) -> Result<Url, &'static str> {
    if has_special_characters(text) {
        return Err(SPECIAL_CHARACTERS);
    }
    if authority(text).contains(',') {
        return Err(SEVERAL_HOSTS);
    }
    let mut url = Url::parse(text).map_err(|error| match error {
        url::ParseError::InvalidPort => PORT,
        url::ParseError::EmptyHost => EMPTY_HOST,
        _ => NO_URL,
    })?;
    let mut kept = Vec::new();
    for (key, value) in url.query_pairs() {
        match &*key {
            "sslmode" | "ssl-mode" if !SSL_MODES.contains(&&*value.to_ascii_lowercase()) => return Err(SSL_MODE),
            "host" | "hostaddr" if value.contains(',') => return Err(SEVERAL_HOSTS),
            "port" if value.parse::<u16>().is_err() => return Err(PORT),
            "statement-cache-capacity" if !value.parse::<usize>().is_ok_and(|number| number > 0) => {
                return Err(STATEMENT_CACHE);
            }
            key if KNOWN.contains(&key) || key == "options" || key.starts_with("options[") => {
                kept.push((key.to_owned(), value.into_owned()));
            }
            key => tracing::warn!(parameter = key, "DATABASE_URL: this parameter is not known and has no effect"),
        }
    }
    match kept.is_empty() {
        true => url.set_query(None),
        false => {
            url.query_pairs_mut().clear().extend_pairs(kept);
        }
    }
    Ok(url)
}

fn after_scheme(text: &str) -> &str {
    text.split_once("://").map_or(text, |(_, rest)| rest)
}

fn authority(text: &str) -> &str {
    let rest = after_scheme(text);
    rest.split(['/', '?', '#']).next().unwrap_or(rest)
}

/// Whether what stands before the last `@` is a user and a password with characters that end an authority, or that are no
/// percent-encoding.
fn has_special_characters(text: &str) -> bool {
    let Some((user, _)) = after_scheme(text).rsplit_once('@') else { return false };
    let Some((_, password)) = user.split_once(':') else {
        // Without a password, an `@` may be one of a parameter.
        return !user.contains(['/', '?']) && (user.contains(['#', '[', ']', ' ', '@']) || has_bare_percent(user));
    };
    let end = password.find(['/', '?', '#', '@', '[', ']', ' ']);
    let is_port = |end: usize| end > 0 && password[..end].bytes().all(|byte| byte.is_ascii_digit());
    match end {
        // host:5432/name?application_name=a@b
        Some(end) if matches!(password.as_bytes()[end], b'/' | b'?') && is_port(end) => false,
        Some(_) => true,
        None => has_bare_percent(user),
    }
}

fn has_bare_percent(text: &str) -> bool {
    let is_encoded = |rest: &str| rest.len() >= 2 && rest.bytes().take(2).all(|byte| byte.is_ascii_hexdigit());
    text.split('%').skip(1).any(|rest| !is_encoded(rest))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::hash("postgres://me:pa#hush@db/x", SPECIAL_CHARACTERS)]
    #[case::slash("postgres://me:hush/1@db/x", SPECIAL_CHARACTERS)]
    #[case::at("postgres://me:hush@1@db/x", SPECIAL_CHARACTERS)]
    #[case::percent("postgres://me:hush%zz@db/x", SPECIAL_CHARACTERS)]
    #[case::digits("postgres://me:12#hush@db/x", SPECIAL_CHARACTERS)]
    #[case::several_hosts("postgres://me:hush@a:5432,b:5432/x", SEVERAL_HOSTS)]
    #[case::several_parameters("postgres:///x?host=a,b&password=hush", SEVERAL_HOSTS)]
    #[case::port("postgres://me:hush@db:54321000/x", PORT)]
    #[case::port_parameter("postgres://me:hush@db/x?port=five", PORT)]
    #[case::ssl_mode("postgres://me:hush@db/x?sslmode=yes", SSL_MODE)]
    #[case::statement_cache("postgres://me:hush@db/x?statement-cache-capacity=0", STATEMENT_CACHE)]
    #[case::no_host("postgres://me:hush@/x?host=/run", EMPTY_HOST)]
    fn an_unusable_url_is_explained(#[case] url: &str, #[case] message: &str) {
        assert_eq!(postgres(url), Err(message));
        assert!(message.starts_with("DATABASE_URL") && !message.contains("hush"));
    }

    #[rstest]
    #[case("postgres://me:pa%23ss@db/x", "postgres://me:pa%23ss@db/x")]
    #[case("postgresql://db:5432/x?application_name=a@b", "postgresql://db:5432/x?application_name=a%40b")]
    #[case("postgres:///x?host=/run/postgresql&user=me", "postgres:///x?host=%2Frun%2Fpostgresql&user=me")]
    #[case("postgres://me@[::1]:5432/x?sslmode=verify-full", "postgres://me@[::1]:5432/x?sslmode=verify-full")]
    #[case("postgres://me@db/x?options=-c%20a%3Db", "postgres://me@db/x?options=-c+a%3Db")]
    fn a_usable_url_stays(#[case] url: &str, #[case] kept: &str) {
        assert_eq!(postgres(url).unwrap().as_str(), kept);
    }

    #[test]
    fn the_driver_does_not_see_unknown_parameters() {
        let url = postgres("postgres://me@db/x?sslpassword=hush&connect_timeout=10&sslmode=require").unwrap();
        assert_eq!(url.as_str(), "postgres://me@db/x?sslmode=require");
        assert_eq!(postgres("postgres://me@db/x?sslpassword=hush").unwrap().as_str(), "postgres://me@db/x");
    }
}
