//! Work that outlives its request.
//!
//! A client that goes away drops its request's future wherever that stands, and what it began is left there: a password
//! changed and the session's id not, a nonce used up for nothing. What writes therefore runs as a task. The server waits
//! for these at its end.

use std::{
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    task::Poll,
};

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use tracing::Instrument;

use super::state::AppState;

/// The work did not come to its end. The log has it.
#[derive(Debug)]
pub struct Panicked;

/// Carries work out to its end, whether or not anybody still waits for it.
///
/// # Errors
/// [`Panicked`].
pub async fn detached<T: Send + 'static>(
    app: &AppState,
    work: impl Future<Output = T> + Send + 'static,
) -> Result<T, Panicked> {
    app.tasks.spawn(caught(work).in_current_span()).await.unwrap_or(Err(Panicked))
}

/// The panic is logged here, since nobody may be there any more to hear of it.
async fn caught<T>(work: impl Future<Output = T>) -> Result<T, Panicked> {
    let mut work = pin!(work);
    poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))) {
        Ok(poll) => poll.map(Ok),
        Err(_) => {
            tracing::error!("the work of a request panicked");
            Poll::Ready(Err(Panicked))
        }
    })
    .await
}

impl IntoResponse for Panicked {
    fn into_response(self) -> Response {
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_an_answer_and_work_without_one_its_outcome() {
        assert!(caught(async { panic!("oh no") }).await.is_err_and(|panicked: Panicked| {
            panicked.into_response().status() == StatusCode::INTERNAL_SERVER_ERROR
        }));
        let work = async {
            tokio::task::yield_now().await;
            7
        };
        assert_eq!(caught(work).await.ok(), Some(7));
    }
}
