//! Facebook: OAuth 2 and the Graph API.
//!
//! Sources: "Manually build a login flow", "Securing Graph API requests" (`appsecret_proof`) and "Graph API: User"
//! (developers.facebook.com); read November 2026.

mod debug_token;
mod signed_request;

use aws_lc_rs::hmac;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::{
    ApiDocument, AuthenticationClaims, BuiltIn, ButtonColours, Documents, IdentitySource, Note, OAuthSpec, Profile,
    ProfileEmail, Provider, ProviderSpec, ResponseIssuer, SettingError, Settings, TokenCheck, Variable,
    VariableKind::UrlOverride, endpoint_url, endpoints, origins, spec::text,
};

const URL: &str = "https://www.facebook.com";
const GRAPH_URL: &str = "https://graph.facebook.com";
/// A version lives for about two years; see the changelog of the Graph API.
const VERSION: &str = "v24.0";

pub(super) static FACEBOOK: BuiltIn = BuiltIn {
    optional: &[Variable::new("URL", UrlOverride), Variable::new("GRAPH_URL", UrlOverride)],
    notes: &[
        Note::new("Graph API v24.0 (October 2025) works for about two years", "update before October 2027"),
        Note::new(
            "until the app is in Live mode, only people with a role in the app can sign in",
            "switch it to Live; that needs a privacy policy and a data deletion URL",
        ),
    ],
    // Facebook's blue; white on it has a contrast of 4.7.
    ..BuiltIn::new(("facebook", "Facebook"), &SPEC, ButtonColours::filled("#0866ff", "#0757db"), provider)
};

static SPEC: ProviderSpec = ProviderSpec {
    reauthentication: &[("auth_type", "reauthenticate")],
    response_issuer: ResponseIssuer::OwnDomain,
    picture_origins: |_| origins(&["https://*.fbcdn.net", "https://*.fbsbx.com"]),
    own_domains: &["facebook.com"],
    token_check: Some(TokenCheck {
        is_plausible: debug_token::is_plausible,
        request: debug_token::request,
        judge: debug_token::judge,
    }),
    message_format: Some(signed_request::MESSAGES),
    ..ProviderSpec::new(&["public_profile", "email"], IdentitySource::Api(OAuthSpec { documents, profile }))
};

fn provider(settings: &Settings) -> Result<Provider, SettingError> {
    let url = settings.get("URL").unwrap_or(URL);
    let graph = settings.get("GRAPH_URL").unwrap_or(GRAPH_URL);
    let metadata = endpoints(
        url,
        endpoint_url(url, &format!("/{VERSION}/dialog/oauth")),
        endpoint_url(graph, &format!("/{VERSION}/oauth/access_token")),
        "client_secret_post",
    );
    Ok(Provider { api: Some(graph.to_owned()), ..FACEBOOK.client(settings, metadata.into()) })
}

fn documents(provider: &Provider, access_token: &SecretString) -> Vec<ApiDocument> {
    let graph = provider.api.as_deref().unwrap_or(GRAPH_URL);
    let mut url = endpoint_url(graph, &format!("/{VERSION}/me"));
    url.query_pairs_mut().append_pair("fields", "id,name,email,picture.width(256)");
    if let Some(secret) = provider.client_secret.fixed() {
        url.query_pairs_mut().append_pair("appsecret_proof", &appsecret_proof(access_token, secret));
    }
    vec![ApiDocument { name: "me", url, required: true, members: &["id", "email", "name", "picture.data.url"] }]
}

/// HMAC-SHA256 of the access token, keyed with the app secret, in hex. An app can require it, so that a stolen token is
/// useless without the secret.
fn appsecret_proof(access_token: &SecretString, secret: &SecretString) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes());
    let tag = hmac::sign(&key, access_token.expose_secret().as_bytes());
    tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The id is app-scoped. The email address may be missing (accounts with a phone number), and has no verified flag: it is
/// never treated as verified.
fn profile(provider: &Provider, documents: &Documents) -> Option<Profile> {
    let me = documents.get("me");
    Some(Profile {
        issuer: provider.metadata.issuer().to_owned(),
        subject: text(me, "id")?.to_owned(),
        provider: provider.slug.as_str().to_owned(),
        email: text(me, "email").map(|address| ProfileEmail {
            unverified_email: address.to_owned(),
            verified_by_provider: false,
            provider_is_authoritative: false,
        }),
        name: text(me, "name").map(str::to_owned),
        picture: me.pointer("/picture/data/url").and_then(Value::as_str).map(str::to_owned),
        authentication: AuthenticationClaims::default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231 §4.3, test case 2.
    #[test]
    fn the_proof_is_hmac_sha256_in_hex() {
        assert_eq!(
            appsecret_proof(&"what do ya want for nothing?".into(), &"Jefe".into()),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }
}
