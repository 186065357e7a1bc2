//! Any OpenID Connect provider, by discovery (OpenID Connect Discovery 1.0).

use secrecy::SecretString;

use super::{
    Facts, IdentitySource, Metadata, OidcSpec, Profile, Provider, ProviderSpec, ResponseIssuer, Slug, standard_profile,
};
use crate::{oauth::TokenEncoding, oidc::Algorithm};

static SPEC: ProviderSpec = ProviderSpec {
    sign_in_scopes: &["openid", "email", "profile"],
    prompts: &["select_account", "consent", "none", "login"],
    extra_parameters: |_| Vec::new(),
    // Ten minutes, as long as a proof lasts here; `auth_time` is then required (Core §3.1.2.1) and checked.
    asks_again: &[("prompt", "login"), ("max_age", "600")],
    lets_see: None,
    token_encoding: TokenEncoding::Json,
    response_issuer: ResponseIssuer::Metadata,
    form_post: false,
    picture_origins: |_| Vec::new(),
    own_domains: &[],
    token_check: None,
    who: IdentitySource::IdToken(OidcSpec {
        algorithms: &[Algorithm::Rs256, Algorithm::Ps256, Algorithm::Es256, Algorithm::EdDsa],
        issuers: |provider, _| vec![provider.metadata.issuer().to_owned()],
        // A certified provider leaves the scopes' claims to userinfo when it gives an access token (Core §5.4).
        userinfo_completes: true,
        admits: |_, _| true,
        profile: |provider, facts| Some(profile(provider, facts)),
    }),
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

/// Nobody knows for which addresses an arbitrary provider is authoritative, so it is for none: an address that
/// somebody here has already is never linked without asking.
fn profile(provider: &Provider, facts: &Facts<'_>) -> Profile {
    standard_profile(provider, facts, |_| false)
}
