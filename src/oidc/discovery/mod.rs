//! The provider's metadata: OpenID Connect Discovery §3 and §4, RFC 8414.

mod metadata;

#[cfg(test)]
mod tests;

pub use metadata::ProviderMetadata;
use url::Url;

use super::Algorithm;
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
/// provider could impersonate another.
///
/// # Errors
/// [`DiscoveryError`]: the provider is unusable until a later response is accepted.
pub fn process_discovery_response(
    response: &HttpResponse,
    expected_issuer: &str,
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
        userinfo_endpoint: endpoints.optional("userinfo_endpoint")?,
        revocation_endpoint: endpoints.optional("revocation_endpoint")?,
        end_session_endpoint: endpoints.optional("end_session_endpoint")?,
        token_endpoint_auth_methods_supported: strings(
            &document,
            "token_endpoint_auth_methods_supported",
            &["client_secret_basic"],
        )?,
        authorization_response_iss_parameter_supported: document
            .optional_bool("authorization_response_iss_parameter_supported")?
            .unwrap_or(false),
        id_token_signing_alg_values_supported: algorithms(&document)?,
        code_challenge_methods_supported: strings(&document, "code_challenge_methods_supported", &[])?,
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
    /// `id_token_signing_alg_values_supported` has no supported algorithm.
    #[error("the provider supports no accepted signature algorithm")]
    NoAcceptedAlgorithm,
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
        self.optional(member)?.ok_or(DocumentError::Missing(member).into())
    }

    fn optional(&self, member: &'static str) -> Result<Option<Url>, DiscoveryError> {
        let Some(endpoint) = self.document.optional_str(member)? else {
            return Ok(None);
        };
        match parse_endpoint(endpoint, self.issuer, self.rules) {
            Ok(url) => Ok(Some(url)),
            Err(error) => Err(DiscoveryError::Endpoint { member, error }),
        }
    }
}

fn check_code_flow(document: &JsonDocument) -> Result<(), DiscoveryError> {
    match document.optional_strs("response_types_supported")? {
        Some(types) if !types.contains(&"code") => Err(DiscoveryError::NoCodeFlow),
        _ => Ok(()),
    }
}

fn algorithms(document: &JsonDocument) -> Result<Vec<Algorithm>, DiscoveryError> {
    let Some(names) = document.optional_strs("id_token_signing_alg_values_supported")? else {
        return Ok(vec![Algorithm::Rs256]);
    };
    let accepted: Vec<_> = names.into_iter().filter_map(Algorithm::from_name).collect();
    match accepted.is_empty() {
        true => Err(DiscoveryError::NoAcceptedAlgorithm),
        false => Ok(accepted),
    }
}

fn strings(document: &JsonDocument, member: &'static str, default: &[&str]) -> Result<Vec<String>, DiscoveryError> {
    let strings = document.optional_strs(member)?.unwrap_or_else(|| default.to_vec());
    Ok(strings.into_iter().map(str::to_owned).collect())
}
