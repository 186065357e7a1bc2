//! GET `/api/sessions` and DELETE `/api/sessions/{id}`: where a person is signed in, and the end of it.

use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    answer::{Done, Success, time_text},
    caller::Caller,
    failure::{Failure, failures},
};
use crate::{
    codes::api::ApiCode,
    store::Session,
    web::{detached::detached, state::AppState},
};

/// Where a person is signed in.
#[derive(Serialize, ToSchema)]
#[schema(as = Sessions)]
pub struct SessionsAnswer {
    /// Always true.
    success: Success,
    /// The one that was used last comes first.
    sessions: Vec<SessionAnswer>,
}

/// One of them.
#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
struct SessionAnswer {
    /// Names it. Opens nothing.
    id: String,
    /// Whether it is the one that asks.
    current: bool,
    /// The way in: a provider's name, or `password`.
    #[schema(required, examples("google"))]
    provider: Option<String>,
    /// What the browser or application calls itself.
    #[schema(required)]
    user_agent: Option<String>,
    /// The network address at the sign-in.
    #[schema(required)]
    address: Option<String>,
    /// When the person signed in.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was last used, to the minute.
    #[schema(format = DateTime)]
    last_seen_at: String,
    /// When it ends if nothing is asked until then.
    #[schema(format = DateTime)]
    expires_at: String,
}

impl SessionAnswer {
    fn of(session: Session, here: &str) -> Self {
        Self {
            current: session.id_hash == here,
            id: session.id_hash,
            provider: session.provider,
            user_agent: session.user_agent,
            address: session.ip,
            created_at: time_text(session.created_at),
            last_seen_at: time_text(session.last_seen_at),
            expires_at: time_text(session.expires_at),
        }
    }
}

failures!(ListFailures: NotSignedIn, InvalidToken, AddressRequired, ServerError, Unavailable);

/// Where am I signed in?
#[utoipa::path(
    get,
    path = "/api/sessions",
    tag = "The person",
    responses(
        (status = 200, description = "All sessions of the user.", body = SessionsAnswer,
         example = json!({"success": true, "sessions": [{"id": "b2hUq0Wl2dWJkV7s5rYxT8m3cQ1nZ4aE6fG9hJ0kLpM", "current": true, "provider": "google", "user_agent": "Mozilla/5.0 …", "address": "203.0.113.9", "created_at": "2026-11-25T16:40:00Z", "last_seen_at": "2026-11-25T16:55:00Z", "expires_at": "2026-12-09T16:55:00Z"}]})),
        ListFailures,
    ),
    security(("bearer" = []), ("cookie" = [])),
)]
pub async fn list(State(app): State<AppState>, caller: Caller) -> Result<Json<SessionsAnswer>, Failure> {
    let here = &caller.signed_in.session.id_hash;
    let sessions = app.database.user_sessions(caller.signed_in.user.id, app.clock.date()).await;
    let sessions = sessions.map_err(|error| Failure::of(&app, error.into()))?;
    let sessions = sessions.into_iter().map(|session| SessionAnswer::of(session, here)).collect();
    Ok(Json(SessionsAnswer { success: Success, sessions }))
}

failures!(EndFailures:
    InvalidRequest, NotSignedIn, InvalidToken, AddressRequired, CrossOrigin, SessionNotFound, ServerError,
    Unavailable,
);

/// End a session
///
/// Also the one that asks. Its tokens end with it: here at once, at services that verify tokens by themselves within five
/// minutes.
#[utoipa::path(
    delete,
    path = "/api/sessions/{id}",
    tag = "The person",
    params(("id" = String, Path, description = "As the list has it.", example = "b2hUq0Wl2dWJkV7s5rYxT8m3cQ1nZ4aE6fG9hJ0kLpM")),
    responses(
        (status = 200, description = "It is ended.", body = Done, example = json!({"success": true})),
        EndFailures,
    ),
    security(("bearer" = []), ("cookie" = [])),
)]
pub async fn end(
    State(app): State<AppState>,
    caller: Caller,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<Done>, Failure> {
    let Path(id) = id.map_err(|_| Failure::of_request("The id in the address is not text in UTF-8."))?;
    let ending = {
        let (app, audit) = (app.clone(), caller.context.audit());
        async move { app.database.end_session(caller.signed_in.user.id, &id, &audit).await }
    };
    match detached(&app, ending).await?.map_err(|error| Failure::of(&app, error.into()))? {
        true => Ok(Json(Done { success: Success })),
        false => Err(ApiCode::SessionNotFound.into()),
    }
}
