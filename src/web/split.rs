//! Two services behind one: what each needs of layers differs.
//!
//! `Router::merge` joins routers whose routes have their layers already: in a box for each call of `Router::layer`, and each
//! request copies all boxes that lie in one another, once for each. Layers around a whole router are one type, and copied once.

use std::{
    convert::Infallible,
    task::{Context, Poll, ready},
};

use axum::{extract::Request, response::Response};
use futures_util::future::Either;
use tower::Service;

/// Requests for the paths that `is_aside` names go to `aside`, the others straight on.
#[derive(Clone)]
pub struct Split<A, S> {
    pub is_aside: fn(&str) -> bool,
    pub aside: A,
    pub straight: S,
}

impl<A, S> Service<Request> for Split<A, S>
where
    A: Service<Request, Response = Response, Error = Infallible>,
    S: Service<Request, Response = Response, Error = Infallible>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Either<A::Future, S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        let Ok(()) = ready!(self.aside.poll_ready(context));
        self.straight.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        match (self.is_aside)(request.uri().path()) {
            true => Either::Left(self.aside.call(request)),
            false => Either::Right(self.straight.call(request)),
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, http::StatusCode, routing::get};
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn a_path_that_is_aside_is_answered_there_alone() {
        let aside = Router::new().route("/aside", get(|| async { StatusCode::ACCEPTED }));
        let straight = Router::new().route("/aside", get(|| async {})).route("/other", get(|| async {}));
        let split = Split { is_aside: |path| path.starts_with("/aside"), aside, straight };
        let status = async |path: &str| {
            let request = Request::get(path).body(Body::empty()).unwrap();
            split.clone().oneshot(request).await.unwrap().status().as_u16()
        };
        assert_eq!([status("/aside").await, status("/aside/x").await], [202, 404]);
        assert_eq!([status("/other").await, status("/x").await], [200, 404]);
    }
}
