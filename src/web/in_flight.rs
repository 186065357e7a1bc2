//! How many requests the server works on at once. Above that it answers 503 at once, while it still can: a queue would only make
//! everybody wait for what no one waits for any more.

use std::ops::ControlFlow::{self, Break, Continue};

use axum::{
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::around::{Around, around};
use crate::{
    limits::{Place, Places},
    sessions::ClientInfo,
};

/// Each may hold a body of 64 KB and what renders its answer.
const REQUESTS: usize = 2048;
/// Of one network, for an IPv4 address or an IPv6 /64. Browsers open six connections to a server.
const PER_NETWORK: usize = 64;
/// In seconds. The load of a moment passes in a moment.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("1");

/// Pages, forms and the API have their places, and forward auth has others, so that a flood of sign-ins does not close the
/// services behind a proxy. Health checks need none.
#[derive(Clone, Debug)]
pub struct InFlight {
    pub site: Places,
    pub forward_auth: Places,
}

impl InFlight {
    /// `per_network`: whether one network has a share (`RATE_LIMITS`).
    pub fn new(per_network: bool) -> Self {
        let share = per_network.then_some(PER_NETWORK);
        // Its requests come from proxies.
        Self { site: Places::new(REQUESTS, share), forward_auth: Places::new(REQUESTS, None) }
    }
}

/// Holds a place until the answer begins.
pub fn limit(places: &Places) -> Around<Places, Place> {
    around(places.clone(), take, |_, _place, response| response)
}

fn take(places: &Places, request: &mut Request) -> ControlFlow<Response, Place> {
    let address = request.extensions().get::<ClientInfo>().and_then(|client| client.ip);
    match places.take(address) {
        Ok(place) => Continue(place),
        Err(full) => {
            tracing::warn!(reason = %full, "request refused");
            Break((StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, RETRY_AFTER)]).into_response())
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, routing::get};
    use std::{net::IpAddr, sync::Arc};
    use tokio::sync::Notify;
    use tower::ServiceExt;

    use super::*;

    fn from(address: [u8; 4]) -> Request {
        let mut request = Request::new(Body::empty());
        request.extensions_mut().insert(ClientInfo::new(IpAddr::from(address), None, None));
        request
    }

    #[tokio::test]
    async fn a_request_without_a_place_is_refused_at_once() {
        let (arrived, end) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let handler = {
            let (arrived, end) = (arrived.clone(), end.clone());
            move || async move {
                arrived.notify_one();
                end.notified().await;
            }
        };
        let app = Router::new().route("/", get(handler)).layer(limit(&Places::new(2, Some(1))));
        let running = tokio::spawn(app.clone().oneshot(from([203, 0, 113, 1])));
        arrived.notified().await;
        let refused = app.clone().oneshot(from([203, 0, 113, 1])).await.unwrap();
        assert_eq!((refused.status().as_u16(), &refused.headers()[header::RETRY_AFTER]), (503, &RETRY_AFTER));
        let another = tokio::spawn(app.clone().oneshot(from([203, 0, 113, 2])));
        arrived.notified().await;
        assert_eq!(app.clone().oneshot(from([203, 0, 113, 3])).await.unwrap().status(), 503, "all are taken");
        end.notify_waiters();
        for answered in [running, another] {
            assert_eq!(answered.await.unwrap().unwrap().status(), 200);
        }
        end.notify_one();
        assert_eq!(app.oneshot(from([203, 0, 113, 1])).await.unwrap().status(), 200, "the place is free again");
    }
}
