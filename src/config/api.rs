//! `CORS_ORIGINS`, `API_NONCE` and `GOOGLE_BUTTON`: which front ends may sign users in, and how.

use url::Url;

use super::{ConfigError, Environment, is_loopback};
use crate::providers::Provider;

/// The origins whose pages may call `/api/*` from a browser, each as a browser writes it in `Origin`.
///
/// An exact list, no patterns: one that is a little too wide would let a foreign page act as its visitor.
pub(super) fn cors_origins(env: &Environment) -> Result<Vec<String>, ConfigError> {
    let list = env.get("CORS_ORIGINS").unwrap_or_default();
    list.split([',', ' ']).filter(|part| !part.is_empty()).map(origin).collect()
}

fn origin(text: &str) -> Result<String, ConfigError> {
    let wrong = |problem: &str| {
        Err(ConfigError::new("CORS_ORIGINS", format!("{problem}: put origins there, for instance https://spa.example")))
    };
    if text.contains('*') {
        return wrong("must not contain a pattern");
    }
    let Ok(url) = Url::parse(text) else { return wrong("contains something that is not a URL") };
    if !matches!(url.scheme(), "https" | "http") || (url.scheme() == "http" && !is_loopback(&url)) {
        return wrong("must contain https origins, or http ones on loopback");
    }
    // Origins are compared byte for byte: any other spelling would never match.
    if url.origin().ascii_serialization() != text {
        return wrong(
            "must contain origins as browsers write them, in lower case and without a path or the default port",
        );
    }
    Ok(text.to_owned())
}

/// Whether an id_token from a front end must have a nonce of ours.
pub(super) fn nonce_required(env: &Environment) -> Result<bool, ConfigError> {
    match env.get("API_NONCE") {
        None | Some("required") => Ok(true),
        Some("off") => Ok(false),
        Some(_) => Err(ConfigError::new("API_NONCE", "must be `required` or `off`")),
    }
}

/// Whether Google's own button may post tokens here. Off by default: without a page that uses it, the route only serves
/// attackers.
pub(super) fn google_button(env: &Environment, providers: &[Provider]) -> Result<bool, ConfigError> {
    let has_google = providers.is_empty() || providers.iter().any(|provider| provider.slug.as_str() == "google");
    match env.get("GOOGLE_BUTTON") {
        None | Some("off") => Ok(false),
        Some("on") if has_google => Ok(true),
        Some("on") => {
            Err(ConfigError::new("GOOGLE_BUTTON", "needs Google: set GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET"))
        }
        Some(_) => Err(ConfigError::new("GOOGLE_BUTTON", "must be `on` or `off`")),
    }
}
