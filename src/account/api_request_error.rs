//! Why a request to the API failed, and the page on which its user can continue.

use http::HeaderValue;

use crate::{
    codes::{api_error::ApiError, sign_in_error::SignInError},
    relying_party::{ExternalTokenError, ProviderFailure},
    sealing::SealingError,
    sessions::SessionError,
    store::StoreError,
    tokens::TokensError,
};

/// The default `Retry-After`, in seconds.
const RETRY_AFTER: u64 = 5;

/// A failed request. A cause on our side is already logged.
#[derive(Debug)]
pub struct ApiRequestError {
    pub error: ApiError,
    /// The path of the page on which the user can continue.
    pub page: Option<String>,
    /// With `second_factor_required`: what the code is sent with.
    pub second_factor_token: Option<String>,
    /// `Retry-After`, in seconds.
    pub retry_after: Option<u64>,
    /// `Set-Cookie` values, such as a pending link for that page.
    pub cookies: Vec<HeaderValue>,
}

impl ApiRequestError {
    /// Adds the page on which the user can continue.
    #[must_use]
    pub fn at(mut self, page: impl Into<String>) -> Self {
        self.page = Some(page.into());
        self
    }

    /// Adds what the code of a second factor is sent with.
    #[must_use]
    pub(super) fn with_second_factor_token(self, token: String) -> Self {
        Self { second_factor_token: Some(token), ..self }
    }

    /// Adds `Set-Cookie` values.
    #[must_use]
    pub fn with(mut self, cookies: impl IntoIterator<Item = HeaderValue>) -> Self {
        self.cookies.extend(cookies);
        self
    }

    /// Adds the login page, which shows the same error for this provider.
    pub(super) fn at_login(self, error: SignInError, slug: &str) -> Self {
        self.at(error.login_path(Some(slug), None))
    }

    fn internal(is_temporary: bool) -> Self {
        if is_temporary { ApiError::Unavailable.into() } else { ApiError::ServerError.into() }
    }
}

impl From<ApiError> for ApiRequestError {
    fn from(error: ApiError) -> Self {
        let retry_after = (error.status() == 503).then_some(RETRY_AFTER);
        Self { error, page: None, second_factor_token: None, retry_after, cookies: Vec::new() }
    }
}

/// Logs the `Display` of the cause: its `Debug` would contain values of the row.
impl From<StoreError> for ApiRequestError {
    fn from(error: StoreError) -> Self {
        let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        tracing::error!(%error, cause, "database error");
        Self::internal(error.is_temporary())
    }
}

impl From<TokensError> for ApiRequestError {
    fn from(error: TokensError) -> Self {
        match error {
            TokensError::Store(error) => error.into(),
            error => {
                tracing::error!(%error, "cannot issue or verify a token");
                Self::internal(error.is_temporary())
            }
        }
    }
}

impl From<SessionError> for ApiRequestError {
    fn from(error: SessionError) -> Self {
        match error {
            SessionError::Store(error) => error.into(),
            SessionError::Tokens(error) => error.into(),
            error @ SessionError::Cookie(_) => {
                tracing::error!(%error, "cannot write the session");
                Self::internal(error.is_temporary())
            }
        }
    }
}

impl From<SealingError> for ApiRequestError {
    fn from(error: SealingError) -> Self {
        tracing::error!(%error, "cannot seal a value");
        Self::internal(false)
    }
}

/// The log has the failed check: it would help only those who forge tokens.
impl From<ExternalTokenError> for ApiRequestError {
    fn from(error: ExternalTokenError) -> Self {
        match error {
            ExternalTokenError::UnknownProvider => ApiError::UnknownProvider.into(),
            ExternalTokenError::NoIdTokens | ExternalTokenError::NoTokenCheck => ApiError::TokenKindUnsupported.into(),
            ExternalTokenError::NotOurClient => ApiError::TokenOfAnotherClient.into(),
            ExternalTokenError::NotAdmitted => ApiError::NotPermitted.into(),
            ExternalTokenError::UnfitToken(_) | ExternalTokenError::IdToken(_) | ExternalTokenError::NoProfile => {
                ApiError::ProviderTokenInvalid.into()
            }
            ExternalTokenError::Provider(failure) => failure.into(),
        }
    }
}

/// "Unavailable", which invites to try again, only for a provider that does not respond.
impl From<ProviderFailure> for ApiRequestError {
    fn from(failure: ProviderFailure) -> Self {
        match failure {
            ProviderFailure::Unavailable { retry_after } => Self {
                retry_after: Some(retry_after.map_or(RETRY_AFTER, |wait| wait.as_secs().max(1))),
                ..ApiError::ProviderUnavailable.into()
            },
            ProviderFailure::Metadata => ApiError::ProviderMetadata.into(),
            ProviderFailure::Keys => ApiError::ProviderKeys.into(),
            ProviderFailure::Algorithm => ApiError::ProviderAlgorithm.into(),
            ProviderFailure::Response => ApiError::ProviderResponse.into(),
            ProviderFailure::Misconfigured => ApiError::SiteMisconfigured.into(),
            ProviderFailure::Internal => ApiError::ServerError.into(),
        }
    }
}
