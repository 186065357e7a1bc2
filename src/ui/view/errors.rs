//! Error pages, and the page between a form and a provider.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorPage {
    /// 404.
    NotFound,
    /// 403 of the cross-origin check.
    CrossOrigin,
    /// 405.
    MethodNotAllowed,
    /// 400, 413, 414 and the like.
    BadRequest,
    /// 429.
    TooManyRequests,
    /// 500.
    ServerError,
    /// 503: the database is unavailable, or the server is at capacity.
    Unavailable,
}

/// A form was rejected because it was rendered for another account than the one signed in, or for none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongAccountView {
    /// The account that the page was rendered for, if the form says so.
    pub page_of: Option<String>,
    pub signed_in: String,
}

/// The page that sends the browser on to a provider after a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnwardView {
    /// The provider's label.
    pub provider: String,
    /// Our authorization request.
    pub url: String,
}
