//! Controls the mail server and returns its emails.

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::api::{Body, error_response, snapshot};
use crate::mail::MailBehaviour;
use crate::state::SharedState;

#[derive(Deserialize)]
pub struct Filter {
    to: Option<String>,
}

/// `GET /control/emails`.
pub async fn emails(State(shared): State<SharedState>, Query(filter): Query<Filter>) -> Json<Value> {
    let state = shared.lock();
    let emails: Vec<_> = state.mail.emails(filter.to.as_deref()).collect();
    Json(json!({ "emails": emails }))
}

/// `POST /control/emails/clear`.
pub async fn clear(State(shared): State<SharedState>) -> Json<Value> {
    shared.lock().mail.clear();
    Json(snapshot(&shared))
}

/// `POST /control/mail`.
pub async fn set_behaviour(State(shared): State<SharedState>, body: Body<Value>) -> Response {
    let body = match body {
        Ok(Json(body)) => body,
        Err(rejection) => return rejection.into_response(),
    };
    match serde_json::from_value::<MailBehaviour>(body) {
        Ok(behaviour) => {
            shared.lock().mail.set_behaviour(behaviour);
            Json(snapshot(&shared)).into_response()
        }
        Err(error) => error_response(StatusCode::BAD_REQUEST, &format!("invalid body: {error}")),
    }
}
