//! Any OpenID Connect provider, by discovery (OpenID Connect Discovery 1.0).

use super::{
    ClientSecret, Facts, IdentitySource, Metadata, OidcSpec, Profile, Provider, ProviderSpec, Slug, standard_profile,
};
use crate::{oauth::Scopes, oidc::Algorithm};

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

/// A client's registration at a generic provider, from the configuration.
#[derive(Clone, Debug)]
pub struct Registration {
    pub slug: Slug,
    pub label: String,
    pub issuer: String,
    pub client_id: String,
    pub client_secret: ClientSecret,
    /// The scopes of a sign-in; `openid` is added. `None` for the default.
    pub scopes: Option<Scopes>,
    /// Whether a sign-out takes the provider along.
    pub ends_session: bool,
}

/// Our client at the provider with this issuer.
pub fn provider(registration: Registration) -> Provider {
    let Registration { slug, label, issuer, client_id, client_secret, scopes, ends_session } = registration;
    let default = || SPEC.sign_in_scopes.iter().collect();
    Provider {
        slug,
        label,
        client_id,
        further_client_ids: Vec::new(),
        client_secret,
        webhook_secret: None,
        metadata: Metadata::Discovered { issuer },
        api: None,
        tokeninfo: None,
        hosted_domain: None,
        session_claims: false,
        ends_session,
        // Without `openid` there would be no id_token (OpenID Connect Core §3.1.2.1).
        sign_in_scopes: scopes.map_or_else(default, |scopes| Scopes::parse("openid").union(&scopes)),
        spec: &SPEC,
    }
}

/// Which mailboxes an arbitrary provider runs is unknown, so it is authoritative for none: an address that an account here
/// already has is never linked without asking.
fn profile(provider: &Provider, facts: &Facts<'_>) -> Option<Profile> {
    Some(standard_profile(provider, facts, |_| false))
}
