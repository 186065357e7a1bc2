//! Any OpenID Connect provider, by discovery (OpenID Connect Discovery 1.0).

use secrecy::SecretString;

use super::{Facts, Manners, Metadata, Profile, Provider, Slug, standard_profile};
use crate::oidc::Algorithm;

static MANNERS: Manners = Manners {
    sign_in_scopes: &["openid", "email", "profile"],
    algorithms: &[Algorithm::Rs256, Algorithm::Ps256, Algorithm::Es256, Algorithm::EdDsa],
    prompts: &["select_account", "consent", "none", "login"],
    token_issuers: |issuer| vec![issuer.to_owned()],
    // A certified provider leaves the scopes' claims to userinfo when it gives an access token (Core §5.4).
    userinfo_completes: true,
    picture_origins: &[],
    profile,
};

/// Our client at the provider with this issuer.
pub fn provider(slug: Slug, label: String, issuer: String, client_id: String, client_secret: SecretString) -> Provider {
    Provider { slug, label, client_id, client_secret, metadata: Metadata::Discovered { issuer }, manners: &MANNERS }
}

/// Nobody knows for which addresses an arbitrary provider is authoritative, so it is for none: an address that
/// somebody here has already is never linked without asking.
fn profile(provider: &Provider, facts: &Facts<'_>) -> Profile {
    standard_profile(provider, facts, |_| false)
}
