//! Why a request of a program was not carried out, and where its person can go on.

use http::HeaderValue;

use crate::{
    codes::{api::ApiCode, refusal::Refusal},
    relying_party::VouchError,
    sealing::NotSealedHere,
    sessions::NotCarried,
    store::StoreError,
    tokens::OutOfOrder,
};

/// Seconds after which a program tries again, where nobody said anything else.
const TRY_AGAIN: u64 = 5;

/// A request that was not carried out. Its cause, where it is ours, was logged.
#[derive(Debug)]
pub struct Declined {
    /// Why.
    pub code: ApiCode,
    /// The path of our page where the person can go on.
    pub page: Option<String>,
    /// `Retry-After`, in seconds.
    pub retry_after: Option<u64>,
    /// `Set-Cookie` values: something may wait in the browser for that page.
    pub cookies: Vec<HeaderValue>,
}

impl Declined {
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
    pub(super) fn at_login(self, refusal: Refusal, slug: &str) -> Self {
        self.at(refusal.login_path(Some(slug), None))
    }

    fn ours(is_temporary: bool) -> Self {
        if is_temporary { ApiCode::Unavailable.into() } else { ApiCode::ServerError.into() }
    }
}

impl From<ApiCode> for Declined {
    fn from(code: ApiCode) -> Self {
        let retry_after = (code.status() == 503).then_some(TRY_AGAIN);
        Self { code, page: None, retry_after, cookies: Vec::new() }
    }
}

/// The cause's own words name states and constraints; its `Debug` would name the values that met them.
impl From<StoreError> for Declined {
    fn from(error: StoreError) -> Self {
        let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        tracing::error!(%error, cause, "the database failed");
        Self::ours(error.is_temporary())
    }
}

impl From<OutOfOrder> for Declined {
    fn from(error: OutOfOrder) -> Self {
        match error {
            OutOfOrder::Store(error) => error.into(),
            error => {
                tracing::error!(%error, "no token could be issued or verified");
                Self::ours(error.is_temporary())
            }
        }
    }
}

impl From<NotCarried> for Declined {
    fn from(error: NotCarried) -> Self {
        match error {
            NotCarried::Store(error) => error.into(),
            NotCarried::Tokens(error) => error.into(),
            error @ NotCarried::Cookie(_) => {
                tracing::error!(%error, "a session could not be kept");
                Self::ours(error.is_temporary())
            }
        }
    }
}

impl From<NotSealedHere> for Declined {
    fn from(error: NotSealedHere) -> Self {
        tracing::error!(%error, "something could not be sealed");
        Self::ours(false)
    }
}

/// Which check failed is for the log: it helps nobody who has an honest token, and everybody who makes one.
impl From<VouchError> for Declined {
    fn from(error: VouchError) -> Self {
        match error {
            VouchError::UnknownProvider => ApiCode::UnknownProvider.into(),
            VouchError::NoIdTokens | VouchError::NoTokenCheck => ApiCode::TokenKindUnsupported.into(),
            VouchError::NotOurClient => ApiCode::TokenOfAnotherClient.into(),
            VouchError::NotAdmitted => ApiCode::NotPermitted.into(),
            VouchError::Unfit(_) | VouchError::IdToken(_) | VouchError::NoProfile => {
                ApiCode::ProviderTokenInvalid.into()
            }
            VouchError::Unavailable { retry_after } => Self {
                retry_after: Some(retry_after.map_or(TRY_AGAIN, |wait| wait.as_secs().max(1))),
                ..ApiCode::ProviderUnavailable.into()
            },
        }
    }
}
