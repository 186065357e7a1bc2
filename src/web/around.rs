//! Middleware that does something before a request, and after its response, and waits for nothing in between.
//!
//! One of `axum::middleware::from_fn` may wait before it calls what is inside, so it boxes its future and copies all services
//! inside for each request. Of those there were seven, one in the other, on the way to a page, and they cost more than the page's
//! query. These are named types: a stack of them is one future.

use std::{
    convert::Infallible,
    marker::PhantomData,
    ops::ControlFlow::{self, Break, Continue},
    pin::Pin,
    task::{Context, Poll},
};

use axum::{
    extract::Request,
    response::{IntoResponse, Response},
};
use pin_project_lite::pin_project;
use tower::{Layer, Service};

/// Looks at a request, or changes it, or answers it. What it returns to keep, [`After`] gets.
type Before<T, K> = fn(&T, &mut Request) -> ControlFlow<Response, K>;
/// Changes the response of what is inside.
type After<T, K> = fn(&T, K, Response) -> Response;

/// `state` is cloned for each request.
pub fn around<T, K>(state: T, before: Before<T, K>, after: After<T, K>) -> Around<T, K> {
    Around { state, before, after }
}

/// Without the second part: lets requests pass, or answers them.
pub fn gate<T>(state: T, before: Before<T, ()>) -> Around<T, ()> {
    Around { state, before, after: |_, (), response| response }
}

pub struct Around<T, K> {
    state: T,
    before: Before<T, K>,
    after: After<T, K>,
}

impl<T: Clone, K> Clone for Around<T, K> {
    fn clone(&self) -> Self {
        Self { state: self.state.clone(), before: self.before, after: self.after }
    }
}

impl<S, T: Clone, K> Layer<S> for Around<T, K> {
    type Service = Surrounded<S, T, K>;

    fn layer(&self, inner: S) -> Self::Service {
        Surrounded { inner, around: self.clone() }
    }
}

pub struct Surrounded<S, T, K> {
    inner: S,
    around: Around<T, K>,
}

impl<S: Clone, T: Clone, K> Clone for Surrounded<S, T, K> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), around: self.around.clone() }
    }
}

impl<S, T, K> Service<Request> for Surrounded<S, T, K>
where
    S: Service<Request, Error = Infallible>,
    S::Response: IntoResponse,
    T: Clone,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Running<S::Future, S::Response, T, K>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let Around { state, before, after } = &self.around;
        match before(state, &mut request) {
            Break(answer) => Running { inner: None, then: None, answer: Some(answer), of: PhantomData },
            Continue(kept) => Running {
                inner: Some(self.inner.call(request)),
                then: Some((state.clone(), kept, *after)),
                answer: None,
                of: PhantomData,
            },
        }
    }
}

pin_project! {
    /// What is inside, and what to do then; or the answer.
    pub struct Running<F, R, T, K> {
        #[pin]
        inner: Option<F>,
        then: Option<(T, K, After<T, K>)>,
        answer: Option<Response>,
        of: PhantomData<fn() -> R>,
    }
}

impl<F, R, T, K> Future for Running<F, R, T, K>
where
    F: Future<Output = Result<R, Infallible>>,
    R: IntoResponse,
{
    type Output = Result<Response, Infallible>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if let Some(answer) = this.answer.take() {
            return Poll::Ready(Ok(answer));
        }
        let Some(inner) = this.inner.as_pin_mut() else { return Poll::Pending };
        let Poll::Ready(Ok(response)) = inner.poll(context) else { return Poll::Pending };
        let response = response.into_response();
        // Polled to its end only once.
        let Some((state, kept, after)) = this.then.take() else { return Poll::Ready(Ok(response)) };
        Poll::Ready(Ok(after(&state, kept, response)))
    }
}

#[cfg(test)]
mod tests {
    use axum::{
        Router,
        body::Body,
        http::{HeaderValue, StatusCode},
        routing::get,
    };
    use tower::ServiceExt;

    use super::*;

    fn layer() -> Around<&'static str, String> {
        let before: Before<&'static str, String> = |open, request| match request.uri().path() == *open {
            true => Continue(request.method().to_string()),
            false => Break(StatusCode::FORBIDDEN.into_response()),
        };
        around("/a", before, |_, kept, mut response| {
            response.headers_mut().insert("method", HeaderValue::from_str(&kept).unwrap());
            response
        })
    }

    #[tokio::test]
    async fn a_request_is_answered_or_its_response_changed() {
        let app = Router::new().route("/a", get(|| async { "inside" })).route("/b", get(|| async {})).layer(layer());
        let answer = async |path: &str| {
            let request = Request::builder().uri(path).body(Body::empty()).unwrap();
            app.clone().oneshot(request).await.unwrap()
        };
        let passed = answer("/a").await;
        assert_eq!((passed.status(), &passed.headers()["method"]), (StatusCode::OK, &HeaderValue::from_static("GET")));
        let refused = answer("/b").await;
        assert_eq!((refused.status(), refused.headers().get("method")), (StatusCode::FORBIDDEN, None));
    }
}
