//! The provider's metadata: OpenID Connect Discovery §3 and §4, RFC 8414.

mod metadata;

#[cfg(test)]
mod tests;

pub use metadata::ProviderMetadata;
use url::Url;

use super::Algorithm;
use super::endpoint::{EndpointError, EndpointRules, parse_endpoint, parse_issuer};
use crate::oauth::{DocumentError, HttpRequest, HttpResponse, JsonDocument, ResponseError};

/// Where an issuer's metadata is (Discovery §4.1): a final `/` of the issuer goes before the path is added.
///
/// # Errors
/// [`DiscoveryError::Endpoint`] about the issuer itself.
pub fn discovery_url(issuer: &str, rules: EndpointRules) -> Result<Url, DiscoveryError> {
    let mut url = usable_issuer(issuer, rules)?;
    let path = format!("{}/.well-known/openid-configuration", url.path().trim_end_matches('/'));
    url.set_path(&path);
    Ok(url)
}

/// Asks for an issuer's metadata.
///
/// # Errors
/// [`DiscoveryError::Endpoint`] about the issuer itself.
pub fn discovery_request(issuer: &str, rules: EndpointRules) -> Result<HttpRequest, DiscoveryError> {
    Ok(HttpRequest::get_json(&discovery_url(issuer, rules)?))
}

/// Reads an issuer's metadata. `issuer` in it must equal `expected_issuer` byte for byte (Discovery §4.3):
/// otherwise one provider could speak in the name of another.
///
/// # Errors
/// [`DiscoveryError`]; this provider cannot be used then, the others can.
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
    let issuer =
        parse_issuer(expected_issuer, rules).map_err(|error| DiscoveryError::Endpoint { member: "issuer", error })?;
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

/// Why a provider's metadata was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DiscoveryError {
    /// The provider is away, or there is no document.
    #[error(transparent)]
    Response(#[from] ResponseError),
    /// The document is unreadable, or a member is missing or of the wrong type.
    #[error("the provider's metadata is malformed: {0}")]
    Malformed(#[from] DocumentError),
    /// The document belongs to another issuer.
    #[error("the provider's metadata names another issuer")]
    IssuerMismatch,
    /// An address that we must not use.
    #[error("the provider's metadata has an unusable {member}: {error}")]
    Endpoint {
        /// The member's name.
        member: &'static str,
        /// What is wrong with it.
        error: EndpointError,
    },
    /// The provider does not offer `response_type=code`.
    #[error("the provider does not offer the code flow")]
    NoCodeFlow,
    /// The provider signs with nothing that we accept.
    #[error("the provider offers no signature algorithm that is accepted")]
    NoAcceptedAlgorithm,
}

fn usable_issuer(issuer: &str, rules: EndpointRules) -> Result<Url, DiscoveryError> {
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
        let Some(address) = self.document.optional_str(member)? else {
            return Ok(None);
        };
        match parse_endpoint(address, self.issuer, self.rules) {
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
