//! Client authentication at the back channel (RFC 6749 §2.3.1).

use axum::http::HeaderMap;

use super::refusal::Refusal;
use crate::sandbox::basic;
use crate::sandbox::clients::Client;
use crate::sandbox::fields::Fields;

/// `client_secret_basic` or `client_secret_post` (RFC 6749 §2.3.1), one of them.
pub fn authenticate(headers: &HeaderMap, form: &Fields, client: &Client) -> Result<(), Refusal> {
    let presented = match (basic::presented(headers), form.get("client_id"), form.get("client_secret")) {
        (Some(_), _, Some(_)) => {
            return Err(Refusal::bad("invalid_request", "Two ways of client authentication at once."));
        }
        (Some(text), id, None) => basic::read(text).filter(|(known, _)| id.is_none_or(|id| id == known)),
        (None, Some(id), Some(secret)) => Some((id.to_owned(), secret.to_owned())),
        (None, Some(_), None) => {
            return Err(Refusal::bad("invalid_request", "client_secret is missing."));
        }
        (None, None, _) => {
            return Err(Refusal::bad("invalid_request", "Could not determine client ID from request."));
        }
    };
    match presented {
        Some((id, secret)) if id == client.id && secret == client.secret => Ok(()),
        _ => Err(Refusal::client()),
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

    #[test]
    fn either_way_of_client_authentication_is_accepted() {
        let client = Client { id: "a b".to_owned(), secret: "s:+".to_owned() };
        let post = Fields::parse("client_id=a+b&client_secret=s%3A%2B");
        assert!(authenticate(&HeaderMap::new(), &post, &client).is_ok());
        assert!(authenticate(&with_basic("a+b:s%3A%2B"), &Fields::default(), &client).is_ok());
        assert!(authenticate(&with_basic("a+b:s%3A%2B"), &Fields::parse("client_id=a+b"), &client).is_ok());
    }

    #[test]
    fn both_ways_neither_way_and_a_wrong_secret_are_refused() {
        let client = Client { id: "a".to_owned(), secret: "s".to_owned() };
        let status = |headers: &HeaderMap, form: &str| {
            authenticate(headers, &Fields::parse(form), &client).unwrap_err().0.as_u16()
        };
        assert_eq!(status(&with_basic("a:s"), "client_id=a&client_secret=s"), 400);
        assert_eq!(status(&HeaderMap::new(), "client_id=a"), 400);
        assert_eq!(status(&HeaderMap::new(), ""), 400);
        assert_eq!(status(&HeaderMap::new(), "client_id=a&client_secret=x"), 401);
        assert_eq!(status(&with_basic("a:x"), ""), 401);
        assert_eq!(status(&with_basic("a:s"), "client_id=b"), 401);
    }
}
