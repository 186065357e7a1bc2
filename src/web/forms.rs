//! Passes our forms to their server functions.

use axum::{
    body::{Body, to_bytes},
    extract::{Extension, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::{MethodRouter, post},
};
use leptos::prelude::provide_context;

use super::{
    form_post::is_form, pages::name_of, query::Query, request_context::database_failed, server_functions,
    state::AppState, unsent_forms,
};
use crate::{
    account::{Form, ProviderRequest, Sender, StartedFlow},
    accounts::UserId,
    sessions::{CLEAR_SITE_DATA, ClientInfo, SessionHandle, SignedIn},
    ui::{
        plain_document::{onward_html, wrong_account_html},
        view::{FORM_OWNER, OnwardView, UNSENT, WrongAccountView},
    },
};

/// A form has a few fields; the longest is a password.
const FORM_BYTES: usize = 32 * 1024;

/// The handler of a form.
pub fn handler(form: Form) -> MethodRouter<AppState> {
    let by_post =
        post(move |app, session, signed_in, client, request| submit(form, app, session, signed_in, client, request));
    match form.sender {
        // A 405 would say that there is such a form.
        Sender::Administrator => by_post.fallback(|| async { StatusCode::NOT_FOUND }),
        Sender::Owner | Sender::Anyone => by_post,
    }
}

/// Passes a form to its server function, after it refuses other content types, which another site can send without a
/// preflight, and repeated fields, which two readers can understand differently.
async fn submit(
    form: Form,
    State(app): State<AppState>,
    Extension(session): Extension<SessionHandle>,
    signed_in: Option<Extension<SignedIn>>,
    Extension(client): Extension<ClientInfo>,
    request: Request,
) -> Response {
    if form.needs_mail && app.mail.is_none() {
        return StatusCode::NOT_FOUND.into_response();
    }
    let signed_in = signed_in.map(|Extension(signed_in)| signed_in);
    let is_admin = signed_in.as_ref().is_some_and(|signed_in| app.admins.includes(&signed_in.user));
    if form.sender == Sender::Administrator && !is_admin {
        return StatusCode::NOT_FOUND.into_response();
    }
    if !is_form(request.headers()) {
        return StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response();
    }
    let (mut parts, body) = request.into_parts();
    let fields = match read(body).await {
        Ok(fields) => fields,
        Err(status) => return status.into_response(),
    };
    let query = Query::parse(Some(&fields));
    if let Some(signed_in) = &signed_in
        && form.sender != Sender::Anyone
    {
        let owner = query.one(FORM_OWNER).and_then(|sealed| app.form_owners.open(sealed));
        if owner != Some(signed_in.user.id) {
            return wrong_account(&app, owner, signed_in).await;
        }
    }
    let context = app.context(&parts.headers, session, signed_in, client);
    if context.signed_in.is_none()
        && let Some(response) = unsent_forms::keep(&app, &context, &form, &query)
    {
        return response;
    }
    let kept = match query.one(UNSENT).filter(|_| !form.keeps.is_empty()) {
        Some(id) => match unsent_forms::take(&context, &form, id).await {
            Ok(fields) => Some(fields),
            Err(response) => return response,
        },
        None => None,
    };
    let after = kept.is_some().then(|| context.clone());
    let fields = kept.unwrap_or(fields);
    clean_headers(&mut parts.headers);
    let request = Request::from_parts(parts, Body::from(fields));
    let started_flow = StartedFlow::default();
    let provide = {
        let started_flow = started_flow.clone();
        move || {
            provide_context(context.clone());
            provide_context(started_flow.clone());
        }
    };
    let response = match server_functions::call(&app, provide, request).await {
        Ok(response) => response,
        Err(error) => return error.into_response(),
    };
    let response = match started_flow.request() {
        Some(request) => to_provider(&app, request, response),
        None => response,
    };
    match after {
        Some(context) => unsent_forms::clearing(&context, response),
        None => response,
    }
}

/// The page from which the browser goes on to a provider. It is part of the answer that sets the flow's cookie: it has no
/// URL, and no other site can choose its target.
pub(super) fn to_provider(app: &AppState, request: &ProviderRequest, answer: Response) -> Response {
    let view = OnwardView { provider: request.provider.clone(), url: request.url.clone() };
    let mut response = Html(onward_html(view, &app.assets)).into_response();
    let (clear_site_data, _) = CLEAR_SITE_DATA;
    for name in [header::SET_COOKIE, clear_site_data] {
        for value in answer.headers().get_all(&name) {
            response.headers_mut().append(&name, value.clone());
        }
    }
    response
}

/// Says for whom the form was rendered, if that is known, and who is signed in. Nothing was changed.
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
    Query::parse(Some(text)).unambiguous().ok_or(StatusCode::BAD_REQUEST)
}

/// Removes the `Referer`, to which leptos_axum would redirect if the server function set no `Location`, and the length of
/// the original body.
pub(super) fn clean_headers(headers: &mut HeaderMap) {
    for name in [header::REFERER, header::CONTENT_LENGTH, header::TRANSFER_ENCODING] {
        headers.remove(name);
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
}
