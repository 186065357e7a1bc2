//! OpenID Connect RP-Initiated Logout 1.0: the request that ends the provider's own session.

use url::Url;

/// Where the browser goes to sign out at the provider (§2). Without an `id_token_hint`, for which id_tokens would have to be kept,
/// the provider may ask the user whether to sign out. `hint`: the user's email address there.
pub fn end_session_url(
    end_session_endpoint: &Url,
    client_id: &str,
    post_logout_redirect_uri: &str,
    hint: Option<&str>,
) -> Url {
    let mut url = end_session_endpoint.clone();
    url.query_pairs_mut()
        .append_pair("client_id", client_id)
        .append_pair("post_logout_redirect_uri", post_logout_redirect_uri)
        .extend_pairs(hint.map(|hint| ("logout_hint", hint)));
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_added_to_the_endpoint() {
        let endpoint = Url::parse("https://id.example/logout?tenant=1").unwrap();
        let url = end_session_url(&endpoint, "c&d", "https://app.example/login", Some("ada+x@example.com"));
        assert_eq!(
            url.as_str(),
            "https://id.example/logout?tenant=1&client_id=c%26d&post_logout_redirect_uri=https%3A%2F%2Fapp.example%2Flogin\
             &logout_hint=ada%2Bx%40example.com"
        );
        let url = end_session_url(&endpoint, "c", "https://app.example/login", None);
        assert!(!url.as_str().contains("logout_hint"));
    }
}
