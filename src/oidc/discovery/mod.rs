//! The provider's metadata: OpenID Connect Discovery §3 and §4, RFC 8414.

use secrecy::SecretString;
use url::Url;

use super::Algorithm;
use super::endpoint::{EndpointFault, EndpointRules, parse_endpoint, parse_issuer};
use crate::oauth::{
    ClientAuthentication, DocumentError, HttpRequest, HttpResponse, JsonDocument, ResponseFault,
};

/// What a provider says of itself: from [`process_discovery_response`], or from a provider's page of facts.
/// All of it comes from one document; never mix two (threat AR10: a client secret for H sent to E).
#[derive(Clone, Debug)]
pub struct ProviderMetadata {
    /// `issuer`, byte for byte as the id_token's `iss` will be.
    pub issuer: String,
    /// `authorization_endpoint`.
    pub authorization_endpoint: Url,
    /// `token_endpoint`.
    pub token_endpoint: Url,
    /// `jwks_uri`.
    pub jwks_uri: Url,
    /// `userinfo_endpoint`.
    pub userinfo_endpoint: Option<Url>,
    /// `revocation_endpoint` (RFC 8414).
    pub revocation_endpoint: Option<Url>,
    /// `end_session_endpoint` (RP-Initiated Logout).
    pub end_session_endpoint: Option<Url>,
    /// `token_endpoint_auth_methods_supported`; `client_secret_basic` where the document is silent.
    pub token_endpoint_auth_methods_supported: Vec<String>,
    /// `authorization_response_iss_parameter_supported` (RFC 9207 §3).
    pub authorization_response_iss_parameter_supported: bool,
    /// `id_token_signing_alg_values_supported`, as far as we accept them; RS256 where the document is silent.
    pub id_token_signing_alg_values_supported: Vec<Algorithm>,
    /// `code_challenge_methods_supported`; empty where the document is silent.
    pub code_challenge_methods_supported: Vec<String>,
}

/// Where an issuer's metadata is (Discovery §4.1): a final `/` of the issuer goes before the path is added.
///
/// # Errors
/// The issuer's own [`EndpointFault`].
pub fn discovery_url(issuer: &str, rules: EndpointRules) -> Result<Url, EndpointFault> {
    let mut url = parse_issuer(issuer, rules)?;
    let path = format!(
        "{}/.well-known/openid-configuration",
        url.path().trim_end_matches('/')
    );
    url.set_path(&path);
    Ok(url)
}

/// Asks for an issuer's metadata.
///
/// # Errors
/// The issuer's own [`EndpointFault`].
pub fn discovery_request(issuer: &str, rules: EndpointRules) -> Result<HttpRequest, EndpointFault> {
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
        parse_issuer(expected_issuer, rules).map_err(|fault| DiscoveryError::Endpoint {
            member: "issuer",
            fault,
        })?;
    let endpoints = Endpoints {
        document: &document,
        issuer: &issuer,
        rules,
    };
    check_code_flow(&document)?;
    Ok(ProviderMetadata {
        issuer: expected_issuer.to_owned(),
        authorization_endpoint: endpoints.required("authorization_endpoint")?,
        token_endpoint: endpoints.required("token_endpoint")?,
        jwks_uri: endpoints.required("jwks_uri")?,
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
        code_challenge_methods_supported: strings(
            &document,
            "code_challenge_methods_supported",
            &[],
        )?,
    })
}

impl ProviderMetadata {
    /// How to authenticate with `secret` at the token endpoint: Basic where offered, then the body; without a
    /// secret as a public client. `None` when the provider offers neither.
    pub fn client_authentication(
        &self,
        secret: Option<SecretString>,
    ) -> Option<ClientAuthentication> {
        let offers = |method: &str| {
            self.token_endpoint_auth_methods_supported
                .iter()
                .any(|offered| offered == method)
        };
        match secret {
            None => Some(ClientAuthentication::None),
            Some(secret) if offers("client_secret_basic") => {
                Some(ClientAuthentication::ClientSecretBasic(secret))
            }
            Some(secret) if offers("client_secret_post") => {
                Some(ClientAuthentication::ClientSecretPost(secret))
            }
            Some(_) => None,
        }
    }
}

/// Why a provider's metadata was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DiscoveryError {
    /// The provider is away, or there is no document.
    #[error(transparent)]
    Response(#[from] ResponseFault),
    /// The document is unreadable, or a member is missing or of the wrong type.
    #[error("the provider's metadata is malformed: {0}")]
    Malformed(#[from] DocumentError),
    /// The document belongs to another issuer.
    #[error("the provider's metadata names another issuer")]
    IssuerMismatch,
    /// An address that we must not use.
    #[error("the provider's metadata has an unusable {member}: {fault}")]
    Endpoint {
        /// The member's name.
        member: &'static str,
        /// What is wrong with it.
        fault: EndpointFault,
    },
    /// The provider does not offer `response_type=code`.
    #[error("the provider does not offer the code flow")]
    NoCodeFlow,
    /// The provider signs with nothing that we accept.
    #[error("the provider offers no signature algorithm that is accepted")]
    NoAcceptedAlgorithm,
}

struct Endpoints<'a> {
    document: &'a JsonDocument,
    issuer: &'a Url,
    rules: EndpointRules,
}

impl Endpoints<'_> {
    fn required(&self, member: &'static str) -> Result<Url, DiscoveryError> {
        self.optional(member)?
            .ok_or(DocumentError::Missing(member).into())
    }

    fn optional(&self, member: &'static str) -> Result<Option<Url>, DiscoveryError> {
        let Some(address) = self.document.optional_str(member)? else {
            return Ok(None);
        };
        match parse_endpoint(address, self.issuer, self.rules) {
            Ok(url) => Ok(Some(url)),
            Err(fault) => Err(DiscoveryError::Endpoint { member, fault }),
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

fn strings(
    document: &JsonDocument,
    member: &'static str,
    default: &[&str],
) -> Result<Vec<String>, DiscoveryError> {
    let strings = document
        .optional_strs(member)?
        .unwrap_or_else(|| default.to_vec());
    Ok(strings.into_iter().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests;
