//! Token requests: RFC 6749 §4.1.3 (a code for tokens) and §6 (a refresh token for tokens).

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::{AuthorizationCode, Client, HttpRequest, PkceVerifier, Scopes};

/// Asks for tokens with the code that the browser brought. Send it once: a code that is sent twice counts as
/// stolen, and the provider may revoke what it gave (RFC 6749 §4.1.2).
///
/// `redirect_uri` must be the one of the authorization request, byte for byte; `code_verifier` is absent where the request had
/// no challenge.
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

/// Asks for a new access token. `scope` is for providers that want it again (Microsoft); it cannot widen the
/// grant.
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
