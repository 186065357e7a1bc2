//! Microsoft: OpenID Connect with an issuer for every tenant.
//!
//! Sources: "OpenID Connect on the Microsoft identity platform", "ID token claims reference", "Migrate away from using
//! email claims for user identification or authorization" (learn.microsoft.com); read November 2026.

use std::sync::Arc;

use secrecy::SecretString;
use serde_json::Value;
use uuid::Uuid;

use super::{
    Facts, IdentitySource, Metadata, OidcSpec, Profile, ProfileEmail, Provider, ProviderSpec, ResponseIssuer, Slug,
    address, endpoints,
};
use crate::{
    oauth::TokenEncoding,
    oidc::{Algorithm, ProviderMetadata},
};

const URL: &str = "https://login.microsoftonline.com";
/// The tenant of all personal accounts.
const PERSONAL_ACCOUNTS: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";
/// What stands for a tenant in the issuer of those who take several.
const ANY_TENANT: &str = "{tenantid}";

/// Whose accounts are taken (`MICROSOFT_TENANT`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tenant {
    /// `common`: of any organisation, and personal ones.
    Common,
    /// `organizations`: of any organisation.
    Organizations,
    /// `consumers`: personal ones.
    Consumers,
    /// Of this organisation.
    One(Uuid),
}

impl Tenant {
    /// Reads `common`, `organizations`, `consumers` or an organisation's id; `None` for anything else: a domain name
    /// would not say which issuer to expect.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "common" => Some(Self::Common),
            "organizations" => Some(Self::Organizations),
            "consumers" => Some(Self::Consumers),
            id => Uuid::try_parse(id).ok().map(Self::One),
        }
    }

    fn in_path(&self) -> String {
        match self {
            Self::Common => "common".to_owned(),
            Self::Organizations => "organizations".to_owned(),
            Self::Consumers => "consumers".to_owned(),
            Self::One(id) => id.to_string(),
        }
    }

    fn in_issuer(&self) -> String {
        match self {
            Self::Common | Self::Organizations => ANY_TENANT.to_owned(),
            Self::Consumers => PERSONAL_ACCOUNTS.to_owned(),
            Self::One(id) => id.to_string(),
        }
    }
}

static SPEC: ProviderSpec = spec(|provider, claims| token_issuers(provider, claims, true));
static ORGANIZATIONS: ProviderSpec = spec(|provider, claims| token_issuers(provider, claims, false));

const fn spec(issuers: fn(&Provider, &Value) -> Vec<String>) -> ProviderSpec {
    ProviderSpec {
        sign_in_scopes: &["openid", "email", "profile"],
        prompts: &["select_account", "consent", "none", "login"],
        extra_parameters: |_| Vec::new(),
        asks_again: &[("prompt", "login")],
        lets_see: None,
        token_encoding: TokenEncoding::Json,
        // It would name the tenant of the person, which is not known before the id_token.
        response_issuer: ResponseIssuer::OwnDomain,
        form_post: false,
        picture_origins: |_| Vec::new(),
        own_domains: &["microsoftonline.com", "microsoft.com", "sts.windows.net", "live.com"],
        token_check: None,
        who: IdentitySource::IdToken(OidcSpec {
            algorithms: &[Algorithm::Rs256],
            issuers,
            userinfo_completes: false,
            admits: |_, _| true,
            profile,
        }),
    }
}

/// Our client at Microsoft; `url` is that of a stand-in for development.
pub fn provider(client_id: String, client_secret: SecretString, tenant: &Tenant, url: Option<String>) -> Provider {
    let url = url.as_deref().unwrap_or(URL);
    Provider {
        slug: Slug::constant("microsoft"),
        label: "Microsoft".to_owned(),
        client_id,
        further_client_ids: Vec::new(),
        client_secret: client_secret.into(),
        metadata: Metadata::Principal(Arc::new(metadata(url, tenant))),
        api: None,
        tokeninfo: None,
        hosted_domain: None,
        spec: if *tenant == Tenant::Organizations { &ORGANIZATIONS } else { &SPEC },
    }
}

fn metadata(url: &str, tenant: &Tenant) -> ProviderMetadata {
    let base = format!("{url}/{}", tenant.in_path());
    ProviderMetadata {
        jwks_uri: Some(address(&base, "/discovery/v2.0/keys")),
        id_token_signing_alg_values_supported: vec![Algorithm::Rs256],
        ..endpoints(
            &format!("{url}/{}/v2.0", tenant.in_issuer()),
            address(&base, "/oauth2/v2.0/authorize"),
            address(&base, "/oauth2/v2.0/token"),
            "client_secret_post",
        )
    }
}

/// The issuer is made from the tenant that the token claims to be of; only a token of that tenant's issuer verifies
/// then. A tenant is an id: anything else in its place could make an issuer of somebody else's.
fn token_issuers(provider: &Provider, claims: &Value, personal_accounts: bool) -> Vec<String> {
    let template = provider.metadata.issuer();
    if !template.contains(ANY_TENANT) {
        return vec![template.to_owned()];
    }
    let tenant = claims.get("tid").and_then(Value::as_str).and_then(|tid| Uuid::try_parse(tid).ok());
    tenant
        .map(|tenant| tenant.to_string())
        .filter(|tenant| personal_accounts || tenant != PERSONAL_ACCOUNTS)
        .map(|tenant| template.replace(ANY_TENANT, &tenant))
        .into_iter()
        .collect()
}

/// `tid` (in the issuer) and `oid` are the identity; `sub` is another one for each app. The address can be changed at
/// will by the tenant's own administrator ("nOAuth"): only `xms_edov` says that its domain is the tenant's.
fn profile(provider: &Provider, facts: &Facts<'_>) -> Option<Profile> {
    let oid = facts.text("oid").and_then(|oid| Uuid::try_parse(oid).ok())?;
    Some(Profile {
        issuer: facts.claims?.issuer().to_owned(),
        subject: oid.to_string(),
        provider: provider.slug.as_str().to_owned(),
        email: facts.text("email").map(|address| ProfileEmail {
            unverified_address: address.to_owned(),
            verified_by_provider: domain_owner_verified(facts),
            provider_is_authoritative: false,
        }),
        name: facts.text("name").map(str::to_owned),
        picture: None,
    })
}

/// Seen as `true` and as `"1"`; absent means not verified.
fn domain_owner_verified(facts: &Facts<'_>) -> bool {
    match facts.value("xms_edov") {
        Some(Value::Bool(verified)) => *verified,
        Some(Value::String(text)) => matches!(text.as_str(), "1" | "true"),
        _ => false,
    }
}
