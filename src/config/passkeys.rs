//! Passkeys (`PASSKEYS`).

use super::{BaseUrl, ConfigError, Environment};
use crate::webauthn::Rp;

/// On by default where browsers have passkeys: they need https, or `localhost`, and a host that is a name.
pub(super) fn relying_party(env: &Environment, base_url: &BaseUrl) -> Result<Option<Rp>, ConfigError> {
    let rp = Rp::of_origin(base_url.origin());
    match env.get("PASSKEYS") {
        None => Ok(rp),
        Some("off") => Ok(None),
        Some("on") if rp.is_some() => Ok(rp),
        Some("on") => Err(ConfigError::new(
            "PASSKEYS",
            "needs a host name in BASE_URL: browsers offer no passkeys for an IP address; use localhost or a domain, or set `off`",
        )),
        Some(_) => Err(ConfigError::new("PASSKEYS", "must be `on` or `off`")),
    }
}
