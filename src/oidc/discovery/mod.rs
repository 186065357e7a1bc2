//! The provider's metadata: OpenID Connect Discovery §3 and §4, RFC 8414.

mod metadata;

#[cfg(test)]
mod tests;

pub use metadata::ProviderMetadata;
use serde_json::Value;
use url::Url;

use super::Algorithm;
use super::algorithm::registered_name;
use super::endpoint::{EndpointError, EndpointRules, parse_endpoint, parse_issuer};
use crate::oauth::{DocumentError, HttpRequest, HttpResponse, JsonDocument, ResponseError};

/// The URL of an issuer's metadata (Discovery §4.1): a trailing `/` of the issuer is removed before the path is added.
///
/// # Errors
/// [`DiscoveryError::Endpoint`] with member `issuer`, if the issuer is not an acceptable URL.
pub fn discovery_url(issuer: &str, rules: EndpointRules) -> Result<Url, DiscoveryError> {
    let mut url = acceptable_issuer(issuer, rules)?;
    let path = format!("{}/.well-known/openid-configuration", url.path().trim_end_matches('/'));
    url.set_path(&path);
    Ok(url)
}

/// The request for an issuer's metadata.
///
/// # Errors
/// As [`discovery_url`].
pub fn discovery_request(issuer: &str, rules: EndpointRules) -> Result<HttpRequest, DiscoveryError> {
    Ok(HttpRequest::get_json(&discovery_url(issuer, rules)?))
}

/// Processes an issuer's metadata. Its `issuer` must equal `expected_issuer` byte for byte (Discovery §4.3), or one
/// provider could impersonate another. `algorithms` are those that a sign-in there accepts in an id_token.
///
/// Issuer, authorization endpoint, token endpoint and key set are required. Any other member that cannot be read counts as
/// absent; but a provider that says that it cannot do what a sign-in needs is rejected here, before a user tries.
///
/// # Errors
/// [`DiscoveryError`]: the provider is unusable until a later response is accepted.
pub fn process_discovery_response(
    response: &HttpResponse,
    expected_issuer: &str,
    algorithms: &[Algorithm],
    rules: EndpointRules,
) -> Result<ProviderMetadata, DiscoveryError> {
    response.check_ok()?;
    let document = response.json()?;
    if document.required_str("issuer")? != expected_issuer {
        return Err(DiscoveryError::IssuerMismatch);
    }
    let issuer = acceptable_issuer(expected_issuer, rules)?;
    let endpoints = Endpoints { document: &document, issuer: &issuer, rules };
    check_code_flow(&document)?;
    Ok(ProviderMetadata {
        issuer: expected_issuer.to_owned(),
        authorization_endpoint: endpoints.required("authorization_endpoint")?,
        token_endpoint: endpoints.required("token_endpoint")?,
        jwks_uri: Some(endpoints.required("jwks_uri")?),
        userinfo_endpoint: endpoints.readable("userinfo_endpoint")?,
        revocation_endpoint: endpoints.usable("revocation_endpoint"),
        end_session_endpoint: endpoints.usable("end_session_endpoint"),
        token_endpoint_auth_methods_supported: texts(&document, "token_endpoint_auth_methods_supported")
            .unwrap_or_else(|| vec!["client_secret_basic".to_owned()]),
        token_endpoint_auth_signing_alg_values_supported: texts(
            &document,
            "token_endpoint_auth_signing_alg_values_supported",
        )
        .unwrap_or_default(),
        authorization_response_iss_parameter_supported: document
            .optional_bool("authorization_response_iss_parameter_supported")
            .is_ok_and(|supported| supported == Some(true)),
        id_token_signing_alg_values_supported: accepted_algorithms(&document, algorithms)?,
        code_challenge_methods_supported: texts(&document, "code_challenge_methods_supported").unwrap_or_default(),
    })
}

