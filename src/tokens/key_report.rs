//! `latchkey keys`: the report on the signing keys.

use std::fmt;

use serde::Serialize;
use serde_json::json;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{
    error::TokensError,
    key_ring::{changes, entries},
    plan::{KeyState, earliest_rotation, is_recent, rotation, state},
};
use crate::store::{Database, KeyTimes, StoredKey};

const SCHEMA: u32 = 1;

/// The warning after an early rotation.
const TOO_SOON: &str = "The signing key was published less than fifteen minutes ago: services with a cached key set may \
                        reject new tokens until they fetch it again.";

/// When a rotation takes effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// Only if verifiers have had the time to fetch the next key.
    Regular,
    /// At once, for a key that has leaked: verifiers with a cached JWK set may reject tokens for fifteen minutes.
    Immediate,
}

/// The signing keys, as text and as JSON: `{"schema": 1, "keys": [{"kid", "state", "opens", "created_at", "signs_from",
/// "signs_until", "expires_at"}], "warning"?}`, times in Unix seconds, `state` one of `next`, `signs`, `past`,
/// `expired`.
#[derive(Clone, Debug)]
pub struct KeyReport {
    keys: Vec<Line>,
    /// A warning about the rotation that was just done.
    warning: Option<&'static str>,
}

/// One key.
#[derive(Clone, Debug, Serialize)]
struct Line {
    kid: String,
    state: KeyState,
    /// Whether the private key can be unsealed with a configured `SECRET_KEY`.
    opens: bool,
    #[serde(flatten)]
    times: Times,
}

#[derive(Clone, Debug, Serialize)]
struct Times {
    created_at: i64,
    signs_from: i64,
    signs_until: i64,
    expires_at: i64,
}

/// Lists the keys. Changes nothing.
///
/// # Errors
/// [`TokensError::Store`] if the query fails.
pub async fn list_keys(database: &Database, now: i64) -> Result<KeyReport, TokensError> {
    Ok(KeyReport::of(&database.signing_keys().await?, now))
}

/// Makes the next key sign, generates a new next key, and lists the result. Running servers follow within a minute.
/// Without any keys, generates both.
///
/// # Errors
/// [`TokensError::NextKeyTooRecent`] if the next key may be unknown to verifiers, unless it is urgent. After any error
/// nothing was changed.
pub async fn rotate_keys(database: &Database, now: i64, urgency: Urgency) -> Result<KeyReport, TokensError> {
    let rotate = |keys: &[StoredKey]| {
        let keys = entries(keys, |key| key.private_key.is_some());
        match earliest_rotation(&keys, now) {
            Some(earliest) if urgency == Urgency::Regular && now < earliest => {
                Err(TokensError::NextKeyTooRecent { earliest: date(earliest) })
            }
            _ => changes(rotation(&keys, now)),
        }
    };
    let report = KeyReport::of(&database.arrange_signing_keys(rotate).await?, now);
    let warning = report.is_too_soon(now).then_some(TOO_SOON);
    Ok(KeyReport { warning, ..report })
}

impl KeyReport {
    fn of(keys: &[StoredKey], now: i64) -> Self {
        let line = |key: &StoredKey| Line {
            kid: key.kid.clone(),
            state: state(&key.times, now),
            opens: key.private_key.is_some(),
            times: key.times.into(),
        };
        Self { keys: keys.iter().map(line).collect(), warning: None }
    }

    /// Whether a service may have cached a JWK set without the signing key. Not for the first keys, which no service
    /// has cached a set before.
    fn is_too_soon(&self, now: i64) -> bool {
        let is_new = |key: &Line| key.state == KeyState::Signs && is_recent(key.times.created_at, now);
        self.keys.iter().any(is_new) && self.keys.iter().any(|key| key.state == KeyState::Past)
    }

    /// The report as JSON, with a trailing line break.
    pub fn to_json(&self) -> String {
        let mut report = json!({"schema": SCHEMA, "keys": self.keys});
        if let Some(warning) = self.warning {
            report["warning"] = warning.into();
        }
        format!("{report:#}\n")
    }
}

/// One line per key.
impl fmt::Display for KeyReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.keys.is_empty() {
            return writeln!(f, "There are no signing keys yet; they are generated with the first token.");
        }
        for Line { kid, state, opens, times } in &self.keys {
            let schedule = match state {
                KeyState::Next => format!("next     signs from {}", date(times.signs_from)),
                KeyState::Signs => format!("signs    until {}", date(times.signs_until)),
                KeyState::Past => format!("past     accepted until {}", date(times.expires_at)),
                KeyState::Expired => format!("expired  since {}, removed at the next rotation", date(times.expires_at)),
            };
            let sealed = if *opens { "" } else { "; cannot be unsealed: its SECRET_KEY is missing" };
            writeln!(f, "{kid}  {schedule}{sealed}")?;
        }
        match self.warning {
            Some(warning) => writeln!(f, "{warning}"),
            None => Ok(()),
        }
    }
}

impl From<KeyTimes> for Times {
    fn from(times: KeyTimes) -> Self {
        let KeyTimes { created_at, signs_from, signs_until, expires_at } = times;
        Self { created_at, signs_from, signs_until, expires_at }
    }
}

fn date(unix: i64) -> String {
    let date = OffsetDateTime::from_unix_timestamp(unix).ok();
    date.and_then(|date| date.format(&Rfc3339).ok()).unwrap_or_else(|| unix.to_string())
}
