//! A service that knows breached passwords, with the range API of Pwned Passwords (haveibeenpwned.com/API/v3): of one
//! password, in every range padding.

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::state::SharedState;

/// SHA-1 of `correct horse battery staple`.
const BREACHED: [&str; 2] = ["ABF7A", "AD6438836DBE526AA231ABDE2D0EEF74D42"];
/// A count of 0 marks padding.
const PADDING: &str = "00000000000000000000000000000000000:0";

pub fn routes() -> Router<SharedState> {
    Router::new().route("/breached/range/{prefix}", get(range))
}

async fn range(Path(prefix): Path<String>) -> Response {
    if prefix.len() != 5 || !prefix.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return (StatusCode::BAD_REQUEST, "The hash prefix was not in a valid format").into_response();
    }
    match prefix.eq_ignore_ascii_case(BREACHED[0]) {
        true => format!("{}:384\r\n{PADDING}", BREACHED[1]).into_response(),
        false => PADDING.into_response(),
    }
}
