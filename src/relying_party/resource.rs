//! What people let us see, at their provider's API.

use secrecy::SecretString;
use url::Url;

use super::{HttpError, RelyingParty, provider_client::Part};
use crate::oauth::{HttpResponse, resource_request};

/// Why there is no answer from a provider's API.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The provider is not switched on, is another one than the token's, or has no API for us.
    #[error("the provider of the token is not configured")]
    ProviderChanged,
    /// What was asked for is not an address below the API.
    #[error("not an address below the provider's API")]
    Elsewhere,
    /// It has not answered lately.
    #[error("the provider's API has not answered lately")]
    BreakerOpen,
    /// No answer.
    #[error(transparent)]
    Http(#[from] HttpError),
}

impl RelyingParty {
    /// GET of `path_and_query` at the API of the provider of `issuer`, as the bearer of an access token of its. The API's
    /// address is the configuration's; no document of the provider's, and no answer, leads anywhere else with the token
    /// (RFC 9700 §4.9.1).
    ///
    /// # Errors
    /// [`AskError`]. Whatever the status, an answer is none.
    pub async fn ask_resource(
        &self,
        slug: &str,
        issuer: &str,
        access_token: &SecretString,
        path_and_query: &str,
    ) -> Result<HttpResponse, AskError> {
        let client = self.client_of(slug, issuer).ok_or(AskError::ProviderChanged)?;
        let api = client.provider.api.as_deref().ok_or(AskError::ProviderChanged)?;
        let url = below(api, path_and_query).ok_or(AskError::Elsewhere)?;
        let now = self.clock.now();
        if !client.may_ask(Part::Resources, now) {
            return Err(AskError::BreakerOpen);
        }
        Ok(client.send(&self.http, Part::Resources, resource_request(&url, access_token), now).await?)
    }
}

/// The address below the API: one that begins as the API's does once its dots are resolved.
fn below(api: &str, path_and_query: &str) -> Option<Url> {
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
    fn a_path_of_the_api_is_asked_there(#[case] api: &str, #[case] path: &str, #[case] url: &str) {
        assert_eq!(below(api, path).unwrap().as_str(), url);
    }

    #[rstest]
    #[case::no_path(API, "drive/v3/files")]
    #[case::another_host(API, ".evil.example/drive")]
    #[case::user(API, "@evil.example/drive")]
    #[case::port(API, ":8443/drive")]
    #[case::empty(API, "")]
    #[case::fragment(API, "/drive#x")]
    #[case::out_of_the_folder("http://localhost:3010/google-api", "/../google/token")]
    #[case::out_in_code("http://localhost:3010/google-api", "/%2e%2e/google/token")]
    fn nothing_leads_elsewhere(#[case] api: &str, #[case] path: &str) {
        assert_eq!(below(api, path), None);
    }
}
