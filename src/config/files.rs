//! `LANDLOCK`: which files the server still needs after its start.

use std::path::{Path, PathBuf};

use url::Url;

use super::{ConfigError, Environment};
use crate::confinement::{Files, PASSWORD_FILE, PATH_VARIABLES};
use crate::store;

const LANDLOCK: &str = "LANDLOCK";
/// Parameters of a PostgreSQL URL that name files.
const PATH_PARAMETERS: [&str; 7] =
    ["sslrootcert", "ssl-root-cert", "ssl-ca", "sslcert", "ssl-cert", "sslkey", "ssl-key"];

/// `None` with `LANDLOCK=off`.
///
/// # Errors
/// When it is neither `on` nor `off`.
pub(super) fn parse(env: &Environment, database_url: &str) -> Result<Option<Files>, ConfigError> {
    match env.get(LANDLOCK) {
        None | Some("on") => {}
        Some("off") => return Ok(None),
        Some(_) => return Err(ConfigError::new(LANDLOCK, "must be on or off")),
    }
    let named = PATH_VARIABLES.iter().filter_map(|name| env.get(name)).flat_map(|paths| paths.split(':'));
    let (home, file) = PASSWORD_FILE;
    let password_file = env.get(home).map(|home| Path::new(home).join(file));
    let readable = named.map(PathBuf::from).chain(password_file).chain(in_url(database_url)).collect();
    Ok(Some(Files { readable, writable: store::sqlite_folders(database_url) }))
}

fn in_url(database_url: &str) -> Vec<PathBuf> {
    let Ok(url) = Url::parse(database_url) else { return Vec::new() };
    let pairs = url.query_pairs();
    let paths = pairs.filter(|(name, _)| PATH_PARAMETERS.contains(&&**name)).map(|(_, path)| path.into_owned().into());
    paths.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(url: &str, variables: &[(&str, &str)]) -> Result<Option<Files>, ConfigError> {
        parse(&variables.iter().copied().collect(), url)
    }

    #[test]
    fn the_folder_of_a_sqlite_file_is_writable() {
        for (url, folder) in [
            ("sqlite:///var/lib/latchkey/latchkey.db", "/var/lib/latchkey"),
            ("sqlite://data/latchkey.db", "data"),
            ("sqlite://latchkey.db", "."),
        ] {
            let files = files(url, &[]).unwrap().unwrap();
            assert_eq!((files.writable, files.readable), (vec![PathBuf::from(folder)], vec![]), "{url}");
        }
    }

    #[test]
    fn what_settings_name_is_readable() {
        let url = "postgres://me@db/latchkey?sslrootcert=%2Fsrv%2Fca.pem&application_name=x";
        let found = files(url, &[("SSL_CERT_DIR", "/srv/a:/srv/b"), ("HOME", "/home/me")]).unwrap().unwrap();
        assert_eq!(found.writable, Vec::<PathBuf>::new());
        assert_eq!(found.readable, ["/srv/a", "/srv/b", "/home/me/.pgpass", "/srv/ca.pem"].map(PathBuf::from));
    }

    #[test]
    fn it_can_be_switched_off() {
        let url = "sqlite://data/latchkey.db";
        assert_eq!(files(url, &[("LANDLOCK", "off")]).unwrap(), None);
        assert!(files(url, &[("LANDLOCK", "on")]).unwrap().is_some());
        assert!(files(url, &[("LANDLOCK", "yes")]).unwrap_err().to_string().starts_with("LANDLOCK"));
    }
}
