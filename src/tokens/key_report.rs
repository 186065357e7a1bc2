//! `latchkey keys`: the signing keys for an operator.

use std::fmt;

use serde::Serialize;
use serde_json::json;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{
    error::TokensError,
    key_ring::{carry_out, entries},
    plan::{KeyState, rotation, state},
};
use crate::store::{Database, KeyTimes, StoredKey};

const SCHEMA: u32 = 1;

/// How long a key is to be published before it signs, at least, in seconds: for so long others keep our key set, as we say
/// in its `Cache-Control`.
const KEPT: i64 = 300;

/// What is said after a rotation that came sooner.
const TOO_SOON: &str = "The key that signs now was published less than five minutes ago: who keeps our key set may refuse \
                        new tokens until they read it again. It passes by itself.";

/// The signing keys. As text and as JSON: `{"schema": 1, "keys": [{"kid", "state", "opens", "created_at", "signs_from",
/// "signs_until", "expires_at"}], "warning"?}`, times in Unix seconds, `state` one of `next`, `signs`, `past`, `expired`.
#[derive(Clone, Debug)]
pub struct KeyReport {
    keys: Vec<Line>,
    /// What to know about what was just done.
    warning: Option<&'static str>,
}

/// One key.
#[derive(Clone, Debug, Serialize)]
struct Line {
    kid: String,
    state: KeyState,
    /// Whether we have the `SECRET_KEY` that its private half is sealed with.
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

/// The keys as they are. Changes nothing.
///
/// # Errors
/// As every query.
pub async fn list_keys(database: &Database, now: i64) -> Result<KeyReport, TokensError> {
    Ok(KeyReport::of(&database.signing_keys().await?, now))
}

/// Lets the next key sign at once, makes a new next one, and gives the keys as they are then. Running servers follow
/// within a minute. Where there are no keys yet, both are made.
///
/// # Errors
/// [`TokensError`]. Nothing has changed then.
pub async fn rotate_keys(database: &Database, now: i64) -> Result<KeyReport, TokensError> {
    let rotate = |keys: &[StoredKey]| carry_out(rotation(&entries(keys, |key| key.private_key.is_some()), now));
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

    /// Whether somebody who verifies may have the key before the one that signs since `now`, and not that one. The very
    /// first keys are nobody's surprise.
    fn is_too_soon(&self, now: i64) -> bool {
        let new = |key: &Line| key.state == KeyState::Signs && now - key.times.created_at < KEPT;
        self.keys.iter().any(new) && self.keys.iter().any(|key| key.state == KeyState::Past)
    }

    /// As JSON, with a line break at the end.
    pub fn to_json(&self) -> String {
        let mut report = json!({"schema": SCHEMA, "keys": self.keys});
        if let Some(warning) = self.warning {
            report["warning"] = warning.into();
        }
        format!("{report:#}\n")
    }
}

/// For people: one line a key.
impl fmt::Display for KeyReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.keys.is_empty() {
            return writeln!(f, "There are no signing keys yet: the first token makes them.");
        }
        for Line { kid, state, opens, times } in &self.keys {
            let told = match state {
                KeyState::Next => format!("next     signs from {}", date(times.signs_from)),
                KeyState::Signs => format!("signs    until {}", date(times.signs_until)),
                KeyState::Past => format!("past     believed until {}", date(times.expires_at)),
                KeyState::Expired => format!("expired  since {}, goes with the next change", date(times.expires_at)),
            };
            let sealed = if *opens { "" } else { "; does not open: its SECRET_KEY is missing" };
            writeln!(f, "{kid}  {told}{sealed}")?;
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
