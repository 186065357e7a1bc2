//! Control of the mail server, and its letters for tests.

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::api::{Body, failure, shown};
use crate::mail::Order;
use crate::world::World;

/// Whose letters.
#[derive(Deserialize)]
pub struct Filter {
    to: Option<String>,
}

/// `GET /control/letters`.
pub async fn letters(State(world): State<World>, Query(filter): Query<Filter>) -> Json<Value> {
    let state = world.state();
    let letters: Vec<_> = state.mail.letters(filter.to.as_deref()).collect();
    Json(json!({ "letters": letters }))
}

/// `POST /control/letters/clear`.
pub async fn clear(State(world): State<World>) -> Json<Value> {
    world.state().mail.clear();
    Json(shown(&world))
}

/// `POST /control/mail`.
pub async fn behave(State(world): State<World>, body: Body<Value>) -> Response {
    let body = match body {
        Ok(Json(body)) => body,
        Err(rejection) => return rejection.into_response(),
    };
    match serde_json::from_value::<Order>(body) {
        Ok(order) => {
            world.state().mail.behave(order);
            Json(shown(&world)).into_response()
        }
        Err(error) => failure(StatusCode::BAD_REQUEST, &format!("the body does not fit: {error}")),
    }
}
