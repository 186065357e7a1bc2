//! Client authentication (RFC 6749 §2.3.1).

use axum::http::HeaderMap;

use super::error::OAuthError;
use crate::basic;
use crate::clients::Clients;
use crate::fields::Fields;
use crate::state::Provider;

/// `client_secret_basic` or `client_secret_post` (RFC 6749 §2.3.1), not both; a public client sends only its
/// `client_id`. Returns the client id.
pub fn authenticate(headers: &HeaderMap, form: &Fields, clients: &Clients) -> Result<String, OAuthError> {
    let presented = match (basic::presented(headers), form.get("client_id"), form.get("client_secret")) {
        (Some(_), _, Some(_)) => {
            return Err(OAuthError::bad("invalid_request", "Only one client authentication method is allowed."));
        }
        (Some(text), id, None) => basic::read(text).filter(|(known, _)| id.is_none_or(|id| id == known)),
        (None, Some(id), Some(secret)) => Some((id.to_owned(), secret.to_owned())),
        (None, Some(id), None) if id == clients.google_spa => return Ok(id.to_owned()),
        (None, Some(_), None) => {
            return Err(OAuthError::bad("invalid_request", "client_secret is missing."));
        }
        (None, None, _) => {
            return Err(OAuthError::bad("invalid_request", "Could not determine client ID from request."));
        }
    };
    let client = clients.of(Provider::Google);
    match presented {
        Some((id, secret)) if id == client.id && secret == client.secret => Ok(id),
        _ => Err(OAuthError::client()),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::header::AUTHORIZATION;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    fn with_basic(text: &str) -> HeaderMap {
        let value = format!("Basic {}", STANDARD.encode(text)).parse().unwrap();
        HeaderMap::from_iter([(AUTHORIZATION, value)])
    }

    fn status(headers: &HeaderMap, form: &str) -> u16 {
        authenticate(headers, &Fields::parse(form), &Clients::default()).map_or_else(|error| error.0.as_u16(), |_| 200)
    }

    #[test]
    fn basic_and_post_authentication_are_accepted() {
        let post = "client_id=sandbox%2Dgoogle&client_secret=sandbox%2Dgoogle%2Dsecret";
        let basic = with_basic("sandbox%2Dgoogle:sandbox-google-secret");
        assert_eq!(status(&HeaderMap::new(), post), 200);
        assert_eq!(status(&basic, ""), 200);
        assert_eq!(status(&basic, "client_id=sandbox-google"), 200);
    }

    #[test]
    fn two_methods_none_or_a_wrong_secret_are_rejected() {
        let basic = with_basic("sandbox-google:sandbox-google-secret");
        assert_eq!(status(&basic, "client_id=sandbox-google&client_secret=sandbox-google-secret"), 400);
        assert_eq!(status(&HeaderMap::new(), "client_id=sandbox-google"), 400);
        assert_eq!(status(&HeaderMap::new(), ""), 400);
        assert_eq!(status(&HeaderMap::new(), "client_id=sandbox-google&client_secret=x"), 401);
        assert_eq!(status(&with_basic("sandbox-google:x"), ""), 401);
        assert_eq!(status(&basic, "client_id=b"), 401);
    }

    #[test]
    fn public_client_sends_its_id_only() {
        assert_eq!(status(&HeaderMap::new(), "client_id=sandbox-google-spa"), 200);
        assert_eq!(status(&HeaderMap::new(), "client_id=sandbox-google-spa&client_secret=sandbox-google-secret"), 401);
        assert_eq!(status(&with_basic("sandbox-google-spa:sandbox-google-secret"), ""), 401);
    }
}
