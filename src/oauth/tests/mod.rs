//! Tests on bytes: a valid default, one change per case, and the twin that succeeds.

mod authorization_request;
mod authorization_response;
mod json_document;
mod never_panics;
mod protected_resource;
mod provider_message;
mod random_values;
mod revocation;
mod token_request;
mod token_response;

use secrecy::ExposeSecret;
use url::Url;

use super::*;

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn state() -> State {
    State::from_random([1; 32])
}

fn header<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    let mut values = request.headers.iter().filter(|(own, _)| *own == name);
    let value = values.next().map(|(_, value)| value.expose_secret());
    assert!(values.next().is_none(), "{name} twice");
    value
}

/// The form parameters, still encoded.
fn raw_body(request: &HttpRequest) -> Vec<&str> {
    request.body.as_ref().unwrap().expose_secret().split('&').collect()
}

fn json_response(status: u16, body: &str) -> HttpResponse {
    HttpResponse {
        status,
        content_type: Some("application/json; charset=utf-8".to_owned()),
        body: body.as_bytes().to_vec(),
        ..HttpResponse::default()
    }
}

fn code() -> AuthorizationCode {
    let state = state();
    let response =
        AuthorizationResponse::new(Some("4/code&=+".to_owned()), Some(state.expose().to_owned()), None, None);
    let expected = ExpectedResponse { state: &state, issuer: ExpectedIssuer::Is(""), iss_parameter_supported: false };
    validate_authorization_response(&response, &expected).unwrap()
}
