//! Requests to a provider's API with the access token of a grant.

use secrecy::SecretString;
use url::Url;

use super::{HttpError, RelyingParty, provider_client::Part};
use crate::oauth::{HttpResponse, resource_request};

/// Why there is no response from a provider's API.
#[derive(Debug, thiserror::Error)]
pub enum ResourceRequestError {
    /// The provider is disabled, its issuer is not that of the token, or it has no API.
    #[error("provider disabled or changed")]
    ProviderChanged,
    /// The path leads outside the provider's API.
    #[error("path outside the provider's API")]
    OutsideApi,
    /// The API's circuit breaker is open.
    #[error("circuit breaker open")]
    BreakerOpen,
    /// No response.
    #[error(transparent)]
    Http(#[from] HttpError),
}

impl RelyingParty {
    /// GET of `path_and_query` at the provider's API with a bearer token that `issuer` issued. The API's base URL comes
    /// from the configuration, never from metadata or a response, so the token is sent nowhere else (RFC 9700 §4.9.1).
    ///
    /// # Errors
    /// [`ResourceRequestError`]. A response of any status is `Ok`.
    pub async fn fetch_resource(
        &self,
        slug: &str,
        issuer: &str,
        access_token: &SecretString,
        path_and_query: &str,
    ) -> Result<HttpResponse, ResourceRequestError> {
        let client = self.client_of_issuer(slug, issuer).ok_or(ResourceRequestError::ProviderChanged)?;
        let api = client.provider.api.as_deref().ok_or(ResourceRequestError::ProviderChanged)?;
        let url = resource_url(api, path_and_query).ok_or(ResourceRequestError::OutsideApi)?;
        let now = self.clock.now();
        if !client.try_acquire(Part::Resources, now) {
            return Err(ResourceRequestError::BreakerOpen);
        }
        Ok(client.send(&self.http, Part::Resources, resource_request(&url, access_token), now).await?)
    }
}

/// The URL below the API's base URL; `None` if it leaves it once dot segments are resolved.
fn resource_url(api: &str, path_and_query: &str) -> Option<Url> {
    if !path_and_query.starts_with('/') || path_and_query.contains('#') {
        return None;
    }
    let base = Url::parse(api).ok()?;
    let url = Url::parse(&format!("{api}{path_and_query}")).ok()?;
    let folder = format!("{}/", base.path().trim_end_matches('/'));
    (url.origin() == base.origin() && url.path().starts_with(&folder)).then_some(url)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const API: &str = "https://www.googleapis.com";

    #[rstest]
    #[case(API, "/drive/v3/files?q=a%20b", "https://www.googleapis.com/drive/v3/files?q=a%20b")]
    #[case("http://localhost:3010/google-api", "/drive/v3/files", "http://localhost:3010/google-api/drive/v3/files")]
    #[case(API, "/drive/v3/files?q=@evil.example", "https://www.googleapis.com/drive/v3/files?q=@evil.example")]
    fn path_is_resolved_below_the_api(#[case] api: &str, #[case] path: &str, #[case] url: &str) {
        assert_eq!(resource_url(api, path).unwrap().as_str(), url);
    }

    #[rstest]
    #[case::no_path(API, "drive/v3/files")]
    #[case::another_host(API, ".evil.example/drive")]
    #[case::user(API, "@evil.example/drive")]
    #[case::port(API, ":8443/drive")]
    #[case::empty(API, "")]
    #[case::fragment(API, "/drive#x")]
    #[case::dots("http://localhost:3010/google-api", "/../google/token")]
    #[case::percent_encoded_dots("http://localhost:3010/google-api", "/%2e%2e/google/token")]
    fn path_outside_the_api_is_rejected(#[case] api: &str, #[case] path: &str) {
        assert_eq!(resource_url(api, path), None);
    }
}
