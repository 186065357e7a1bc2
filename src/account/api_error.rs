//! Why a request of a program was not carried out, and where its person can go on.

use http::HeaderValue;

use crate::{
    codes::{api::ApiCode, sign_in_error::SignInError},
    relying_party::ExternalTokenError,
    sealing::SealingError,
    sessions::SessionError,
    store::StoreError,
    tokens::TokensError,
};

/// Seconds after which a program tries again, where nobody said anything else.
const TRY_AGAIN: u64 = 5;

/// A request that was not carried out. Its cause, where it is ours, was logged.
#[derive(Debug)]
pub struct ApiError {
    /// Why.
    pub code: ApiCode,
    /// The path of our page where the person can go on.
    pub page: Option<String>,
    /// `Retry-After`, in seconds.
    pub retry_after: Option<u64>,
    /// `Set-Cookie` values: something may wait in the browser for that page.
    pub cookies: Vec<HeaderValue>,
}

impl ApiError {
    /// The same with the page where the person can go on.
    #[must_use]
    pub fn at(mut self, page: impl Into<String>) -> Self {
        self.page = Some(page.into());
        self
    }

    /// The same with these `Set-Cookie` values.
    #[must_use]
    pub fn with(mut self, cookies: impl IntoIterator<Item = HeaderValue>) -> Self {
        self.cookies.extend(cookies);
        self
    }

    /// To the login page of this provider, which tells the same refusal.
    pub(super) fn at_login(self, sign_in_error: SignInError, slug: &str) -> Self {
        self.at(sign_in_error.login_path(Some(slug), None))
    }

    fn ours(is_temporary: bool) -> Self {
        if is_temporary { ApiCode::Unavailable.into() } else { ApiCode::ServerError.into() }
    }
}

impl From<ApiCode> for ApiError {
    fn from(code: ApiCode) -> Self {
        let retry_after = (code.status() == 503).then_some(TRY_AGAIN);
        Self { code, page: None, retry_after, cookies: Vec::new() }
    }
}

/// The cause's own words name states and constraints; its `Debug` would name the values that met them.
impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        tracing::error!(%error, cause, "the database failed");
        Self::ours(error.is_temporary())
    }
}

impl From<TokensError> for ApiError {
    fn from(error: TokensError) -> Self {
        match error {
            TokensError::Store(error) => error.into(),
            error => {
                tracing::error!(%error, "no token could be issued or verified");
                Self::ours(error.is_temporary())
            }
        }
    }
}

impl From<SessionError> for ApiError {
    fn from(error: SessionError) -> Self {
        match error {
            SessionError::Store(error) => error.into(),
            SessionError::Tokens(error) => error.into(),
            error @ SessionError::Cookie(_) => {
                tracing::error!(%error, "a session could not be kept");
                Self::ours(error.is_temporary())
            }
        }
    }
}

impl From<SealingError> for ApiError {
    fn from(error: SealingError) -> Self {
        tracing::error!(%error, "something could not be sealed");
        Self::ours(false)
    }
}

/// Which check failed is for the log: it helps nobody who has an honest token, and everybody who makes one.
impl From<ExternalTokenError> for ApiError {
    fn from(error: ExternalTokenError) -> Self {
        match error {
            ExternalTokenError::UnknownProvider => ApiCode::UnknownProvider.into(),
            ExternalTokenError::NoIdTokens | ExternalTokenError::NoTokenCheck => ApiCode::TokenKindUnsupported.into(),
            ExternalTokenError::NotOurClient => ApiCode::TokenOfAnotherClient.into(),
            ExternalTokenError::NotAdmitted => ApiCode::NotPermitted.into(),
            ExternalTokenError::UnfitToken(_) | ExternalTokenError::IdToken(_) | ExternalTokenError::NoProfile => {
                ApiCode::ProviderTokenInvalid.into()
            }
            ExternalTokenError::Unavailable { retry_after } => Self {
                retry_after: Some(retry_after.map_or(TRY_AGAIN, |wait| wait.as_secs().max(1))),
                ..ApiCode::ProviderUnavailable.into()
            },
        }
    }
}
