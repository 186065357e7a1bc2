//! Which credential of a request decides.
//!
//! An `Authorization` header may be meant for the service behind the proxy: a password (Basic), or a token of another issuer.
//! Such a header is ignored, as if the browser had not sent it. A token that this server issued decides alone, also an expired
//! one: the program that sends it acts for a certain user, and must not continue as the one whose cookie came along.

use axum::http::HeaderMap;

use crate::{codes::api_error::ApiError, sessions::AcceptedCredentials, web::api::Authentication};

/// The credential that decides.
#[derive(Debug, PartialEq, Eq)]
pub enum Credential<'a> {
    /// Unverified.
    AccessToken(&'a str),
    /// The browser's, if it has any. `with_token`: a bearer token of another issuer came with them.
    Cookies {
        with_token: bool,
    },
    None,
}

impl<'a> Credential<'a> {
    /// `is_issued_here` says of an unverified token whether it names this server as its issuer.
    pub fn of(headers: &'a HeaderMap, accepted: AcceptedCredentials, is_issued_here: impl Fn(&str) -> bool) -> Self {
        let token = match Authentication::of(headers) {
            Authentication::Bearer(token) => Some(token),
            Authentication::Unreadable | Authentication::Cookie => None,
        };
        match (accepted, token) {
            (AcceptedCredentials::Cookie, _) => Self::Cookies { with_token: false },
            (AcceptedCredentials::Bearer, Some(token)) => Self::AccessToken(token),
            (AcceptedCredentials::Bearer, None) => Self::None,
            (AcceptedCredentials::Both, Some(token)) if is_issued_here(token) => Self::AccessToken(token),
            (AcceptedCredentials::Both, token) => Self::Cookies { with_token: token.is_some() },
        }
    }

    /// What is wrong where the credential identifies no one.
    pub fn error(&self) -> ApiError {
        match self {
            Self::AccessToken(_) | Self::Cookies { with_token: true } => ApiError::InvalidToken,
            Self::Cookies { with_token: false } | Self::None => ApiError::NotSignedIn,
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
    const COOKIES: Credential<'static> = Credential::Cookies { with_token: false };
    const WITH_TOKEN: Credential<'static> = Credential::Cookies { with_token: true };
    const OURS: Credential<'static> = Credential::AccessToken("ours");

    #[rstest]
    #[case::nothing(BOTH, &[], COOKIES)]
    #[case::basic(BOTH, &["Basic YTpi"], COOKIES)]
    #[case::foreign(BOTH, &["Bearer foreign"], WITH_TOKEN)]
    #[case::ours(BOTH, &["Bearer ours"], OURS)]
    #[case::two_headers(BOTH, &["Bearer ours", "Basic YTpi"], COOKIES)]
    #[case::empty(BOTH, &[""], COOKIES)]
    #[case::cookies_only(COOKIE, &["Bearer ours"], COOKIES)]
    #[case::tokens_only(BEARER, &["Bearer ours"], OURS)]
    #[case::tokens_only_and_a_foreign_one(BEARER, &["Bearer foreign"], Credential::AccessToken("foreign"))]
    #[case::tokens_only_and_none(BEARER, &[], Credential::None)]
    #[case::tokens_only_and_basic(BEARER, &["Basic YTpi"], Credential::None)]
    fn a_token_of_ours_decides_alone_and_any_other_is_ignored(
        #[case] accepted: AcceptedCredentials,
        #[case] authorization: &[&'static str],
        #[case] expected: Credential<'static>,
    ) {
        let headers = authorization.iter().map(|value| (header::AUTHORIZATION, HeaderValue::from_static(value)));
        let headers: HeaderMap = headers.collect();
        assert_eq!(Credential::of(&headers, accepted, |token| token == "ours"), expected);
    }
}
