//! Which credential of a request decides.
//!
//! An `Authorization` header may be meant for the service behind the proxy: a password (Basic), or a token of another issuer.
//! Such a header is ignored, as if the browser had not sent it. A token that this server issued decides alone, also an expired
//! one: the program that sends it acts for a certain user, and must not continue as the one whose cookie came along.

use axum::http::HeaderMap;

use crate::{codes::api_error::ApiError, sessions::AcceptedCredentials, web::api::Authentication};

/// The credential that decides. Tokens are unverified.
#[derive(Debug, PartialEq, Eq)]
pub enum Credential<'a> {
    AccessToken(&'a str),
    /// The token if this server issued it, otherwise the browser's cookies.
    AccessTokenOrCookies(&'a str),
    /// The browser's, if it has any.
    Cookies,
    None,
}

impl<'a> Credential<'a> {
    pub fn of(headers: &'a HeaderMap, accepted: AcceptedCredentials) -> Self {
        let token = match Authentication::of(headers) {
            Authentication::Bearer(token) => Some(token),
            Authentication::Unreadable | Authentication::Cookie => None,
        };
        match (accepted, token) {
            (AcceptedCredentials::Both, Some(token)) => Self::AccessTokenOrCookies(token),
            (AcceptedCredentials::Bearer, Some(token)) => Self::AccessToken(token),
            (AcceptedCredentials::Bearer, None) => Self::None,
            (AcceptedCredentials::Both, None) | (AcceptedCredentials::Cookie, _) => Self::Cookies,
        }
    }

    /// What is wrong where the credential identifies no one.
    pub fn error(&self) -> ApiError {
        match self {
            Self::AccessToken(_) | Self::AccessTokenOrCookies(_) => ApiError::InvalidToken,
            Self::Cookies | Self::None => ApiError::NotSignedIn,
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderValue, header};
    use rstest::rstest;

    use super::*;

    const BOTH: AcceptedCredentials = AcceptedCredentials::Both;
    const COOKIE: AcceptedCredentials = AcceptedCredentials::Cookie;
    const BEARER: AcceptedCredentials = AcceptedCredentials::Bearer;

    #[rstest]
    #[case::nothing(BOTH, &[], Credential::Cookies)]
    #[case::basic(BOTH, &["Basic YTpi"], Credential::Cookies)]
    #[case::token(BOTH, &["Bearer a"], Credential::AccessTokenOrCookies("a"))]
    #[case::two_headers(BOTH, &["Bearer a", "Basic YTpi"], Credential::Cookies)]
    #[case::empty(BOTH, &[""], Credential::Cookies)]
    #[case::cookies_only(COOKIE, &["Bearer a"], Credential::Cookies)]
    #[case::tokens_only(BEARER, &["Bearer a"], Credential::AccessToken("a"))]
    #[case::tokens_only_and_none(BEARER, &[], Credential::None)]
    #[case::tokens_only_and_basic(BEARER, &["Basic YTpi"], Credential::None)]
    fn a_header_that_is_no_token_is_ignored(
        #[case] accepted: AcceptedCredentials,
        #[case] authorization: &[&'static str],
        #[case] expected: Credential<'static>,
    ) {
        let headers = authorization.iter().map(|value| (header::AUTHORIZATION, HeaderValue::from_static(value)));
        let headers: HeaderMap = headers.collect();
        assert_eq!(Credential::of(&headers, accepted), expected);
    }
}
