//! Whether a connection of HTTP/1 is between two requests, which hyper does not tell.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    task::{Context, Poll, ready},
};

use axum::body::{Body, Bytes};
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Nothing has begun, or a part of a request's head has come: it is in hyper's buffer.
const READING: u32 = 0;
/// A request without a body is being answered.
const ANSWERING: u32 = 1;
/// Its answer is complete, and may be in hyper's buffer.
const ANSWERED: u32 = 2;
/// The answer has been written. A part of the next request's head may have come before, none since.
const IDLE: u32 = 3;
/// A request with a body. When its answer is complete, the body may not be: the connection is not idle before the next request,
/// since the rest of a body must never be taken for one.
const WITH_BODY: u32 = 4;
/// Room for one of these; what is above counts the requests, so that an earlier one's end is not taken for that of the present one.
const STATES: u32 = 8;

/// What a connection does. One task changes it, except where a response's body ends on another.
#[derive(Debug, Default)]
pub(super) struct Activity(AtomicU32);

impl Activity {
    /// Between two requests: hyper has nothing to write.
    pub(super) fn is_idle(&self) -> bool {
        self.state() == IDLE
    }

    /// The same, or a part of a request's head has come.
    pub(super) fn has_no_request(&self) -> bool {
        matches!(self.state(), READING | IDLE)
    }

    /// Hyper has parsed the head of a request. The result is dropped with the body of its answer.
    pub(super) fn begin(self: &Arc<Self>, has_body: bool) -> RequestIsOver {
        let count = self.count().wrapping_add(STATES);
        self.0.store(count + if has_body { WITH_BODY } else { ANSWERING }, Ordering::Relaxed);
        RequestIsOver { activity: Arc::clone(self), count }
    }

    /// Of the requests, in the place that [`STATES`] leaves for it.
    fn count(&self) -> u32 {
        let both = self.0.load(Ordering::Relaxed);
        both - both % STATES
    }

    fn state(&self) -> u32 {
        self.0.load(Ordering::Relaxed) % STATES
    }

    fn step(&self, count: u32, from: u32, to: u32) {
        _ = self.0.compare_exchange(count + from, count + to, Ordering::Relaxed, Ordering::Relaxed);
    }

    fn has_read(&self) {
        self.step(self.count(), IDLE, READING);
    }

    /// Hyper flushes once its own buffer is empty.
    fn has_flushed(&self) {
        self.step(self.count(), ANSWERED, IDLE);
    }
}

/// On drop: the answer of a request is complete.
#[derive(Debug)]
pub(super) struct RequestIsOver {
    activity: Arc<Activity>,
    count: u32,
}

impl Drop for RequestIsOver {
    fn drop(&mut self) {
        self.activity.step(self.count, ANSWERING, ANSWERED);
    }
}

/// The body of an answer. Hyper drops it when its end is in the buffer.
pub(super) struct WatchedBody {
    body: Body,
    _request_is_over: RequestIsOver,
}

impl WatchedBody {
    pub(super) const fn new(body: Body, request_is_over: RequestIsOver) -> Self {
        Self { body, _request_is_over: request_is_over }
    }
}

impl HttpBody for WatchedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A stream that was read before, and what was read of it.
pub(super) struct WatchedStream<I> {
    stream: I,
    read: Bytes,
    activity: Arc<Activity>,
}

impl<I> WatchedStream<I> {
    pub(super) const fn new(stream: I, read: Bytes, activity: Arc<Activity>) -> Self {
        Self { stream, read, activity }
    }

    pub(super) fn into_inner(self) -> I {
        self.stream
    }
}

impl<I: AsyncRead + Unpin> AsyncRead for WatchedStream<I> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.read.is_empty() {
            let length = self.read.len().min(buffer.remaining());
            buffer.put_slice(&self.read.split_to(length));
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        if buffer.filled().len() > before {
            self.activity.has_read();
        }
        Poll::Ready(Ok(()))
    }
}

impl<I: AsyncWrite + Unpin> AsyncWrite for WatchedStream<I> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_flush(context))?;
        self.activity.has_flushed();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_an_earlier_answer_is_not_that_of_the_present_one() {
        let activity = Arc::new(Activity::default());
        let (first, second) = (activity.begin(false), activity.begin(false));
        drop(first);
        activity.has_flushed();
        assert!(!activity.is_idle());
        drop(second);
        assert!(!activity.is_idle(), "nothing was written");
        activity.has_flushed();
        assert!(activity.is_idle());
    }

    #[test]
    fn the_count_of_requests_begins_again() {
        let activity = Arc::new(Activity(AtomicU32::new(u32::MAX - u32::MAX % STATES + IDLE)));
        drop(activity.begin(false));
        activity.has_flushed();
        assert!(activity.is_idle());
    }
}
