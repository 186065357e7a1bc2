//! Why a browser gets an error page instead of what it requested.

use super::codes;

codes! {
    /// One error page.
    PageError {
        /// 404.
        NotFound = "not_found",
        /// 403 of the cross-origin check.
        CrossOrigin = "cross_origin",
        /// 405.
        MethodNotAllowed = "method_not_allowed",
        /// 400, 413, 414 and the like.
        BadRequest = "bad_request",
        /// 429.
        TooManyRequests = "too_many_requests",
        /// 500.
        ServerError = "server_error",
        /// 503: the database is unavailable, or the server is at capacity.
        Unavailable = "unavailable",
    }
}
