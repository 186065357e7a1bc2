//! `SECRET_KEY`: set, or generated once for development.

use std::{
    fmt,
    fs::{self, DirBuilder, OpenOptions},
    io::{ErrorKind, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{BaseUrl, ConfigError, Environment};
use crate::sealing::random_bytes;

const FILE: &str = "data/secret.key";
const MIN_BYTES: usize = 32;

/// Key material, newest first: the first one seals, all of them open. Never printed.
#[derive(Clone)]
pub struct SecretKeys {
    keys: Vec<Vec<u8>>,
    source: KeySource,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// `SECRET_KEY`.
    Environment,
    /// The development file.
    File(PathBuf),
    /// The development file, which does not exist yet: the keys are this process's alone.
    NewFile(PathBuf),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MissingFile {
    /// The server: the next start needs the same key.
    Create,
    /// Diagnostics: nothing is written.
    Leave,
}

impl SecretKeys {
    /// `SECRET_KEY`, or, on loopback over http, a file that is generated once with mode 0600.
    ///
    /// # Errors
    /// When the key is missing under https, too short, guessable, not base64, or its file cannot be used.
    pub(super) fn from_environment(
        env: &Environment,
        base_url: &BaseUrl,
        missing_file: MissingFile,
    ) -> Result<Self, ConfigError> {
        if let Some(list) = env.get("SECRET_KEY") {
            return Self::parse(list);
        }
        if base_url.is_https() {
            return Err(ConfigError::new(
                "SECRET_KEY",
                "is required when BASE_URL is https; put the output of `openssl rand -base64 32` there",
            ));
        }
        from_file(Path::new(FILE), missing_file)
    }

    /// A list `new,old` of base64 keys of at least 32 bytes each.
    ///
    /// # Errors
    /// When one of them is not base64, too short, or one byte over and over.
    pub fn parse(list: &str) -> Result<Self, ConfigError> {
        let keys = list.split(',').map(|key| decode(key.trim())).collect::<Result<_, _>>()?;
        Ok(Self { keys, source: KeySource::Environment })
    }

    /// The keys' bytes, the sealing one first. Never empty.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> + Clone {
        self.keys.iter().map(Vec::as_slice)
    }

    pub fn source(&self) -> &KeySource {
        &self.source
    }
}

impl fmt::Debug for SecretKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKeys({} keys)", self.keys.len())
    }
}

fn decode(text: &str) -> Result<Vec<u8>, ConfigError> {
    let hint = "make one with `openssl rand -base64 32`";
    let key = STANDARD.decode(text).map_err(|_| ConfigError::new("SECRET_KEY", format!("must be base64; {hint}")))?;
    if key.len() < MIN_BYTES {
        return Err(ConfigError::new("SECRET_KEY", format!("must be 32 bytes or more once decoded; {hint}")));
    }
    if key.iter().all(|byte| *byte == key[0]) {
        return Err(ConfigError::new("SECRET_KEY", format!("repeats one byte, which anyone can guess; {hint}")));
    }
    Ok(key)
}

pub(super) fn from_file(path: &Path, missing_file: MissingFile) -> Result<SecretKeys, ConfigError> {
    let wrong =
        |what: &str| ConfigError::new("SECRET_KEY", format!("is not set and its file {} {what}", path.display()));
    match fs::read_to_string(path) {
        Ok(text) => return in_file(&text, path),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(_) => return Err(wrong("cannot be read")),
    }
    let key = random_bytes::<MIN_BYTES>().map_err(|_| wrong("cannot be created: the system has no randomness"))?;
    let keys = vec![key.to_vec()];
    if missing_file == MissingFile::Leave {
        return Ok(SecretKeys { keys, source: KeySource::NewFile(path.to_owned()) });
    }
    if let Some(folder) = path.parent() {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(|_| wrong("cannot be created: its folder is not writable"))?;
    }
    // Written under another name and then linked into place: no process ever reads half a key, and of two that start together
    // one creates the key and the other reads it.
    let draft = path.with_extension(format!("{}.draft", std::process::id()));
    let written = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&draft)
        .and_then(|mut file| file.write_all(STANDARD.encode(key).as_bytes()).and_then(|()| file.sync_all()))
        .and_then(|()| fs::hard_link(&draft, path));
    let _ = fs::remove_file(&draft);
    match written {
        Ok(()) => Ok(SecretKeys { keys, source: KeySource::File(path.to_owned()) }),
        // Another process was first: its key is the key.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            fs::read_to_string(path).map_err(|_| wrong("cannot be read")).and_then(|text| in_file(&text, path))
        }
        Err(_) => Err(wrong("cannot be written")),
    }
}

fn in_file(text: &str, path: &Path) -> Result<SecretKeys, ConfigError> {
    let unusable = |_| {
        ConfigError::new(
            "SECRET_KEY",
            format!("is not set and its file {} does not contain a key: remove it", path.display()),
        )
    };
    let keys = SecretKeys::parse(text.trim()).map_err(unusable)?;
    Ok(SecretKeys { source: KeySource::File(path.to_owned()), ..keys })
}
