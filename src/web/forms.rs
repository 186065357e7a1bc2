//! Our own forms on their way to their server functions.

use axum::{
    body::{Body, to_bytes},
    extract::{Extension, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{MethodRouter, post},
};
use leptos::server_fn::ServerFn;

use super::{form_post::is_form, query::Query, server_functions, state::AppState};
use crate::{
    actions::{devices, email, grants, linking, password, proof, settings},
    sessions::{Carried, ClientInfo, SignedIn},
};

/// A form of ours has a few fields; the longest is a password.
const FORM_BYTES: usize = 32 * 1024;

/// Every form that changes something, by the path of its server function. The one list that the router is built from.
pub const FORMS: [&str; 23] = [
    <password::SignUp as ServerFn>::PATH,
    <password::SignInWithPassword as ServerFn>::PATH,
    <password::ForgotPassword as ServerFn>::PATH,
    <password::ResetPassword as ServerFn>::PATH,
    <email::VerifyEmail as ServerFn>::PATH,
    <email::ChangeEmail as ServerFn>::PATH,
    <email::ConfirmEmail as ServerFn>::PATH,
    <proof::ProveByPassword as ServerFn>::PATH,
    <proof::ProveByProvider as ServerFn>::PATH,
    <linking::LinkProvider as ServerFn>::PATH,
    <linking::Unlink as ServerFn>::PATH,
    <linking::ResolveLinkByPassword as ServerFn>::PATH,
    <linking::ResolveLinkByProvider as ServerFn>::PATH,
    <linking::ConfirmLink as ServerFn>::PATH,
    <linking::CancelLink as ServerFn>::PATH,
    <settings::SetPassword as ServerFn>::PATH,
    <settings::ChooseName as ServerFn>::PATH,
    <settings::Undo as ServerFn>::PATH,
    <settings::DeleteAccount as ServerFn>::PATH,
    <devices::EndSession as ServerFn>::PATH,
    <devices::EndOtherSessions as ServerFn>::PATH,
    <grants::Connect as ServerFn>::PATH,
    <grants::Disconnect as ServerFn>::PATH,
];

/// Those that lead to a letter, or to a password, whose owner could not be written to. Refused where no letter is sent.
const BY_LETTER: [&str; 5] = [
    <password::SignUp as ServerFn>::PATH,
    <password::SignInWithPassword as ServerFn>::PATH,
    <password::ForgotPassword as ServerFn>::PATH,
    <email::ChangeEmail as ServerFn>::PATH,
    <settings::SetPassword as ServerFn>::PATH,
];

/// The handler of every form.
pub fn form() -> MethodRouter<AppState> {
    post(submit)
}

/// Hands a form to its server function. What is no form of ours is refused before: a body of another type could be sent
/// by a page from elsewhere without a preflight, and fields that come twice could be read one way here and another way
/// there.
async fn submit(
    State(app): State<AppState>,
    Extension(session): Extension<Carried>,
    signed_in: Option<Extension<SignedIn>>,
    Extension(client): Extension<ClientInfo>,
    request: Request,
) -> Response {
    if app.mail.is_none() && BY_LETTER.contains(&request.uri().path()) {
        return StatusCode::NOT_FOUND.into_response();
    }
    if !is_form(request.headers()) {
        return StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response();
    }
    let (mut parts, body) = request.into_parts();
    let form = match read(body).await {
        Ok(form) => form,
        Err(status) => return status.into_response(),
    };
    let signed_in = signed_in.map(|Extension(signed_in)| signed_in);
    let visit = app.visit(&parts.headers, session, signed_in, client);
    bare(&mut parts.headers);
    let request = Request::from_parts(parts, Body::from(form));
    server_functions::call(&app, visit, request).await.into_response()
}

async fn read(body: Body) -> Result<String, StatusCode> {
    let bytes = to_bytes(body, FORM_BYTES).await.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| StatusCode::BAD_REQUEST)?;
    let form = Query::parse(Some(text));
    form.unambiguous().ok_or(StatusCode::BAD_REQUEST)
}

/// A server function that sets no `Location` would be answered by a redirect to the `Referer`; the form's length is
/// another now.
pub(super) fn bare(headers: &mut HeaderMap) {
    for name in [header::REFERER, header::CONTENT_LENGTH, header::TRANSFER_ENCODING] {
        headers.remove(name);
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
}
