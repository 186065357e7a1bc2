//! GET `/auth/{provider}`: the start of a sign-in.

use axum::{
    extract::{Path, RawQuery, State},
    http::{HeaderMap, HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{
    query::Query,
    redirect::{see_other, to_login},
    state::AppState,
};
use crate::{
    accounts::Purpose,
    codes::sign_in_error::SignInError,
    inspect::{self, Step, Value},
    relying_party::{AuthorizationOptions, BeginError, Misconfiguration, Prompt, RelyingParty, ReturnTo},
    sessions::sign_in_error_of_start,
};

/// Redirects to the provider, with the pending flow in a sealed cookie.
///
/// Starts nothing but a sign-in: linking and step-up are POSTs, because an image can provoke a GET (CVE-2015-9284).
pub async fn start(
    State(app): State<AppState>,
    Path(slug): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    if app.relying_party.provider(&slug).is_none() {
        return StatusCode::NOT_FOUND.into_response();
    }
    // The user did not ask for an <img>, which would push out pending flows.
    if !is_navigation(&headers) {
        return StatusCode::NO_CONTENT.into_response();
    }
    let query = Query::parse(query.as_deref());
    let options = AuthorizationOptions {
        return_to: query.one("return_to").and_then(ReturnTo::parse).unwrap_or_default(),
        prompt: query.one("prompt").and_then(Prompt::parse),
        login_hint: query.one("login_hint").map(str::to_owned),
        // Only our forms request access, for a signed-in user.
        access: None,
    };
    let return_to = options.return_to.clone();
    match app.relying_party.begin(&slug, Purpose::SignIn, options).await {
        Ok((location, flow)) => match app.jar.flows.keep(&headers, &flow, app.clock.now()) {
            Ok(cookies) => {
                let mut response = see_other(location.as_str());
                for cookie in cookies {
                    response.headers_mut().append(header::SET_COOKIE, cookie);
                }
                response
            }
            Err(error) => {
                tracing::error!(%error, "cannot seal the flow");
                to_login(SignInError::ServerError, &slug, &return_to)
            }
        },
        Err(BeginError::UnknownProvider) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            let next_step = next_step(&app.relying_party, &slug, &error);
            inspect::record(|_| Step::Refused {
                because: Value::of_log(&error.to_string()),
                next_step: next_step.as_deref().map(Value::of_log),
            });
            tracing::warn!(provider = %slug, %error, next_step, "cannot start a sign-in");
            to_login(sign_in_error_of_start(&error), &slug, &return_to)
        }
    }
}

/// What the operator has to do, if no one else can.
fn next_step(relying_party: &RelyingParty, slug: &str, error: &BeginError) -> Option<String> {
    let provider = relying_party.provider(slug)?;
    Some(Misconfiguration::of_start(error)?.next_step(provider, &relying_party.redirect_uri(slug)))
}

/// Fetch Metadata. A request without it (an old browser, a script) counts as a navigation.
fn is_navigation(headers: &HeaderMap) -> bool {
    let is = |name: &'static str, value: &str| {
        headers.get(HeaderName::from_static(name)).is_some_and(|header| header.as_bytes() == value.as_bytes())
    };
    let is_navigate = !headers.contains_key("sec-fetch-mode") || is("sec-fetch-mode", "navigate");
    let is_document = !headers.contains_key("sec-fetch-dest") || is("sec-fetch-dest", "document");
    is_navigate && is_document
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use rstest::rstest;

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn a_click_is_a_navigation_with_or_without_fetch_metadata() {
        assert!(is_navigation(&headers(&[])));
        assert!(is_navigation(&headers(&[("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")])));
    }

    #[rstest]
    #[case(&[("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "image")])]
    #[case(&[("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "iframe")])]
    fn an_image_and_a_frame_are_no_navigation(#[case] pairs: &[(&'static str, &'static str)]) {
        assert!(!is_navigation(&headers(pairs)));
    }
}