/// Why a provider's metadata was rejected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DiscoveryError {
    /// The provider is unavailable, or the status or size is unexpected.
    #[error(transparent)]
    Response(#[from] ResponseError),
    /// The document cannot be parsed, or a member is missing or has the wrong type.
    #[error("malformed metadata: {0}")]
    Malformed(#[from] DocumentError),
    /// `issuer` is not the configured issuer.
    #[error("metadata of another issuer")]
    IssuerMismatch,
    /// A URL that must not be used.
    #[error("unacceptable {member} in the metadata: {error}")]
    Endpoint {
        /// The member's name.
        member: &'static str,
        /// Why it was rejected.
        error: EndpointError,
    },
    /// `response_types_supported` lacks `code`.
    #[error("the provider does not support the code flow")]
    NoCodeFlow,
    /// `id_token_signing_alg_values_supported` has none that a sign-in accepts; the names that it has.
    #[error("the provider signs id_tokens with {0}, which sign-ins do not accept")]
    NoAcceptedAlgorithm(String),
}

fn acceptable_issuer(issuer: &str, rules: EndpointRules) -> Result<Url, DiscoveryError> {
    parse_issuer(issuer, rules).map_err(|error| DiscoveryError::Endpoint { member: "issuer", error })
}

struct Endpoints<'a> {
    document: &'a JsonDocument,
    issuer: &'a Url,
    rules: EndpointRules,
}

impl Endpoints<'_> {
    fn required(&self, member: &'static str) -> Result<Url, DiscoveryError> {
        self.parse(member, self.document.required_str(member)?)
    }

    /// Absent if it is no text. A URL that must not be used is an error: a sign-in may send the access token there.
    fn readable(&self, member: &'static str) -> Result<Option<Url>, DiscoveryError> {
        let endpoint = self.document.optional_str(member).ok().flatten().filter(|endpoint| !endpoint.is_empty());
        endpoint.map(|endpoint| self.parse(member, endpoint)).transpose()
    }

    /// Absent if it is no URL that may be used: a sign-in needs none.
    fn usable(&self, member: &'static str) -> Option<Url> {
        self.readable(member).ok().flatten()
    }

    fn parse(&self, member: &'static str, endpoint: &str) -> Result<Url, DiscoveryError> {
        parse_endpoint(endpoint, self.issuer, self.rules).map_err(|error| DiscoveryError::Endpoint { member, error })
    }
}

fn check_code_flow(document: &JsonDocument) -> Result<(), DiscoveryError> {
    match texts(document, "response_types_supported") {
        Some(types) if !types.iter().any(|response_type| response_type == "code") => Err(DiscoveryError::NoCodeFlow),
        _ => Ok(()),
    }
}

/// RS256 if the document names none, since every provider has to support it (Discovery §3).
fn accepted_algorithms(document: &JsonDocument, accepted: &[Algorithm]) -> Result<Vec<Algorithm>, DiscoveryError> {
    let Some(names) = texts(document, "id_token_signing_alg_values_supported") else {
        return Ok(vec![Algorithm::Rs256]);
    };
    let supported = names.iter().filter_map(|name| Algorithm::from_name(name));
    let usable: Vec<_> = supported.filter(|algorithm| accepted.contains(algorithm)).collect();
    match usable.is_empty() {
        true => Err(DiscoveryError::NoAcceptedAlgorithm(names_for_the_log(&names))),
        false => Ok(usable),
    }
}

/// At most ten registered names.
fn names_for_the_log(names: &[String]) -> String {
    let names: Vec<&str> = names.iter().take(10).map(|name| registered_name(name)).collect();
    names.join(", ")
}

/// The strings of an array; `None` if the member has none.
fn texts(document: &JsonDocument, member: &'static str) -> Option<Vec<String>> {
    let Ok(Some(Value::Array(elements))) = document.read(member) else { return None };
    let texts: Vec<String> = elements.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    (!texts.is_empty()).then_some(texts)
}
