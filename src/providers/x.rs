//! X: OAuth 2 with PKCE.
//!
//! Sources: "OAuth 2.0 Authorization Code Flow with PKCE" and "Users lookup: authenticated user" (docs.x.com); read
//! November 2026.

use secrecy::SecretString;

use super::{
    ApiDocument, AuthenticationClaims, BuiltIn, ButtonColours, Documents, IdentitySource, Note, OAuthSpec, Profile,
    ProfileEmail, Provider, ProviderSpec, ResponseIssuer, SettingError, Settings, Variable, VariableKind::UrlOverride,
    endpoint_url, endpoints, origins, spec::text,
};

const URL: &str = "https://x.com";
const API_URL: &str = "https://api.x.com";

pub(super) static X: BuiltIn = BuiltIn {
    optional: &[Variable::new("URL", UrlOverride), Variable::new("API_URL", UrlOverride)],
    notes: &[
        Note::new(
            "API calls cost credits; without them the profile is answered by 402, and no one can sign in",
            "keep credits in the developer console",
        ),
        Note::new("the email is only returned where the app requests it", "turn on Request email from users"),
    ],
    ..BuiltIn::new(("x", "X"), &SPEC, ButtonColours::BLACK_AND_WHITE, provider)
};

static SPEC: ProviderSpec = ProviderSpec {
    response_issuer: ResponseIssuer::OwnDomain,
    picture_origins: |_| origins(&["https://pbs.twimg.com"]),
    own_domains: &["x.com", "twitter.com"],
    // `users/me` requires `tweet.read`, too.
    ..ProviderSpec::new(
        &["users.read", "users.email", "tweet.read"],
        IdentitySource::Api(OAuthSpec { documents, profile }),
    )
};

fn provider(settings: &Settings) -> Result<Provider, SettingError> {
    let url = settings.get("URL").unwrap_or(URL);
    let api = settings.get("API_URL").unwrap_or(API_URL);
    // A confidential client authenticates by Basic, and by nothing else.
    let metadata = endpoints(
        url,
        endpoint_url(url, "/i/oauth2/authorize"),
        endpoint_url(api, "/2/oauth2/token"),
        "client_secret_basic",
    );
    Ok(Provider { api: Some(api.to_owned()), ..X.client(settings, metadata.into()) })
}

const MEMBERS: &[&str] = &["data.id", "data.confirmed_email", "data.name", "data.username", "data.profile_image_url"];

fn documents(provider: &Provider, _: &SecretString) -> Vec<ApiDocument> {
    let api = provider.api.as_deref().unwrap_or(API_URL);
    let url = endpoint_url(api, "/2/users/me?user.fields=confirmed_email,profile_image_url");
    vec![ApiDocument { name: "me", url, required: true, members: MEMBERS }]
}

/// The id is a string of digits, too long for a JSON number. X has verified `confirmed_email`, and runs no mailboxes.
fn profile(provider: &Provider, documents: &Documents) -> Option<Profile> {
    let data = documents.get("me").get("data")?;
    Some(Profile {
        issuer: provider.metadata.issuer().to_owned(),
        subject: text(data, "id")?.to_owned(),
        provider: provider.slug.as_str().to_owned(),
        email: text(data, "confirmed_email").map(|address| ProfileEmail {
            unverified_email: address.to_owned(),
            verified_by_provider: true,
            provider_is_authoritative: false,
        }),
        name: text(data, "name").or_else(|| text(data, "username")).map(str::to_owned),
        picture: text(data, "profile_image_url").map(str::to_owned),
        authentication: AuthenticationClaims::default(),
    })
}
