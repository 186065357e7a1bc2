//! The two requests of a page's script for a passkey: options, then the browser's response.
//!
//! They are JSON, which no form can send, and stand behind the same checks as the forms: our own pages only, and where a page
//! was rendered for a user, only for that user.

use axum::{
    Extension, Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::{
    api::{JsonBody, optional_text, text},
    detached::detached,
    state::AppState,
};
use crate::{
    account::{PasskeyAnswer, PasskeyResponse, PasskeyStep, begin_passkey, finish_passkey},
    codes::percent::with_return_to,
    relying_party::ReturnTo,
    sessions::{ClientInfo, SessionHandle, SignedIn},
    ui::{passkeys::PASSKEYS_PAGE, view::FORM_OWNER},
};

pub const OPTIONS: &str = "/auth/passkey/options";
pub const FINISH: &str = "/auth/passkey";

/// POST `/auth/passkey/options`: `{ "step", "form_owner" }` → `{ "ceremony", "publicKey" }`.
pub async fn options(
    State(app): State<AppState>,
    Extension(session): Extension<SessionHandle>,
    signed_in: Option<Extension<SignedIn>>,
    Extension(client): Extension<ClientInfo>,
    headers: HeaderMap,
    JsonBody(body): JsonBody,
) -> Response {
    let step = match text(&body, "step") {
        Ok(step) => PasskeyStep::from_code(&step),
        Err(error) => return error.into_response(),
    };
    let owner = match optional_text(&body, FORM_OWNER) {
        Ok(owner) => owner.and_then(|sealed| app.form_owners.open(&sealed)),
        Err(error) => return error.into_response(),
    };
    let Some(step) = step else { return StatusCode::NOT_FOUND.into_response() };
    let signed_in = signed_in.map(|Extension(signed_in)| signed_in);
    if let Some(signed_in) = &signed_in
        && step.has_owner()
        && owner != Some(signed_in.user.id)
    {
        return wrong_account();
    }
    let context = app.context(&headers, session, signed_in, client);
    match begin_passkey(&context, step).await {
        Ok(options) => ([(header::SET_COOKIE, options.cookie)], Json(options.json)).into_response(),
        Err(error) => response(PasskeyAnswer::of_error(error, page_of(step))),
    }
}

/// POST `/auth/passkey`: `{ "ceremony", "credential", "return_to" }` → `{ "location" }`, or `{ "error", "location" }`.
pub async fn finish(
    State(app): State<AppState>,
    Extension(session): Extension<SessionHandle>,
    signed_in: Option<Extension<SignedIn>>,
    Extension(client): Extension<ClientInfo>,
    headers: HeaderMap,
    JsonBody(body): JsonBody,
) -> Response {
    let (ceremony, return_to) = match (text(&body, "ceremony"), optional_text(&body, "return_to")) {
        (Ok(ceremony), Ok(return_to)) => (ceremony, return_to),
        (Err(error), _) | (_, Err(error)) => return error.into_response(),
    };
    let credential = body.get("credential").cloned().unwrap_or_default();
    let return_to = return_to.as_deref().and_then(ReturnTo::parse);
    let context = app.context(&headers, session, signed_in.map(|Extension(signed_in)| signed_in), client);
    let asked = PasskeyResponse { ceremony, credential, return_to };
    match detached(&app, async move { finish_passkey(&context, asked).await }).await {
        Ok(answer) => response(answer),
        Err(error) => error.into_response(),
    }
}

/// The page that began the step.
const fn page_of(step: PasskeyStep) -> &'static str {
    match step {
        PasskeyStep::SignIn => "/login",
        PasskeyStep::Reauthenticate => "/confirm",
        PasskeyStep::Link => "/link",
        PasskeyStep::SecondFactor => "/second-factor",
        PasskeyStep::Add | PasskeyStep::Upgrade => PASSKEYS_PAGE,
    }
}

fn response(answer: PasskeyAnswer) -> Response {
    let PasskeyAnswer { status, location, error, cookies } = answer;
    let body = match error {
        None => json!({ "location": location }),
        Some(error) => json!({ "error": error, "location": location }),
    };
    let mut response = (status, Json(body)).into_response();
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Another tab signed in to another account since the page was rendered: it has to be loaded again.
fn wrong_account() -> Response {
    let location = with_return_to("/login", Some(PASSKEYS_PAGE));
    (StatusCode::CONFLICT, Json(json!({ "error": "wrong_account", "location": location }))).into_response()
}
