//! Control for tests: JSON in, JSON out.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::order::carry_out;
use super::presets::{self, Preset};
use crate::persons::Person;
use crate::variables::variables as variables_of;
use crate::world::{Provider, World};

/// A body of JSON.
pub type Body<T> = Result<Json<T>, JsonRejection>;

/// `GET /control/state`.
pub async fn state(State(world): State<World>) -> Json<Value> {
    Json(shown(&world))
}

/// `GET /control/presets`.
pub async fn presets() -> Json<Vec<Preset>> {
    Json(presets::all())
}

/// `GET /control/variables`. The secrets protect nothing.
pub async fn variables(State(world): State<World>) -> Json<Value> {
    let variables = variables_of(world.origin(), world.clients());
    Json(variables.into_iter().map(|(name, value)| (name, Value::from(value))).collect())
}

/// The filter of the request log.
#[derive(Deserialize)]
pub struct Filter {
    endpoint: Option<String>,
}

/// `GET /control/requests`.
pub async fn requests(State(world): State<World>, Query(filter): Query<Filter>) -> Json<Value> {
    let state = world.state();
    let requests: Vec<_> = state.log.entries(filter.endpoint.as_deref()).collect();
    Json(json!({"total": state.log.total(), "count": requests.len(), "requests": requests}))
}

/// `POST /control/requests/clear`.
pub async fn clear_requests(State(world): State<World>) -> Json<Value> {
    world.state().log.clear();
    Json(shown(&world))
}

/// `POST /control/reset`.
pub async fn reset(State(world): State<World>) -> Json<Value> {
    world.reset();
    Json(shown(&world))
}

/// The body of a clock order.
#[derive(Deserialize)]
pub struct Clock {
    offset_seconds: i64,
}

/// `POST /control/clock`.
pub async fn clock(State(world): State<World>, body: Body<Clock>) -> Response {
    match body {
        Ok(Json(clock)) => {
            // A thousand years either way, so that no sum of times can overflow.
            let limit = 1000 * 366 * 86_400;
            world.state().clock_offset = clock.offset_seconds.clamp(-limit, limit);
            Json(shown(&world)).into_response()
        }
        Err(rejection) => rejection.into_response(),
    }
}

/// `POST /control/persons`.
pub async fn make_person(State(world): State<World>, body: Body<Map<String, Value>>) -> Response {
    let changes = match body {
        Ok(Json(changes)) => changes,
        Err(rejection) => return rejection.into_response(),
    };
    let total = world.state().persons.all().len();
    let email = changes.get("email").and_then(Value::as_str).map(str::to_owned);
    let made_up = format!("made.up.{total}.{}@gmail.com", world.state().now());
    put(&world, &Person::with_email(&email.unwrap_or(made_up), Some("Made Up".to_owned())), changes)
}

/// `POST /control/persons/{id}`.
pub async fn change_person(
    State(world): State<World>,
    Path(id): Path<String>,
    body: Body<Map<String, Value>>,
) -> Response {
    let mut changes = match body {
        Ok(Json(changes)) => changes,
        Err(rejection) => return rejection.into_response(),
    };
    changes.remove("id");
    let person = world.state().persons.by_id(&id).cloned();
    match person {
        Some(person) => put(&world, &person, changes),
        None => failure(StatusCode::NOT_FOUND, &format!("there is no person {id:?}")),
    }
}

/// `POST /control/{provider}/{order}`.
pub async fn order(
    State(world): State<World>,
    Path((provider, name)): Path<(String, String)>,
    body: Body<Value>,
) -> Response {
    let body = match body {
        Ok(Json(body)) => body,
        Err(rejection) => return rejection.into_response(),
    };
    let Ok(provider) = serde_json::from_value::<Provider>(json!(provider)) else {
        return failure(StatusCode::NOT_FOUND, "there is no such provider");
    };
    match carry_out(&world, provider, &name, body).await {
        Ok(()) => Json(shown(&world)).into_response(),
        Err(error) => failure(StatusCode::BAD_REQUEST, &error.to_string()),
    }
}

/// The state as control calls answer it.
pub fn shown(world: &World) -> Value {
    let mut state = world.state();
    let mut shown = json!({
        "origin": world.origin(),
        "now": state.now(),
        "clock_offset": state.clock_offset,
        "persons": state.persons.all(),
        "requests": state.log.total(),
        "letters": state.mail.letters(None).count(),
        "mail": state.mail.order(),
    });
    for provider in Provider::ALL {
        let house = state.house(*provider);
        shown[provider.slug()] = json!({
            "issuer": format!("{}{}", world.origin(), provider.facts().issuer),
            "kids": house.keys.published().map(|key| &key.kid).collect::<Vec<_>>(),
            "id_token": house.patches,
            "faults": house.faults,
            "iss": house.iss,
            "auto_consent": house.ledger.auto,
            "codes": house.ledger.codes.len(),
            "access_tokens": house.ledger.access.len(),
            "refresh_tokens": house.ledger.refresh.len(),
        });
    }
    shown
}

fn put(world: &World, person: &Person, changes: Map<String, Value>) -> Response {
    let person = match person.changed(changes) {
        // The id stands in paths and in forms; `new` has a meaning there.
        Ok(person)
            if person.id != "new"
                && !person.id.is_empty()
                && person.id.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)) =>
        {
            person
        }
        Ok(_) => return failure(StatusCode::BAD_REQUEST, "an id is letters, digits, - and _"),
        Err(error) => return failure(StatusCode::BAD_REQUEST, &error.to_string()),
    };
    world.state().persons.put(person.clone());
    Json(person).into_response()
}

/// A refusal with its reason.
pub fn failure(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({"error": message}))).into_response()
}
