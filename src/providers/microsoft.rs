//! Microsoft: OpenID Connect with an issuer for every tenant.
//!
//! Sources: "OpenID Connect on the Microsoft identity platform", "Microsoft identity platform application authentication
//! certificate credentials" (PS256 and `x5t#S256`), "ID token claims reference", "Migrate away from using
//! email claims for user identification or authorization" (learn.microsoft.com); read November 2026.

use serde_json::Value;
use url::Url;
use uuid::Uuid;

use super::{
    AuthenticationClaims, BuiltIn, ButtonColours, CertificateError, ClientKey, ClientSecret, Facts, IdentitySource,
    Note, OidcSpec, Palette, PrivateKey, Profile, ProfileEmail, Provider, ProviderSpec, ResponseIssuer, SettingError,
    Settings, Variable,
    VariableKind::{Text, UrlOverride},
    endpoint_url, endpoints,
};
use crate::oidc::{Algorithm, ProviderMetadata};

pub(super) const SLUG: &str = "microsoft";
const PUBLIC_URL: &str = "https://login.microsoftonline.com";
/// The tenant of all personal accounts.
const PERSONAL_ACCOUNTS: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";
/// The placeholder for the tenant in the issuer of multi-tenant endpoints.
const ANY_TENANT: &str = "{tenantid}";

// Microsoft's guidelines have a light and a dark button.
pub(super) static MICROSOFT: BuiltIn = BuiltIn {
    instead_of_secret: &["PRIVATE_KEY", "CERTIFICATE"],
    optional: &[Variable::new("URL", UrlOverride), Variable::new("TENANT", Text)],
    notes: &[Note::new(
        "client secrets expire, after 24 months at the latest, and sign-ins then fail with invalid_client",
        "note the date, and create the next one before",
    )],
    ..BuiltIn::new(
        ("microsoft", "Microsoft"),
        &SPEC,
        ButtonColours {
            light: Palette::new("#ffffff", "#f3f3f3", "#8c8c8c", "#5e5e5e"),
            dark: Palette::new("#2f2f2f", "#3b3b3b", "#8c8c8c", "#ffffff"),
        },
        provider,
    )
};

/// Whose accounts are accepted (`MICROSOFT_TENANT`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tenant {
    /// `common`: any organisation's, and personal ones.
    Common,
    /// `organizations`: any organisation's.
    Organizations,
    /// `consumers`: personal ones.
    Consumers,
    /// This organisation's.
    One(Uuid),
}

impl Tenant {
    /// `None` for anything but the three words and a tenant's id: from a domain name the issuer would not follow.
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
        prompts: &["consent", "none"],
        another_account: Some("select_account"),
        reauthentication: &[("prompt", "login")],
        // It would name the user's tenant, which is not known before the id_token.
        response_issuer: ResponseIssuer::OwnDomain,
        own_domains: &["microsoftonline.com", "microsoft.com", "sts.windows.net", "live.com"],
        ..ProviderSpec::new(
            &["openid", "email", "profile"],
            IdentitySource::IdToken(OidcSpec {
                issuers,
                claims: &["tid", "oid", "email", "xms_edov", "name"],
                ..OidcSpec::new(profile)
            }),
        )
    }
}

fn provider(settings: &Settings) -> Result<Provider, SettingError> {
    let tenant = Tenant::parse(settings.get("TENANT").unwrap_or("common")).ok_or(SettingError {
        name: "TENANT",
        problem: "must be `common`, `organizations`, `consumers` or the id of a tenant (a UUID; Entra shows it as \"Directory (tenant) ID\")",
    })?;
    let metadata = metadata(settings.get("URL").unwrap_or(PUBLIC_URL), &tenant);
    Ok(Provider {
        spec: if tenant == Tenant::Organizations { &ORGANIZATIONS } else { &SPEC },
        ..MICROSOFT.client_with(settings, client_secret(settings)?, metadata.into())
    })
}

/// A secret, or a key with its certificate.
fn client_secret(settings: &Settings) -> Result<ClientSecret, SettingError> {
    let [Some(pem), Some(certificate)] = ["PRIVATE_KEY", "CERTIFICATE"].map(|name| settings.get(name)) else {
        return Ok(settings.required("CLIENT_SECRET").into());
    };
    let key = PrivateKey::from_pem(&pem.into()).ok().filter(PrivateKey::is_rsa).ok_or(SettingError {
        name: "PRIVATE_KEY",
        problem: "must be an unencrypted RSA key in PEM, of 2048 bits or more; its line breaks may be written \\n",
    })?;
    ClientKey::with_certificate(key, certificate).map(ClientSecret::Key).map_err(|error| SettingError {
        name: "CERTIFICATE",
        problem: match error {
            CertificateError::NotACertificate => {
                "must be the certificate that you uploaded to Entra, in PEM; its line breaks may be written \\n"
            }
            CertificateError::OfAnotherKey => "is not the certificate of MICROSOFT_PRIVATE_KEY",
        },
    })
}

/// The hosts of Entra's clouds.
const HOSTS: [&str; 4] =
    ["login.microsoftonline.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn", "login.windows.net"];

/// Whether the keys of a generic provider are Entra's.
pub(super) fn is_entra(jwks_uri: &Url) -> bool {
    jwks_uri.host_str().is_some_and(|host| HOSTS.contains(&host))
}

/// An application with a signing key of its own publishes it only where the key set is requested with its id ("OpenID Connect
/// on the Microsoft identity platform", `appid`).
pub(super) fn with_keys_of_the_app(mut jwks_uri: Url, client_id: &str) -> Url {
    if jwks_uri.query_pairs().all(|(name, _)| name != "appid") {
        jwks_uri.query_pairs_mut().append_pair("appid", client_id);
    }
    jwks_uri
}

fn metadata(url: &str, tenant: &Tenant) -> ProviderMetadata {
    let base = format!("{url}/{}", tenant.in_path());
    ProviderMetadata {
        jwks_uri: Some(endpoint_url(&base, "/discovery/v2.0/keys")),
        id_token_signing_alg_values_supported: vec![Algorithm::Rs256],
        ..endpoints(
            &format!("{url}/{}/v2.0", tenant.in_issuer()),
            endpoint_url(&base, "/oauth2/v2.0/authorize"),
            endpoint_url(&base, "/oauth2/v2.0/token"),
            "client_secret_post",
        )
    }
}

/// The issuer follows from the tenant that the token names (`tid`); then only a token of that tenant's issuer verifies. `tid`
/// must be a UUID: anything else could turn the template into a foreign issuer.
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

/// `tid` (in the issuer) and `oid` are the identity; `sub` differs per app. A tenant's administrator can set any email address
/// ("nOAuth"): only `xms_edov` says that its domain is the tenant's.
fn profile(provider: &Provider, facts: &Facts<'_>) -> Option<Profile> {
    let oid = facts.text("oid").and_then(|oid| Uuid::try_parse(oid).ok())?;
    Some(Profile {
        issuer: facts.claims?.issuer().to_owned(),
        subject: oid.to_string(),
        provider: provider.slug.as_str().to_owned(),
        email: facts.text("email").map(|address| ProfileEmail {
            unverified_email: address.to_owned(),
            verified_by_provider: domain_owner_verified(facts),
            provider_is_authoritative: false,
        }),
        name: facts.text("name").map(str::to_owned),
        picture: None,
        authentication: AuthenticationClaims::default(),
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
