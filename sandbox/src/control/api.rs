//! The JSON control API.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::command::execute;
use super::of_provider::OfProvider;
use super::presets::{self, Preset};
use crate::persons::Person;
use crate::state::{Provider, SharedState};
use crate::variables::variables as variables_of;

/// A body of JSON.
pub type Body<T> = Result<Json<T>, JsonRejection>;

/// `GET /control/state`.
pub async fn state(State(shared): State<SharedState>) -> Json<Value> {
    Json(snapshot(&shared))
}

/// `GET /control/presets`.
pub async fn presets() -> Json<Vec<Preset>> {
    Json(presets::all())
}

/// `GET /control/variables`. The secrets protect nothing.
pub async fn variables(State(shared): State<SharedState>) -> Json<Value> {
    let variables = variables_of(shared.origin(), shared.clients());
    Json(variables.into_iter().map(|(name, value)| (name, Value::from(value))).collect())
}

#[derive(Deserialize)]
pub struct Filter {
    endpoint: Option<String>,
}

/// `GET /control/requests`.
pub async fn requests(State(shared): State<SharedState>, Query(filter): Query<Filter>) -> Json<Value> {
    let state = shared.lock();
    let requests: Vec<_> = state.log.entries(filter.endpoint.as_deref()).collect();
    Json(json!({"total": state.log.total(), "count": requests.len(), "requests": requests}))
}

/// `POST /control/requests/clear`.
pub async fn clear_requests(State(shared): State<SharedState>) -> Json<Value> {
    shared.lock().log.clear();
    Json(snapshot(&shared))
}

/// `POST /control/reset`.
pub async fn reset(State(shared): State<SharedState>) -> Json<Value> {
    shared.reset();
    Json(snapshot(&shared))
}

#[derive(Deserialize)]
pub struct Clock {
    offset_seconds: i64,
}

/// `POST /control/clock`.
pub async fn clock(State(shared): State<SharedState>, body: Body<Clock>) -> Response {
    match body {
        Ok(Json(clock)) => {
            // A thousand years in each direction, so that sums of times cannot overflow.
            let limit = 1000 * 366 * 86_400;
            shared.lock().clock_offset = clock.offset_seconds.clamp(-limit, limit);
            Json(snapshot(&shared)).into_response()
        }
        Err(rejection) => rejection.into_response(),
    }
}

/// `POST /control/persons`.
pub async fn create_person(State(shared): State<SharedState>, body: Body<Map<String, Value>>) -> Response {
    let changes = match body {
        Ok(Json(changes)) => changes,
        Err(rejection) => return rejection.into_response(),
    };
    let total = shared.lock().persons.all().len();
    let email = changes.get("email").and_then(Value::as_str).map(str::to_owned);
    let generated = format!("new.user.{total}.{}@gmail.com", shared.lock().now());
    put(&shared, &Person::with_email(&email.unwrap_or(generated), Some("New User".to_owned())), changes)
}

/// `POST /control/persons/{id}`.
pub async fn change_person(
    State(shared): State<SharedState>,
    Path(id): Path<String>,
    body: Body<Map<String, Value>>,
) -> Response {
    let mut changes = match body {
        Ok(Json(changes)) => changes,
        Err(rejection) => return rejection.into_response(),
    };
    changes.remove("id");
    let person = shared.lock().persons.by_id(&id).cloned();
    match person {
        Some(person) => put(&shared, &person, changes),
        None => error_response(StatusCode::NOT_FOUND, &format!("unknown person {id:?}")),
    }
}

/// `POST /control/{provider}/{command}`.
pub async fn command(
    State(shared): State<SharedState>,
    OfProvider(provider): OfProvider,
    Path((_, name)): Path<(String, String)>,
    body: Body<Value>,
) -> Response {
    let body = match body {
        Ok(Json(body)) => body,
        Err(rejection) => return rejection.into_response(),
    };
    match execute(&shared, provider, &name, body).await {
        Ok(()) => Json(snapshot(&shared)).into_response(),
        Err(error) => error_response(StatusCode::BAD_REQUEST, &error.to_string()),
    }
}

/// The body of `GET /control/state`.
pub fn snapshot(shared: &SharedState) -> Value {
    let mut state = shared.lock();
    let mut snapshot = json!({
        "origin": shared.origin(),
        "now": state.now(),
        "clock_offset": state.clock_offset,
        "persons": state.persons.all(),
        "requests": state.log.total(),
        "emails": state.mail.emails(None).count(),
        "mail": state.mail.misbehaviour(),
    });
    for provider in Provider::ALL {
        let mock = state.provider(*provider);
        snapshot[provider.slug()] = json!({
            "issuer": format!("{}{}", shared.origin(), provider.facts().issuer),
            "kids": mock.keys.published().map(|key| &key.kid).collect::<Vec<_>>(),
            "id_token": mock.patches,
            "faults": mock.faults,
            "iss": mock.iss,
            "auto_consent": mock.tokens.auto,
            "codes": mock.tokens.codes.len(),
            "access_tokens": mock.tokens.access.len(),
            "refresh_tokens": mock.tokens.refresh.len(),
        });
    }
    snapshot[Provider::Oidc.slug()]["configuration"] = json!(state.oidc);
    snapshot
}

fn put(shared: &SharedState, person: &Person, changes: Map<String, Value>) -> Response {
    let person = match person.changed(changes) {
        // Ids are used in paths and forms, where `new` is reserved.
        Ok(person)
            if person.id != "new"
                && !person.id.is_empty()
                && person.id.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)) =>
        {
            person
        }
        Ok(_) => return error_response(StatusCode::BAD_REQUEST, "an id may contain letters, digits, - and _"),
        Err(error) => return error_response(StatusCode::BAD_REQUEST, &error.to_string()),
    };
    shared.lock().persons.put(person.clone());
    Json(person).into_response()
}

pub fn error_response(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({"error": message}))).into_response()
}
