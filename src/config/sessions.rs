//! How browsers hold their sessions, what `/auth/verify` accepts, and for whom access tokens are.

use super::{ConfigError, Environment};
use crate::sessions::AcceptedCredentials;

/// How browsers hold their sessions (`SESSION_MODE`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SessionMode {
    /// A cookie with a random id that is looked up on each request.
    #[default]
    Server,
    /// An access token and a refresh token, each in a cookie.
    Jwt,
}

pub(super) fn session_mode(env: &Environment) -> Result<SessionMode, ConfigError> {
    match env.get("SESSION_MODE") {
        None | Some("server") => Ok(SessionMode::Server),
        Some("jwt") => Ok(SessionMode::Jwt),
        Some(_) => Err(ConfigError::new(
            "SESSION_MODE",
            "must be `server` (one cookie, looked up with each request) or `jwt` (an access and a refresh token)",
        )),
    }
}

pub(super) fn forward_auth_credentials(env: &Environment) -> Result<AcceptedCredentials, ConfigError> {
    match env.get("FORWARD_AUTH_CREDENTIALS") {
        None | Some("both") => Ok(AcceptedCredentials::Both),
        Some("cookie") => Ok(AcceptedCredentials::Cookie),
        Some("bearer") => Ok(AcceptedCredentials::Bearer),
        Some(_) => Err(ConfigError::new(
            "FORWARD_AUTH_CREDENTIALS",
            "must be `both` (cookies and access tokens), `cookie` or `bearer`",
        )),
    }
}

/// Verifiers compare it byte for byte, so invisible white space is rejected.
pub(super) fn token_audience(env: &Environment) -> Result<Option<String>, ConfigError> {
    const MAX_LENGTH: usize = 255;
    match env.get("TOKEN_AUDIENCE") {
        None => Ok(None),
        Some(text) if text.len() <= MAX_LENGTH && text.bytes().all(|byte| byte.is_ascii_graphic()) => {
            Ok(Some(text.to_owned()))
        }
        Some(_) => Err(ConfigError::new(
            "TOKEN_AUDIENCE",
            "must be printable ASCII characters without spaces, for instance https://api.example",
        )),
    }
}
