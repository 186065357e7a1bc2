//! Our own forms on their way to their server functions.

use axum::{
    body::{Body, to_bytes},
    extract::{Extension, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::{MethodRouter, post},
};
use leptos::{prelude::provide_context, server_fn::ServerFn};

use super::{
    form_post::is_form, pages::name_of, query::Query, request_context::database_failed, server_functions,
    state::AppState,
};
use crate::{
    account::{Onward, ProviderRequest},
    accounts::UserId,
    actions::{devices, email, grants, linking, password, proof, settings},
    sessions::{ClientInfo, SessionHandle, SignedIn},
    ui::{
        app::{onward_html, wrong_account_html},
        view::{FORM_OWNER, OnwardView, WrongAccountView},
    },
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
    <proof::ReauthenticateWithPassword as ServerFn>::PATH,
    <proof::ReauthenticateWithProvider as ServerFn>::PATH,
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
const BY_EMAIL: [&str; 5] = [
    <password::SignUp as ServerFn>::PATH,
    <password::SignInWithPassword as ServerFn>::PATH,
    <password::ForgotPassword as ServerFn>::PATH,
    <email::ChangeEmail as ServerFn>::PATH,
    <settings::SetPassword as ServerFn>::PATH,
];

/// Those that act for nobody who is signed in: they sign somebody in, or act by what an email or the link prompt left in
/// the browser. All others are refused unless they were drawn for who is signed in now.
///
/// Signing out is not among the forms at all: it acts on this browser's session whichever it is, to sign out of the wrong
/// account harms nobody, and whoever leaves a shared computer must not meet a button that does nothing.
const FOR_ANYONE: [&str; 9] = [
    <password::SignUp as ServerFn>::PATH,
    <password::SignInWithPassword as ServerFn>::PATH,
    <password::ForgotPassword as ServerFn>::PATH,
    <password::ResetPassword as ServerFn>::PATH,
    <email::VerifyEmail as ServerFn>::PATH,
    <linking::ResolveLinkByPassword as ServerFn>::PATH,
    <linking::ResolveLinkByProvider as ServerFn>::PATH,
    <linking::CancelLink as ServerFn>::PATH,
    <settings::Undo as ServerFn>::PATH,
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
    Extension(session): Extension<SessionHandle>,
    signed_in: Option<Extension<SignedIn>>,
    Extension(client): Extension<ClientInfo>,
    request: Request,
) -> Response {
    if app.mail.is_none() && BY_EMAIL.contains(&request.uri().path()) {
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
    if let Some(signed_in) = &signed_in
        && !FOR_ANYONE.contains(&parts.uri.path())
    {
        let owner = Query::parse(Some(&form)).one(FORM_OWNER).and_then(|sealed| app.form_owners.open(sealed));
        if owner != Some(signed_in.user.id) {
            return wrong_account(&app, owner, signed_in).await;
        }
    }
    let context = app.context(&parts.headers, session, signed_in, client);
    bare(&mut parts.headers);
    let request = Request::from_parts(parts, Body::from(form));
    let onward = Onward::default();
    let provide = {
        let onward = onward.clone();
        move || {
            provide_context(context.clone());
            provide_context(onward.clone());
        }
    };
    let response = match server_functions::call(&app, provide, request).await {
        Ok(response) => response,
        Err(panicked) => return panicked.into_response(),
    };
    match onward.request() {
        Some(request) => go_on(&app, request, response),
        None => response,
    }
}

/// The page from which the browser goes on to a provider. It is drawn in the answer that keeps the flow's cookie, so that no
/// other browser gets it, no address leads to it, and where it leads is not for anybody else to choose.
fn go_on(app: &AppState, request: &ProviderRequest, answer: Response) -> Response {
    let view = OnwardView { provider: request.provider.clone(), url: request.url.clone() };
    let mut response = Html(onward_html(view, &app.assets)).into_response();
    for cookie in answer.headers().get_all(header::SET_COOKIE) {
        response.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
    response
}

/// Says whose page a form was on, if we know, and who is signed in. Nothing was done.
async fn wrong_account(app: &AppState, owner: Option<UserId>, signed_in: &SignedIn) -> Response {
    let owner = match owner {
        Some(owner) => match app.database.user(owner).await {
            Ok(owner) => owner,
            Err(error) => return database_failed(&error),
        },
        None => None,
    };
    let view = WrongAccountView { page_of: owner.as_ref().map(name_of), signed_in: name_of(&signed_in.user) };
    (StatusCode::CONFLICT, Html(wrong_account_html(view, &app.assets))).into_response()
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
