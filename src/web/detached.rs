//! Work that outlives its request.
//!
//! When a client disconnects, the future of its request is dropped at whatever point it waits, and would leave half of its
//! work done: a new password with the old session id, a nonce used up for nothing. So everything that writes runs as a task,
//! and the server waits for these tasks when it shuts down.

use std::{
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    task::Poll,
};

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use tracing::Instrument;

use super::state::AppState;
use crate::inspect;

/// The work panicked, which is already logged.
#[derive(Debug)]
pub struct PanicError;

/// Runs work to its end, even if the client disconnects.
///
/// # Errors
/// If it panics.
pub fn detached<T: Send + 'static, W: Future<Output = T> + Send + 'static>(
    app: &AppState,
    work: W,
) -> impl Future<Output = Result<T, PanicError>> + Send + use<T, W> {
    let task = app.tasks.spawn(catch_panic(Box::pin(inspect::carried(work))).in_current_span());
    async { task.await.unwrap_or(Err(PanicError)) }
}

/// Logs the panic here: the caller may be gone.
///
/// The work is in a box, since a sign-in's future has twelve kilobytes: a task, the server function and the handler around it
/// would each be as large, and be copied whenever they are moved.
fn catch_panic<T>(mut work: Pin<Box<impl Future<Output = T>>>) -> impl Future<Output = Result<T, PanicError>> {
    poll_fn(move |context| match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))) {
        Ok(poll) => poll.map(Ok),
        Err(_) => {
            tracing::error!("request task panicked");
            Poll::Ready(Err(PanicError))
        }
    })
}

impl IntoResponse for PanicError {
    fn into_response(self) -> Response {
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_answered_by_500_and_other_work_returns() {
        assert!(
            catch_panic(Box::pin(async { panic!("oh no") })).await.is_err_and(|error: PanicError| {
                error.into_response().status() == StatusCode::INTERNAL_SERVER_ERROR
            })
        );
        let work = async {
            tokio::task::yield_now().await;
            7
        };
        assert_eq!(catch_panic(Box::pin(work)).await.ok(), Some(7));
    }
}
