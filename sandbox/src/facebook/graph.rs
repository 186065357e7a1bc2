//! Shared by all Graph API calls: the error envelope, the access token and `appsecret_proof`.

use aws_lc_rs::hmac;
use axum::Json;
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::AUTHORIZE_PAGE;
use crate::fields::Fields;
use crate::persons::Person;
use crate::state::{Provider, SharedState};
use crate::token_store::{Token, random_text};

/// Facebook's error envelope, status 400.
#[derive(Debug)]
pub struct ApiError {
    /// 100: parameter; 190: token; 1: app secret.
    pub code: u32,
    pub subcode: Option<u32>,
    pub message: &'static str,
}

impl ApiError {
    pub fn parameter(message: &'static str) -> Self {
        Self { code: 100, subcode: None, message }
    }

    pub fn token() -> Self {
        Self { code: 190, subcode: None, message: "Invalid OAuth access token - Cannot parse access token" }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut error = json!({
            "message": self.message,
            "type": "OAuthException",
            "code": self.code,
            "fbtrace_id": format!("A{}", &random_text()[..22]),
        });
        if let Some(subcode) = self.subcode {
            error["error_subcode"] = json!(subcode);
        }
        (StatusCode::BAD_REQUEST, [(CACHE_CONTROL, "no-store")], Json(json!({"error": error}))).into_response()
    }
}

/// Checks the access token (header or query) and its `appsecret_proof`.
pub fn caller(shared: &SharedState, headers: &HeaderMap, query: &Fields) -> Result<(Token, Person), ApiError> {
    let bearer = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let Some(text) = bearer.or_else(|| query.get("access_token")) else {
        let message = "An active access token must be used to query information about the current user.";
        return Err(ApiError { code: 2500, subcode: None, message });
    };
    let (token, person) = {
        let state = shared.lock();
        let now = state.now();
        let token = state.providers[Provider::Facebook].tokens.live(text, now).cloned().ok_or(ApiError::token())?;
        let person = state.persons.by_id(&token.person).cloned().ok_or(ApiError::token())?;
        (token, person)
    };
    match query.get("appsecret_proof") {
        None => Err(ApiError::parameter("API calls from the server require an appsecret_proof argument")),
        Some(given) if given != proof(text, &AUTHORIZE_PAGE.client(shared).secret) => {
            Err(ApiError::parameter("Invalid appsecret_proof provided in the API argument"))
        }
        Some(_) => Ok((token, person)),
    }
}

/// App-scoped user id: 17 digits.
pub fn app_scoped_id(person: &Person, app_id: &str) -> String {
    format!("10{:015}", person.number(&format!("facebook {app_id}"), 63) % 1_000_000_000_000_000)
}

/// HMAC-SHA256 of the access token, keyed with the app secret, in hex.
fn proof(token: &str, secret: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    hmac::sign(&key, token.as_bytes()).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn appsecret_proof_matches_rfc_4231_case_2() {
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(proof("what do ya want for nothing?", "Jefe"), expected);
    }
}
