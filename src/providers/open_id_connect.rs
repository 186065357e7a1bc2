//! Any OpenID Connect provider, by discovery (OpenID Connect Discovery 1.0).

use secrecy::SecretString;

use super::{Facts, IdentitySource, Metadata, OidcSpec, Profile, Provider, ProviderSpec, Slug, standard_profile};
use crate::oidc::Algorithm;

static SPEC: ProviderSpec = ProviderSpec {
    prompts: &["consent", "none"],
    // Every provider has to support `login` (Core §15.1). `select_account` is an error page at some, even where
    // `prompt_values_supported` has it, and without effect at others.
    another_account: Some("login"),
    // 600 seconds, as long as a re-authentication lasts here; `auth_time` is then required (Core §3.1.2.1) and checked.
    reauthentication: &[("prompt", "login"), ("max_age", "600")],
    ..ProviderSpec::new(&["openid", "email", "profile"], IdentitySource::IdToken(OIDC))
};

const OIDC: OidcSpec = OidcSpec {
    // Whatever a provider's keys are for: each algorithm is asymmetric, and a key verifies its own only.
    algorithms: &Algorithm::ALL,
    // A certified provider leaves the scopes' claims to userinfo when it issues an access token (Core §5.4).
    userinfo_completes: true,
    ..OidcSpec::new(profile)
};

/// Our client at the provider with this issuer.
pub fn provider(slug: Slug, label: String, issuer: String, client_id: String, client_secret: SecretString) -> Provider {
    Provider {
        slug,
        label,
        client_id,
        further_client_ids: Vec::new(),
        client_secret: client_secret.into(),
        metadata: Metadata::Discovered { issuer },
        api: None,
        tokeninfo: None,
        hosted_domain: None,
        spec: &SPEC,
    }
}

/// Which mailboxes an arbitrary provider runs is unknown, so it is authoritative for none: an address that an account here
/// already has is never linked without asking.
fn profile(provider: &Provider, facts: &Facts<'_>) -> Option<Profile> {
    Some(standard_profile(provider, facts, |_| false))
}
