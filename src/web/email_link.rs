//! GET `/auth/email-link`: the link of an email.

use axum::{
    extract::{Extension, RawQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{query::Query, redirect::see_other, request_context::database_failed, state::AppState};
use crate::{
    account::{AccountError, follow_email_link},
    sessions::{ClientInfo, SessionHandle, SignedIn},
};

/// Moves the token from the URL to a cookie, and redirects to its page.
pub async fn email_link(
    State(app): State<AppState>,
    Extension(session): Extension<SessionHandle>,
    signed_in: Option<Extension<SignedIn>>,
    Extension(client): Extension<ClientInfo>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let signed_in = signed_in.map(|Extension(signed_in)| signed_in);
    let context = app.context(&headers, session, signed_in, client);
    let query = Query::parse(query.as_deref());
    match follow_email_link(&context, query.one("token").unwrap_or_default()).await {
        Ok((page, cookies)) => {
            let mut response = see_other(page);
            for cookie in cookies {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            response
        }
        Err(AccountError::Store(error)) => database_failed(&error),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
