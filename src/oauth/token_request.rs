//! Token requests: RFC 6749 §4.1.3 (authorization code) and §6 (refresh token).

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::{AuthorizationCode, Client, HttpRequest, PkceVerifier, Scopes};

/// Exchanges an authorization code. Send it once: on a second use the provider may revoke the tokens that it issued for
/// the code (RFC 6749 §4.1.2).
///
/// `redirect_uri` must equal that of the authorization request, byte for byte; `code_verifier` is absent if the request had no
/// challenge.
pub fn authorization_code_grant(
    token_endpoint: &Url,
    client: &Client,
    code: &AuthorizationCode,
    redirect_uri: &str,
    code_verifier: Option<&PkceVerifier>,
) -> HttpRequest {
    let mut parameters =
        vec![("grant_type", "authorization_code"), ("code", code.expose()), ("redirect_uri", redirect_uri)];
    parameters.extend(code_verifier.map(|verifier| ("code_verifier", verifier.expose())));
    HttpRequest::post_form(token_endpoint, client, &parameters)
}

/// Requests new tokens with a refresh token. `scope` is for providers that require it (Microsoft); it cannot exceed
/// the scope of the grant.
pub fn refresh_token_grant(
    token_endpoint: &Url,
    client: &Client,
    refresh_token: &SecretString,
    scope: Option<&Scopes>,
) -> HttpRequest {
    let mut parameters = vec![("grant_type", "refresh_token"), ("refresh_token", refresh_token.expose_secret())];
    let scope = scope.map(Scopes::to_string);
    parameters.extend(scope.as_deref().map(|scope| ("scope", scope)));
    HttpRequest::post_form(token_endpoint, client, &parameters)
}
