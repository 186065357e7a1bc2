//! GET `/api/sessions` and DELETE `/api/sessions/{id}`: the sessions of the signed-in user.

use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    answer::{Done, Success, time_text},
    caller::Caller,
    error::{ErrorResponse, errors},
};
use crate::{
    codes::api_error::ApiError,
    store::{ChangeError, Session},
    web::{detached::detached, state::AppState},
};

/// The sessions of the signed-in user.
#[derive(Serialize, ToSchema)]
#[schema(as = SessionList)]
pub struct SessionsAnswer {
    #[schema(schema_with = Success::schema)]
    success: Success,
    /// The most recently used first, at most 100: a user has no more.
    sessions: Vec<SessionAnswer>,
}

/// One session.
#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
struct SessionAnswer {
    /// Identifies the session. It is no credential.
    id: String,
    /// Whether it is the session of this request.
    current: bool,
    /// The sign-in method: a provider's slug, or `password`.
    #[schema(required, examples("google"))]
    provider: Option<String>,
    /// How strongly the sign-in authenticated the user: `one_factor` or `two_factors`.
    #[schema(examples("one_factor"))]
    strength: &'static str,
    /// When the user last authenticated in this session.
    #[schema(format = DateTime)]
    authenticated_at: String,
    /// The `User-Agent` at the sign-in.
    #[schema(required)]
    user_agent: Option<String>,
    /// The IP address at the sign-in.
    #[schema(required)]
    address: Option<String>,
    /// The time of the sign-in.
    #[schema(format = DateTime)]
    created_at: String,
    /// The last use, to the minute.
    #[schema(format = DateTime)]
    last_seen_at: String,
    /// When it expires if it is not used again.
    #[schema(format = DateTime)]
    expires_at: String,
}

impl SessionAnswer {
    fn of(session: Session, current: &str) -> Self {
        Self {
            current: session.id == current,
            id: session.id,
            provider: session.provider,
            strength: session.signed_in_by.strength().code(),
            authenticated_at: time_text(session.reauthenticated_at),
            user_agent: session.user_agent,
            address: session.ip,
            created_at: time_text(session.created_at),
            last_seen_at: time_text(session.last_seen_at),
            expires_at: time_text(session.expires_at),
        }
    }
}

errors!(ListErrors: NotSignedIn, InvalidToken, AddressRequired, ServerError, Unavailable);

/// List sessions
#[utoipa::path(
    get,
    path = "/api/sessions",
    operation_id = "listSessions",
    tag = "User",
    responses(
        (status = 200, description = "All sessions of the user, at most 100.", body = SessionsAnswer,
         example = json!({"success": true, "sessions": [{"id": "b2hUq0Wl2dWJkV7s5rYxTg", "current": true, "provider": "google", "strength": "one_factor", "authenticated_at": "2026-11-25T16:40:00Z", "user_agent": "Mozilla/5.0 …", "address": "203.0.113.9", "created_at": "2026-11-25T16:40:00Z", "last_seen_at": "2026-11-25T16:55:00Z", "expires_at": "2026-12-09T16:55:00Z"}]})),
        ListErrors,
    ),
    security(("bearer" = []), ("cookie" = [])),
)]
pub async fn list(State(app): State<AppState>, caller: Caller) -> Result<Json<SessionsAnswer>, ErrorResponse> {
    let current = &caller.signed_in.session.id;
    let sessions = app.database.user_sessions(caller.signed_in.user.id, app.clock.date()).await;
    let sessions = sessions.map_err(|error| ErrorResponse::of(&app, error.into()))?;
    let sessions = sessions.into_iter().map(|session| SessionAnswer::of(session, current)).collect();
    Ok(Json(SessionsAnswer { success: Success, sessions }))
}

errors!(EndErrors:
    InvalidRequest, NotSignedIn, InvalidToken, AddressRequired, CrossOrigin, SessionNotFound, ServerError,
    Unavailable,
);

/// End a session
///
/// It may be the session of this request. Revocation of its tokens takes effect here immediately, and within five minutes at
/// services that verify them locally.
#[utoipa::path(
    delete,
    path = "/api/sessions/{id}",
    operation_id = "endSession",
    tag = "User",
    params(("id" = String, Path, description = "The id in the list.", example = "b2hUq0Wl2dWJkV7s5rYxTg")),
    responses(
        (status = 200, description = "The session has ended.", body = Done, example = json!({"success": true})),
        EndErrors,
    ),
    security(("bearer" = []), ("cookie" = [])),
)]
pub async fn end(
    State(app): State<AppState>,
    caller: Caller,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<Done>, ErrorResponse> {
    let Path(id) = id.map_err(|_| ErrorResponse::of_request("The id in the path is not valid UTF-8."))?;
    let ending = {
        let (app, audit) = (app.clone(), caller.context.audit());
        async move {
            let signed_in = &caller.signed_in;
            app.database.end_session(signed_in.user.id, &id, signed_in.session.at_version(), &audit).await
        }
    };
    match detached(&app, ending).await? {
        Ok(()) => Ok(Json(Done { success: Success })),
        Err(ChangeError::SignedOut) => Err(ApiError::NotSignedIn.into()),
        Err(ChangeError::Store(error)) => Err(ErrorResponse::of(&app, error.into())),
        Err(_) => Err(ApiError::SessionNotFound.into()),
    }
}
