//! A response body that arrives slowly or breaks off.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Bytes;
use hyper::body::{Body, Frame};
use tokio::time::{Sleep, sleep};

pub struct ThrottledBody {
    rest: Bytes,
    chunk: usize,
    pause: Duration,
    aborts: bool,
    waiting: Option<Pin<Box<Sleep>>>,
}

impl ThrottledBody {
    /// Sends `body` in pieces of `chunk` bytes, with a pause before each.
    pub fn new(body: Bytes, chunk: usize, pause: Duration) -> Self {
        Self { rest: body, chunk: chunk.max(1), pause, aborts: false, waiting: None }
    }

    /// Sends `part`, then fails, at which hyper closes the connection.
    pub fn aborting(part: Bytes) -> Self {
        // The pause lets the data reach the network before the connection breaks.
        Self { chunk: part.len().max(1), rest: part, pause: Duration::from_millis(20), aborts: true, waiting: None }
    }
}

impl Body for ThrottledBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let pause = self.pause;
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(sleep(pause)));
        if waiting.as_mut().poll(context).is_pending() {
            return Poll::Pending;
        }
        self.waiting = None;
        if self.rest.is_empty() {
            let end = self.aborts.then(|| Err(io::Error::from(io::ErrorKind::ConnectionReset)));
            return Poll::Ready(end);
        }
        let chunk = self.chunk.min(self.rest.len());
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(chunk)))))
    }
}
